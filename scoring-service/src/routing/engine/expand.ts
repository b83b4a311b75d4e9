import { COMPONENTS, SCORE_STRIDE, TOTAL_OFFSET } from './components.js';
import type { ComponentCode } from './components.js';
import type { StoredDecision } from './decision.js';
import { failedFilters } from './filters.js';
import type { FilterCode } from './filters.js';
import type { OrderBook } from './order-book.js';
import { compareIds, compareRank } from './rank.js';
import { explainLosers } from './to-win.js';
import type { ToWin } from './to-win.js';
import type { RoutingLead, RoutingRules } from './types.js';

/** The points of one order, unrounded. */
export type ScoreBreakdown = Record<ComponentCode | 'total', number>;

/** All there is to say about one order in one decision. */
export interface ConsideredOrder {
  order_id: string;
  eligible: boolean;
  /** The first failed filter. */
  reason: FilterCode | null;
  failed_filters: FilterCode[];
  score: ScoreBreakdown;
  fill_rate: number;
  selected: boolean;
  /** Null for the winner. */
  to_win: ToWin | null;
}

/** The breakdown of the order at a position of a score array. */
export function scoreAt(scores: ArrayLike<number>, position: number): ScoreBreakdown {
  const base = position * SCORE_STRIDE;
  const points = COMPONENTS.map(({ code }, c) => [code, scores[base + c] ?? 0] as const);
  // fromEntries forgets which keys it was given; they are exactly the component codes.
  return Object.fromEntries([
    ...points,
    ['total', scores[base + TOTAL_OFFSET] ?? 0],
  ]) as ScoreBreakdown;
}

/** The positions of a decision: eligible ones by rank, then the others by order id. */
export function rankedPositions(decision: StoredDecision, book: OrderBook): number[] {
  const positions = Array.from({ length: decision.considered }, (_, p) => p);
  const eligible = positions.filter((p) => decision.masks[p] === 0);
  const others = positions.filter((p) => decision.masks[p] !== 0);
  eligible.sort((a, b) => compareRank(book, decision, a, b));
  others.sort((a, b) => compareIds(book.order(a).id, book.order(b).id));
  return [...eligible, ...others];
}

/**
 * Spells a decision out, order by order: eligible ones by rank, then the others by id. The decision
 * may come from storage as plain arrays. The book must hold the orders in the positions and with the
 * counters that the decision saw, so expand before `recordAssignment`, or rebuild that state.
 */
export function expandDecision(
  decision: StoredDecision,
  book: OrderBook,
  lead: RoutingLead,
  rules: RoutingRules,
): ConsideredOrder[] {
  if (decision.considered === 0) return [];
  const toWin = explainLosers(decision, book, lead, rules);
  return rankedPositions(decision, book).map((p) => {
    const failed = failedFilters(decision.masks[p] ?? 0).map(({ code }) => code);
    return {
      order_id: book.order(p).id,
      eligible: failed.length === 0,
      reason: failed[0] ?? null,
      failed_filters: failed,
      score: scoreAt(decision.scores, p),
      fill_rate: decision.fills[p] ?? 0,
      selected: p === decision.winner,
      to_win: p === decision.winner ? null : toWin(p),
    };
  });
}
