import { AppError } from '../core/errors.js';
import type { Store } from '../db/store.js';
import { all, type Unit } from '../db/unit.js';
import type { Holdings } from './personal-tables.js';

const RETRY_AFTER_S = 5;

/** Throws 409 `in_flight` while something of the person is on its way out of the house. */
export function* refuseWhileInFlight(store: Store, held: Holdings, now: string): Unit<void> {
  const { db, anyOf } = store;
  const claimed = [
    ...(yield* all(
      db
        .selectFrom('deliveries')
        .select('id')
        .where(anyOf('lead_id', held.leads))
        .where('claim_id', 'is not', null)
        .where('due_at', '>', now)
        .limit(1),
    )),
    ...(yield* all(
      db
        .selectFrom('messages')
        .select('id')
        .where((where) => where.or([anyOf('lead_id', held.leads), anyOf('id', held.messages)]))
        .where('claim_id', 'is not', null)
        .where('due_at', '>', now)
        .limit(1),
    )),
    ...(yield* all(
      db
        .selectFrom('qualification_jobs')
        .select('id')
        .where(anyOf('lead_id', held.leads))
        .where('claim_id', 'is not', null)
        .where('due_at', '>', now)
        .limit(1),
    )),
  ];
  if (claimed.length === 0) return;
  throw new AppError(
    'in_flight',
    409,
    'A delivery, a message or a qualification of this person is under way. Try again in a moment.',
    { retryAfter: RETRY_AFTER_S },
  );
}
