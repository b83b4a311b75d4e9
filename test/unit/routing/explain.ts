import {
  decide,
  DEFAULT_RULES,
  expandDecision,
  prepareOrders,
} from '../../../scoring-service/src/routing/engine/index.js';
import type {
  RoutingLead,
  RoutingOrder,
  ToWin,
} from '../../../scoring-service/src/routing/engine/index.js';
import { aLead, anOrder } from './support.js';

/** What each order lacked, by order id; null for the winner. */
export function explain(lead: RoutingLead, orders: RoutingOrder[]): Map<string, ToWin | null> {
  const book = prepareOrders(orders);
  const decision = decide(lead, book, DEFAULT_RULES, { hasActiveOrder: true });
  const considered = expandDecision(decision, book, lead, DEFAULT_RULES);
  return new Map(considered.map((c) => [c.order_id, c.to_win]));
}

/** What a lone order (against a winner, if given) lacked. */
export function lacked(
  order: Partial<RoutingOrder>,
  lead: Partial<RoutingLead> = {},
  winner?: Partial<RoutingOrder>,
): ToWin {
  const rivals = winner === undefined ? [] : [anOrder({ id: 'winner', ...winner })];
  const toWin = explain(aLead(lead), [anOrder(order), ...rivals]).get(order.id ?? 'a');
  if (toWin == null) throw new Error('the order won');
  return toWin;
}
