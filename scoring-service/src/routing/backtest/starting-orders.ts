import { statusByCapacity, withChange } from '../../orders/orders.js';
import type { BacktestOrder, BacktestPlan, OrderChange, StatedCounters } from './types.js';

/** What the stored assignments say of an order at the beginning of the range. */
export interface Counted {
  /** Leads that held a place then: of the month for a monthly order, of all time for others. */
  delivered: number;
  last_assigned_at: number | null;
}

type Counters = Pick<BacktestOrder, 'leads_delivered' | 'leads_remaining' | 'last_assigned_at'>;

const leftOf = (total: number, delivered: number): number => Math.max(0, total - delivered);

/**
 * Moves moments that lie in the range or after it before it, all by the same time: an order that
 * waits longer than another still does, and all have waited longer than those that get a lead.
 */
function lastAssignedShift(orders: readonly BacktestOrder[], from: number): number {
  let newest = -Infinity;
  for (const { last_assigned_at: at } of orders) if (at !== null && at > newest) newest = at;
  return newest > from ? newest - from : 0;
}

/** An order that had its last lead before the range has no part in it, wherever the others begin. */
function endedBefore(order: BacktestOrder, from: number): boolean {
  return (
    order.order_type === 'one_time' &&
    order.status === 'completed' &&
    (order.last_assigned_at ?? -Infinity) < from
  );
}

/**
 * The live orders as a run begins with them: with the counters of the plan's start, those stated for
 * single orders, and the status that these ask for (what the system completed is open again when it
 * has leads left; what a person paused or completed stays so).
 * @param counted by order id; read only for the start `history`
 */
export function startingOrders(
  plan: Pick<BacktestPlan, 'live' | 'start' | 'counters' | 'from'>,
  counted: ReadonlyMap<string, Counted>,
  period: string,
): BacktestOrder[] {
  const stated = new Map(plan.counters.map((one) => [one.order_id, one]));
  const shift = plan.start === 'current' ? lastAssignedShift(plan.live, plan.from) : 0;

  const beginning = (order: BacktestOrder): Counters => {
    if (plan.start === 'current') {
      const { leads_delivered, leads_remaining, last_assigned_at: last } = order;
      const last_assigned_at = last === null ? null : last - shift;
      return { leads_delivered, leads_remaining, last_assigned_at };
    }
    const found = plan.start === 'history' ? counted.get(order.id) : undefined;
    const leads_delivered = found?.delivered ?? 0;
    return {
      leads_delivered,
      leads_remaining: leftOf(order.total_leads, leads_delivered),
      last_assigned_at: found?.last_assigned_at ?? null,
    };
  };

  return plan.live.map((order) => {
    const own = stated.get(order.id);
    const counters = own === undefined ? beginning(order) : statedCounters(order, own);
    const begun: BacktestOrder = {
      ...order,
      ...counters,
      period: order.order_type === 'monthly' ? period : null,
    };
    if (plan.start === 'zero' && own === undefined && endedBefore(order, plan.from)) return begun;
    return { ...begun, ...statusByCapacity(begun) };
  });
}

function statedCounters(order: BacktestOrder, stated: StatedCounters): Counters {
  const { leads_delivered } = stated;
  return {
    leads_delivered,
    leads_remaining: stated.leads_remaining ?? leftOf(order.total_leads, leads_delivered),
    last_assigned_at: stated.last_assigned_at ?? null,
  };
}

/** One order as a change proposes it. */
export function changedOrder(
  order: BacktestOrder,
  { order_id: _id, ...change }: OrderChange,
): BacktestOrder {
  const given = Object.fromEntries(
    Object.entries(change).filter(([, value]) => value !== undefined),
  ) as Partial<BacktestOrder>;
  return withChange(order, given);
}

/** The set of orders that the plan proposes. */
export function proposedOrders(
  plan: Pick<BacktestPlan, 'orders' | 'changes' | 'additions'>,
  started: readonly BacktestOrder[],
): BacktestOrder[] {
  if (plan.orders !== null) return plan.orders;
  const changes = new Map(plan.changes.map((change) => [change.order_id, change]));
  const changed = started.map((order) => {
    const change = changes.get(order.id);
    return change === undefined ? order : changedOrder(order, change);
  });
  return [...changed, ...plan.additions];
}
