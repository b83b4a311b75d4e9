import { all, first, type Unit } from '../db/unit.js';
import { SYSTEM } from '../events/activity.js';
import type { OrdersDeps } from './deps.js';
import { newMonth } from './new-month.js';
import { saveOrder, toOrder } from './orders.js';

export type ResetDeps = Pick<OrdersDeps, 'store' | 'runtime' | 'periods'>;

/**
 * Starts the new month of every monthly order whose counters belong to an earlier one. Runs at
 * the start of each routing unit, so that no lead slips in between midnight and the reset;
 * idempotent (the period is stored), late after a stop, never twice for a period.
 * @returns how many orders were reset
 */
export function* applyDueResets(deps: ResetDeps): Unit<number> {
  const { store, runtime, periods } = deps;
  const period = periods.of(runtime.clock.now());
  const due = store.db
    .selectFrom('orders')
    .where('order_type', '=', 'monthly')
    .where('period', '<', period)
    .where('status', '<>', 'cancelled');
  // Index: orders_due_for_reset. Nearly always there is nothing to do.
  if ((yield* first(due.select('id').limit(1))) === undefined) return 0;
  const rows = yield* all(due.selectAll().orderBy('id'));
  for (const row of rows) {
    const before = toOrder(row);
    const change = newMonth(before, period);
    if (change !== null) yield* saveOrder(deps, before, change, SYSTEM, 'order.reset');
  }
  return rows.length;
}
