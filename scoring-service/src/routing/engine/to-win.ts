import { SCORE_STRIDE } from './components.js';
import type { StoredDecision } from './decision.js';
import { failedFilters } from './filters.js';
import type { FilterCode, GateValue } from './filters.js';
import { viewLead } from './lead-view.js';
import type { OrderBook } from './order-book.js';
import { comparableTotal, decidingTieBreak, totalAt } from './rank.js';
import type { TieBreakCode } from './rank.js';
import { scorePicked } from './score.js';
import type { SingleChange } from './change.js';
import { changeFinder } from './single-change.js';
import type { RoutingLead, RoutingRules } from './types.js';

/** What an order lacked to win a lead. */
export interface ToWin {
  /** The gates it failed, with what was there and what was asked for. */
  gates: { code: FilterCode; have: GateValue; need: GateValue }[];
  /** How far its total, gates aside, lies below the winner's. 0 when not below, or without a winner. */
  points_short: number;
  /** The tie-break by which an eligible order of equal total lost. */
  tie_break: TieBreakCode | null;
  /** The one change to the order that alone would have made it win. */
  single_change: SingleChange | null;
}

/** The totals of all orders of the book as if every gate had passed. */
function totalsWithoutGates(lead: RoutingLead, book: OrderBook): Float64Array {
  const scores = new Float64Array(book.size * SCORE_STRIDE);
  const positions = Int32Array.from({ length: book.size }, (_, p) => p);
  const view = viewLead(lead, book.verticalRefusals(lead.vertical));
  scorePicked(view, book, positions, book.size, scores);
  return scores;
}

/**
 * Prepares explanations of a decision and returns a function from a position to what that order
 * lacked. The book must be in the state the decision saw.
 */
export function explainLosers(
  decision: StoredDecision,
  book: OrderBook,
  lead: RoutingLead,
  rules: RoutingRules,
): (position: number) => ToWin {
  const { winner, masks } = decision;
  const open = totalsWithoutGates(lead, book);
  const findChange = changeFinder(winner === -1 ? null : book.prepared(winner), lead, rules);
  const winning = winner === -1 ? -Infinity : totalAt(decision.scores, winner);

  return (position) => {
    const mask = masks[position] ?? 0;
    const total = mask === 0 ? totalAt(decision.scores, position) : totalAt(open, position);
    const tied = mask === 0 && comparableTotal(total) === comparableTotal(winning);
    const order = book.order(position);
    return {
      gates: failedFilters(mask).map((filter) => ({
        code: filter.code,
        have: filter.have(lead, order),
        need: filter.need(lead, order),
      })),
      points_short: Math.max(0, winning - total),
      tie_break: tied ? (decidingTieBreak(book, decision, winner, position)?.code ?? null) : null,
      single_change: findChange(book.prepared(position), mask),
    };
  };
}
