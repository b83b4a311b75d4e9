import { iso } from '../../core/clock.js';
import { run, type Unit } from '../../db/unit.js';
import { recordActivity, type Actor } from '../../events/activity.js';
import { generateSecret } from '../signing/secret.js';
import type { DeliveryActionDeps } from './deps.js';

const HOUR_MS = 3_600_000;

export const DEFAULT_OVERLAP_HOURS = 24;

/**
 * Gives a broker a new signing secret. Those it had stay live for `overlapHours`, so that requests
 * carry a signature of each; one that ends sooner ends sooner.
 * @returns the secret, which is shown this once
 */
export function* rotateSecret(
  { store, runtime }: DeliveryActionDeps,
  brokerId: string,
  overlapHours: number,
  actor: Actor,
): Unit<string> {
  const at = runtime.clock.now();
  const until = iso(at + overlapHours * HOUR_MS);
  const secret = generateSecret(runtime.randomBytes);
  yield* run(
    store.db
      .updateTable('broker_secrets')
      .set({ expires_at: until })
      .where('broker_id', '=', brokerId)
      .where((where) =>
        where.or([where('expires_at', 'is', null), where('expires_at', '>', until)]),
      ),
  );
  yield* run(
    store.db.insertInto('broker_secrets').values({
      id: runtime.newId(),
      broker_id: brokerId,
      secret,
      created_at: iso(at),
      expires_at: null,
    }),
  );
  yield* recordActivity(
    [
      {
        actor,
        action: 'broker.secret_rotated',
        subjectType: 'broker',
        subjectId: brokerId,
        after: { old_secrets_end_at: until },
      },
    ],
    at,
    runtime.newId,
  );
  return secret;
}
