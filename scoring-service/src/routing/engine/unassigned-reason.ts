import { FILTERS, FILTER_BITS, ORDER_NOT_ACTIVE_BIT } from './filters.js';
import type { FilterCode } from './filters.js';

/** Why no order took a lead: a code for programs and a text for people. */
export interface UnassignedReason {
  code: FilterCode | 'no_active_orders';
  text: string;
}

const VERTICAL_BIT = 1 << FILTERS.findIndex((f) => f.code === 'vertical_mismatch');

function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/**
 * The dominant cause. Every order failed on the vertical: that. Otherwise, of the orders that failed
 * the fewest filters, the filter most of them failed; a draw goes to the earlier filter. Orders that
 * are not active have no say, so a simulation gives the reason a live decision gives. The texts:
 *
 * - no matching order for vertical
 * - no matching order for credit score
 * - no matching order for funding amount
 * - no order with remaining capacity
 * - no active broker
 * - no active order (none among the orders that may be used)
 */
export function unassignedReason(masks: Uint16Array | readonly number[]): UnassignedReason {
  let fewest = Infinity;
  let allOnVertical = true;
  for (const mask of masks) {
    if ((mask & ORDER_NOT_ACTIVE_BIT) !== 0) continue;
    fewest = Math.min(fewest, bitCount(mask));
    if ((mask & VERTICAL_BIT) === 0) allOnVertical = false;
  }
  if (fewest === Infinity) return { code: 'no_active_orders', text: 'no active order' };

  const dominant = allOnVertical ? VERTICAL_BIT : mostFrequentBit(masks, fewest);
  const filter = FILTER_BITS.find(({ bit }) => bit === dominant)?.filter;
  if (filter === undefined) throw new RangeError('an order that fails no filter is eligible');
  return { code: filter.code, text: `no ${filter.cause}` };
}

function mostFrequentBit(masks: Uint16Array | readonly number[], failures: number): number {
  const counts = new Int32Array(FILTER_BITS.length);
  for (const mask of masks) {
    if ((mask & ORDER_NOT_ACTIVE_BIT) !== 0 || bitCount(mask) !== failures) continue;
    for (let f = 0; f < counts.length; f++) counts[f] = (counts[f] ?? 0) + ((mask >> f) & 1);
  }
  const highest = Math.max(...counts);
  return highest === 0 ? 0 : 1 << counts.indexOf(highest);
}
