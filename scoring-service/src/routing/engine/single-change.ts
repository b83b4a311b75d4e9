import { createScratch } from './decision.js';
import { decide } from './decide.js';
import { failedFilters } from './filters.js';
import { OrderBook } from './order-book.js';
import { prepareOrder } from './prepared-order.js';
import type { PreparedOrder } from './prepared-order.js';
import { SEARCHES } from './searches.js';
import type { SingleChange } from './change.js';
import type { RoutingLead, RoutingOrder, RoutingRules } from './types.js';

/** Finds, for one order after another, the one change that alone would have made it win. */
export type ChangeFinder = (loser: PreparedOrder, mask: number) => SingleChange | null;

/**
 * Prepares the search against the order that won (null: none did). Every proposed change is proven
 * by deciding again with it. Deciding between the changed order and the winner is enough: the
 * winner outranks all the others, and ranking is a total order, so whoever beats it beats them too.
 */
export function changeFinder(
  winner: PreparedOrder | null,
  lead: RoutingLead,
  rules: RoutingRules,
): ChangeFinder {
  const into = createScratch();
  let contest: OrderBook | null = null;
  const wins = (changed: RoutingOrder): boolean => {
    const challenger = prepareOrder(changed);
    contest ??= OrderBook.of(winner === null ? [challenger] : [challenger, winner]);
    contest.replace(0, challenger);
    return decide(lead, contest, rules, { hasActiveOrder: true, into }).winner === 0;
  };

  return ({ order }, mask) => {
    // A gate opens only through its own field, so gates of two fields are beyond a single change.
    const fields = new Set(failedFilters(mask).map((filter) => filter.field));
    if (fields.size > 1) return null;
    for (const search of SEARCHES) {
      if (fields.size === 1 && !fields.has(search.field)) continue;
      const change = search.find(order, lead, wins);
      if (change !== null) return change;
    }
    return null;
  };
}
