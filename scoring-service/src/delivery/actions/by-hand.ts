import { iso } from '../../core/clock.js';
import { conflict, notFound } from '../../core/errors.js';
import { first, run, type Unit } from '../../db/unit.js';
import { recordActivity, type Actor } from '../../events/activity.js';
import { cancelledColumns } from '../gate.js';
import type { DeliveryActionDeps } from './deps.js';
import { askAgain, isRunning, lockDeliveries, releaseRows, type ActionRow } from './release.js';

function* requireDelivery(deps: DeliveryActionDeps, id: string): Unit<ActionRow> {
  const row = (yield* lockDeliveries(deps, [id])).get(id);
  if (row === undefined) throw notFound('delivery', id);
  return row;
}

function* record(deps: DeliveryActionDeps, action: string, id: string, actor: Actor): Unit<void> {
  const { clock, newId } = deps.runtime;
  yield* recordActivity(
    [{ actor, action, subjectType: 'delivery', subjectId: id }],
    clock.now(),
    newId,
  );
}

/** An open breaker lets the next attempt through at once, as its probe: a person wants to know. */
export function* letProbe({ store }: DeliveryActionDeps, brokerId: string, at: number): Unit<void> {
  yield* run(
    store.db
      .updateTable('broker_delivery_states')
      .set({ breaker_until: iso(at) })
      .where('id', '=', brokerId)
      .where('breaker_phase', '=', 'open'),
  );
}

/**
 * Tries a delivery again. A failed one starts its schedule anew; a waiting one is tried at once,
 * even as the probe of an open breaker, but never outside the broker's hours; beside a running
 * attempt none is started.
 * Errors: 404; 409 `already_sent`, `cancelled`, or `reassigned` when the lead is another broker's.
 */
export function* retryDelivery(deps: DeliveryActionDeps, id: string, actor: Actor): Unit<void> {
  const { store, runtime } = deps;
  const at = runtime.clock.now();
  const row = yield* requireDelivery(deps, id);
  if (row.status === 'sent') throw conflict('already_sent', 'The delivery has arrived.');
  if (row.status === 'cancelled') {
    throw conflict('cancelled', 'The delivery was cancelled. Reassign the lead to send it again.');
  }
  const lead = yield* first(
    store.db.selectFrom('leads').select('assigned_order_id').where('id', '=', row.lead_id),
  );
  if (lead?.assigned_order_id !== row.order_id) {
    throw conflict('reassigned', 'The lead has been assigned to another order since.');
  }
  yield* record(deps, 'delivery.retried', id, actor);
  if (isRunning(row, iso(at))) {
    yield* askAgain(deps, [id]);
    return;
  }
  if (row.status === 'failed') {
    yield* run(store.db.updateTable('deliveries').set({ attempts_made: 0 }).where('id', '=', id));
  }
  yield* letProbe(deps, row.broker_id, at);
  yield* releaseRows(deps, [row], at);
}

/**
 * Cancels what has not been sent; a running attempt may still arrive, and then says so.
 * Errors: 404; 409 `invalid_state` for one that is sent or failed.
 */
export function* cancelDelivery(deps: DeliveryActionDeps, id: string, actor: Actor): Unit<void> {
  const row = yield* requireDelivery(deps, id);
  if (row.status === 'cancelled') return;
  if (row.status === 'sent' || row.status === 'failed') {
    throw conflict('invalid_state', `A delivery that is ${row.status} cannot be cancelled.`);
  }
  const at = deps.runtime.clock.now();
  yield* run(
    deps.store.db
      .updateTable('deliveries')
      .set(cancelledColumns('cancelled_by_hand', at))
      .where('id', '=', id),
  );
  yield* record(deps, 'delivery.cancelled', id, actor);
}
