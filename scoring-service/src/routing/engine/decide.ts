import { SCORE_STRIDE, TOTAL_OFFSET } from './components.js';
import { newArrays } from './decision.js';
import type { Decision, DecisionArrays, DecisionScratch } from './decision.js';
import { viewLead } from './lead-view.js';
import type { OrderBook } from './order-book.js';
import { COLUMN } from './prepared-order.js';
import { preflight } from './preflight.js';
import { compareRank } from './rank.js';
import { markFailures, scorePicked } from './score.js';
import type { RoutingLead, RoutingRules } from './types.js';
import { unassignedReason } from './unassigned-reason.js';

/** What a caller may state about one decision. */
export interface DecideOptions {
  /** Whether the system has an active order at all, when the book holds only some of them. */
  hasActiveOrder?: boolean;
  /** Where to write the arrays. Without it they are fresh and the caller's to keep. */
  into?: DecisionScratch;
}

// Typed-array reads below are within bounds; `as number` only tells the compiler so.

function copyFillRates(book: OrderBook, fills: Float64Array): void {
  const fillRates = book.column(COLUMN.fillRate);
  const { rows } = book;
  for (let p = 0; p < rows.length; p++) fills[p] = fillRates[rows[p] as number] as number;
}

/** Writes the positions without a failure to the front of `positions` and returns how many. */
function listEligible(masks: Uint16Array, positions: Int32Array): number {
  let count = 0;
  for (let p = 0; p < masks.length; p++) {
    positions[count] = p;
    // 1 for a mask of 0, else 0. Which orders fail is unpredictable, and a branch here took 4 µs more
    // per 1,000 orders.
    count += ((masks[p] as number) - 1) >>> 31;
  }
  return count;
}

/** More than rounding to whole billionths can ever move a total. */
const CLEARLY_LESS = 1e-8;

/** The listed position that ranks first, or -1 when none is listed. */
function pickWinner(
  book: OrderBook,
  ranking: DecisionArrays,
  positions: Int32Array,
  count: number,
): number {
  const { scores } = ranking;
  let best = -1;
  let bestTotal = -Infinity;
  for (let k = 0; k < count; k++) {
    const p = positions[k] as number;
    const total = scores[p * SCORE_STRIDE + TOTAL_OFFSET] as number;
    // Most orders end here; the exact comparison is for the few that come close.
    if (total < bestTotal - CLEARLY_LESS) continue;
    if (best === -1 || compareRank(book, ranking, p, best) < 0) {
      best = p;
      bestTotal = total;
    }
  }
  return best;
}

/**
 * Decides where one lead goes. Pure: the same lead, book and rules give the same decision, and
 * nothing is changed; `book.recordAssignment` is what makes an assignment count. The winner has the
 * highest total (compared in whole billionths), then the lowest fill rate, then the earliest last
 * assignment, then the smallest id.
 */
export function decide(
  lead: RoutingLead,
  book: OrderBook,
  rules: RoutingRules,
  options: DecideOptions = {},
): Decision {
  const check = preflight(lead, options.hasActiveOrder ?? book.hasActiveOrder(), rules);
  if (!check.passed) {
    return {
      preflight: check,
      status: 'rejected',
      winner: -1,
      reason_code: check.reason,
      reason: check.reason,
      considered: 0,
      ...newArrays(0),
    };
  }

  const arrays = options.into?.arrays(book.size) ?? newArrays(book.size);
  const { masks, scores, fills } = arrays;
  const view = viewLead(lead, book.verticalRefusals(lead.vertical));
  copyFillRates(book, fills);
  markFailures(view, book, masks);
  if (options.into !== undefined) scores.fill(0);
  const eligible = listEligible(masks, book.positions);
  scorePicked(view, book, book.positions, eligible, scores);
  const winner = pickWinner(book, arrays, book.positions, eligible);

  const why = winner === -1 ? unassignedReason(masks) : null;
  return {
    preflight: check,
    status: winner === -1 ? 'unassigned' : 'assigned',
    winner,
    reason_code: why?.code ?? null,
    reason: why?.text ?? null,
    considered: book.size,
    masks,
    scores,
    fills,
  };
}
