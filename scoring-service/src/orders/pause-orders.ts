import { all, type Unit } from '../db/unit.js';
import type { Actor } from '../events/activity.js';
import type { OrdersDeps } from './deps.js';
import { saveOrder, toOrder } from './orders.js';

/** Pauses the active orders of a broker in a unit that holds the routing lock; how many they were. */
export function* pauseActiveOrders(
  deps: Pick<OrdersDeps, 'store' | 'runtime'>,
  brokerId: string,
  actor: Actor,
): Unit<number> {
  const rows = yield* all(
    deps.store.db
      .selectFrom('orders')
      .selectAll()
      .where('broker_id', '=', brokerId)
      .where('status', '=', 'active')
      .orderBy('id'),
  );
  for (const row of rows) {
    yield* saveOrder(deps, toOrder(row), { status: 'paused' }, actor, 'order.paused');
  }
  return rows.length;
}
