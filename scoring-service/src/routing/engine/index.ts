/**
 * The routing engine: `decide` says which order a lead goes to, `expandDecision` says why, for every
 * order. Pure: no clock, no storage, no randomness. Live assignment, simulation, backtest and audit
 * all come through here.
 *
 *     const book = prepareOrders(orders);
 *     const decision = decide(lead, book, DEFAULT_RULES);
 *     const audit = expandDecision(decision, book, lead, DEFAULT_RULES);
 *     if (decision.winner !== -1) book.recordAssignment(decision.winner, now);
 */
export {
  COMPONENTS,
  LEAD_COMPONENTS,
  ORDER_COMPONENTS,
  SCORE_STRIDE,
  TOTAL_OFFSET,
} from './components.js';
export type { ComponentCode } from './components.js';
export { decide } from './decide.js';
export type { DecideOptions } from './decide.js';
export { createScratch } from './decision.js';
export type { Decision, DecisionArrays, DecisionScratch, StoredDecision } from './decision.js';
export { expandDecision, rankedPositions, scoreAt } from './expand.js';
export type { ConsideredOrder, ScoreBreakdown } from './expand.js';
export { failedFilters, FILTERS, LEAD_FILTER_BITS } from './filters.js';
export type { FilterCode, GateValue } from './filters.js';
export { OrderBook, prepareOrders } from './order-book.js';
export { preflight } from './preflight.js';
export type { Preflight, PreflightReason } from './preflight.js';
export { afterAssignment, orderPart, prepareOrder, withCounters } from './prepared-order.js';
export type { OrderPart, PreparedOrder } from './prepared-order.js';
export type { TieBreakCode } from './rank.js';
export { addUp } from './score.js';
export type { SingleChange } from './change.js';
export { explainLosers } from './to-win.js';
export type { ToWin } from './to-win.js';
export { DEFAULT_RULES } from './types.js';
export type { OrderCounters, RoutingLead, RoutingOrder, RoutingRules } from './types.js';
export { unassignedReason } from './unassigned-reason.js';
export type { UnassignedReason } from './unassigned-reason.js';
export { verticalKey } from './verticals.js';
