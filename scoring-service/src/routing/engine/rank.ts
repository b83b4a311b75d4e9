import { SCORE_STRIDE, TOTAL_OFFSET } from './components.js';
import type { OrderBook } from './order-book.js';
import { COLUMN } from './prepared-order.js';

/** The scored numbers of a decision that ranking reads. */
export interface Ranking {
  scores: ArrayLike<number>;
  fills: ArrayLike<number>;
}

/** Code-unit order: the same on every machine and for every alphabet. */
export function compareIds(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The total of the order at a position. */
export function totalAt(scores: ArrayLike<number>, position: number): number {
  return scores[position * SCORE_STRIDE + TOTAL_OFFSET] ?? 0;
}

/** A total as it is compared: in whole billionths, so that "equal" is transitive. */
export function comparableTotal(total: number): number {
  return Math.round(total * 1e9);
}

/** What decides between equal totals, in order. A negative number puts position a first. */
export const TIE_BREAKS = [
  {
    code: 'lower_fill_rate',
    compare: (_: OrderBook, { fills }: Ranking, a: number, b: number) =>
      (fills[a] ?? 0) - (fills[b] ?? 0),
  },
  {
    code: 'least_recently_assigned',
    compare: (book: OrderBook, _: Ranking, a: number, b: number) => {
      const last = book.column(COLUMN.lastAssigned);
      // Positions are within the book. Compared, not subtracted: -Infinity stands for never.
      const lastA = last[book.rows[a] as number] as number;
      const lastB = last[book.rows[b] as number] as number;
      return lastA < lastB ? -1 : lastA > lastB ? 1 : 0;
    },
  },
  {
    code: 'smallest_id',
    compare: (book: OrderBook, _: Ranking, a: number, b: number) =>
      compareIds(book.order(a).id, book.order(b).id),
  },
] as const;

/** The code of a tie-break. */
export type TieBreakCode = (typeof TIE_BREAKS)[number]['code'];

/** The tie-break that decides between two positions of equal total, or null if none does. */
export function decidingTieBreak(
  book: OrderBook,
  ranking: Ranking,
  a: number,
  b: number,
): { code: TieBreakCode; difference: number } | null {
  for (const { code, compare } of TIE_BREAKS) {
    const difference = compare(book, ranking, a, b);
    if (difference !== 0) return { code, difference };
  }
  return null;
}

/** Negative when the eligible order at position a ranks before the one at b. */
export function compareRank(book: OrderBook, ranking: Ranking, a: number, b: number): number {
  const totalA = comparableTotal(totalAt(ranking.scores, a));
  const totalB = comparableTotal(totalAt(ranking.scores, b));
  if (totalA !== totalB) return totalB - totalA;
  return decidingTieBreak(book, ranking, a, b)?.difference ?? 0;
}
