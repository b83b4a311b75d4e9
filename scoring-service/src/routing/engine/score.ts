import { COMPONENTS, SCORE_STRIDE, TOTAL_OFFSET } from './components.js';
import type { Picked } from './components.js';
import { FILTER_BITS } from './filters.js';
import type { LeadView } from './lead-view.js';
import type { OrderBook } from './order-book.js';
import { COLUMN } from './prepared-order.js';

// Typed-array reads below are within bounds; `as number` only tells the compiler so.

/** Writes, for each order of the book, the bits of the filters it fails. */
export function markFailures(lead: LeadView, book: OrderBook, masks: Uint16Array): void {
  const { rows, filterInputs } = book;
  const orderFailures = book.column(COLUMN.orderFailures);
  for (let p = 0; p < rows.length; p++) masks[p] = orderFailures[rows[p] as number] as number;
  for (let f = 0; f < FILTER_BITS.length; f++) {
    const { bit, filter } = FILTER_BITS[f] as (typeof FILTER_BITS)[number];
    if (filter.scope === 'lead') {
      filter.mark(lead, filterInputs[f] as Float64Array, rows, masks, bit);
    }
  }
}

/** Writes the total of one order: the plain sum of its components from left to right. */
export function addUp(scores: Float64Array | number[], position: number): void {
  const base = position * SCORE_STRIDE;
  let total = 0;
  for (let c = 0; c < TOTAL_OFFSET; c++) total += scores[base + c] as number;
  scores[base + TOTAL_OFFSET] = total;
}

/**
 * Writes the components and the total of the picked orders, whether or not their gates passed. The
 * one place where points are computed: decisions, explanations and "what if" all come through here.
 */
export function scorePicked(
  lead: LeadView,
  book: OrderBook,
  positions: Int32Array,
  count: number,
  scores: Float64Array,
): void {
  const picked: Picked = { positions, count, rows: book.rows };
  for (let c = 0; c < COMPONENTS.length; c++) {
    const inputs = book.componentInputs[c] as readonly Float64Array[];
    COMPONENTS[c]?.fill(lead, inputs, picked, scores, SCORE_STRIDE, c);
  }
  for (let k = 0; k < count; k++) addUp(scores, positions[k] as number);
}
