import { iso } from '../core/clock.js';
import type { Store } from '../db/store.js';
import { run, type Unit } from '../db/unit.js';
import { cancelledColumns } from '../delivery/gate.js';
import type { Holdings } from './personal-tables.js';
import type { ErasureResult } from './privacy-schema.js';

/** Ends what would still happen for the person. */
export function* cancelWhatWaits(
  store: Store,
  held: Holdings,
  at: number,
): Unit<ErasureResult['cancelled']> {
  const { db, anyOf } = store;
  const ofThem = anyOf('lead_id', held.leads);
  const deliveries = yield* run(
    db
      .updateTable('deliveries')
      .set(cancelledColumns('erased', at))
      .where(ofThem)
      .where('status', 'in', ['pending', 'queued', 'held', 'failed']),
  );
  const messages = yield* run(
    db
      .updateTable('messages')
      .set({
        status: 'skipped',
        reason_code: 'erased',
        send_at: null,
        due_at: null,
        claim_id: null,
        updated_at: iso(at),
      })
      .where((where) => where.or([ofThem, anyOf('id', held.messages)]))
      .where('status', 'in', ['queued', 'deferred']),
  );
  const tasks = yield* run(
    db
      .updateTable('tasks')
      .set((set) => ({
        state: 'cancelled',
        closed_at: iso(at),
        escalate_at: null,
        updated_at: iso(at),
        version: set('version', '+', 1),
      }))
      .where(ofThem)
      .where('state', 'in', ['open', 'claimed', 'escalated']),
  );
  yield* run(
    db
      .updateTable('appointments')
      .set({ review_status: 'cancelled', review_due_at: null })
      .where(ofThem)
      .where('review_status', '=', 'scheduled'),
  );
  yield* run(
    db
      .updateTable('merge_suggestions')
      .set({ state: 'dismissed', decided_at: iso(at) })
      .where((where) => where.or([ofThem, anyOf('other_lead_id', held.leads)]))
      .where('state', '=', 'pending'),
  );
  return { deliveries, messages, tasks };
}
