import type { Store } from '../db/store.js';
import { newMonth } from '../orders/new-month.js';
import type { Periods } from '../orders/period.js';
import {
  decide,
  expandDecision,
  prepareOrders,
  type ConsideredOrder,
  type RoutingLead,
  type RoutingOrder,
  type RoutingRules,
} from './engine/index.js';
import { routingOrder } from './order-row.js';

export interface Simulation {
  preflight: { passed: boolean; reason: string | null };
  decision: {
    status: 'assigned' | 'unassigned' | 'rejected';
    order_id: string | null;
    reason_code: string | null;
  };
  considered: ConsideredOrder[];
}

/** What would happen to a lead, by the same engine as live routing. Pure: nothing is changed. */
export function simulate(
  lead: RoutingLead,
  orders: readonly RoutingOrder[],
  rules: RoutingRules,
  options: { hasActiveOrder?: boolean } = {},
): Simulation {
  const book = prepareOrders(orders);
  const decision = decide(lead, book, rules, options);
  return {
    preflight: { passed: decision.preflight.passed, reason: decision.preflight.reason },
    decision: {
      status: decision.status,
      order_id: decision.winner === -1 ? null : book.order(decision.winner).id,
      reason_code: decision.reason_code,
    },
    considered: expandDecision(decision, book, lead, rules),
  };
}

/** The orders that are active at `at`, with monthly resets that are due by then already applied. */
export async function readLiveOrders(
  store: Store,
  periods: Periods,
  at: number,
  brokerIds: readonly string[] | null,
): Promise<{ orders: RoutingOrder[]; hasActiveOrder: boolean }> {
  const period = periods.of(at);
  const rows = await store.db
    .selectFrom('orders')
    .innerJoin('brokers', 'brokers.id', 'orders.broker_id')
    .selectAll('orders')
    .select('brokers.assignment_status')
    .where((where) =>
      where.or([
        where('orders.status', '=', 'active'),
        where.and([
          where('orders.order_type', '=', 'monthly'),
          where('orders.status', '=', 'completed'),
          where('orders.completed_by', '=', 'system'),
          where('orders.period', '<', period),
        ]),
      ]),
    )
    .orderBy('orders.id')
    .execute();
  const allowed = brokerIds === null ? null : new Set(brokerIds);
  const orders = rows
    .filter((row) => allowed === null || allowed.has(row.broker_id))
    .map((row): RoutingOrder => {
      const { leads_delivered, leads_remaining } = newMonth(row, period) ?? row;
      return {
        ...routingOrder(row, row.assignment_status),
        status: 'active',
        leads_delivered,
        leads_remaining,
      };
    });
  return { orders, hasActiveOrder: rows.length > 0 };
}
