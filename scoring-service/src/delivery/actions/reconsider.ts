import { iso } from '../../core/clock.js';
import type { Store } from '../../db/store.js';
import type { BrokersTable } from '../../db/tables/orders.js';
import { notify, run, type Unit } from '../../db/unit.js';
import { pendingColumns, queuedColumns, shutAfterChange } from '../gate.js';
import { allPaused, setAllPaused } from '../pause.js';
import { DELIVERIES_CHANNEL } from '../plan.js';
import { SETTLED_CHANNEL } from '../settled.js';

/**
 * Looks at a broker's queued deliveries anew in the unit that changed the broker: new hours give a
 * new `release_at`, an ended pause or a new URL lets them go. Index: deliveries_due.
 */
export function* reconsiderQueued(store: Store, broker: BrokersTable, at: number): Unit<void> {
  const shut = shutAfterChange(broker, at, yield* allPaused(store));
  const changed = yield* run(
    store.db
      .updateTable('deliveries')
      .set(shut === null ? pendingColumns(at) : queuedColumns(shut, at))
      .where('broker_id', '=', broker.id)
      .where('due_at', 'is not', null)
      .where('status', '=', 'queued'),
  );
  if (changed === 0) return;
  yield* notify(DELIVERIES_CHANNEL);
  yield* notify(SETTLED_CHANNEL);
}

/** Pauses all deliveries, or lets those go that the pause kept; false when it already was so. */
export function* pauseAll(store: Store, paused: boolean, at: number): Unit<boolean> {
  if ((yield* allPaused(store)) === paused) return false;
  yield* setAllPaused(store, paused, at);
  if (!paused) {
    // The worker queues again what something else holds back.
    yield* run(
      store.db
        .updateTable('deliveries')
        .set({ due_at: iso(at) })
        .where('due_at', 'is not', null)
        .where('status', '=', 'queued')
        .where('reason_code', '=', 'all_deliveries_paused'),
    );
  }
  yield* notify(DELIVERIES_CHANNEL);
  return true;
}
