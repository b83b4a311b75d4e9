import { firstHolding } from './bisect.js';
import type { SingleChange, Wins } from './change.js';
import { BARELY_BEGUN, NEARLY_FULL } from './thresholds.js';
import type { RoutingLead, RoutingOrder } from './types.js';

/** Nobody orders more leads than this at once. */
const MOST_LEADS = 1_000_000;

/** The largest whole total for which the fill rate passes a test that only small totals pass. */
function largestTotal(guess: number, passes: (total: number) => boolean): number {
  let total = Math.max(1, Math.round(guess));
  while (passes(total + 1)) total++;
  while (total > 0 && !passes(total)) total--;
  return total;
}

/**
 * The nearest larger total that wins; else, for an order barely begun, the largest total at which it
 * no longer counts as that. The fill rate is all that the total decides, and the urgency bonus steps
 * at two fill rates; between the steps a larger total never scores less. The best total of all is
 * the one with a fill rate of exactly BARELY_BEGUN, so no other smaller total needs a try.
 */
export function searchTotalLeads(
  order: RoutingOrder,
  _: RoutingLead,
  wins: Wins,
): SingleChange | null {
  const { leads_delivered: delivered, total_leads: current } = order;
  if (delivered <= 0) return null; // the fill rate is 0 whatever the total
  const winsWith = (total: number): boolean => wins({ ...order, total_leads: total });
  const lastUrgent = largestTotal(delivered / NEARLY_FULL, (t) => delivered / t > NEARLY_FULL);
  const lastBegun = largestTotal(delivered / BARELY_BEGUN, (t) => delivered / t >= BARELY_BEGUN);
  const ends = [lastUrgent, lastBegun, MOST_LEADS];

  let low = current + 1;
  for (const end of ends) {
    if (end >= low && winsWith(end)) {
      return { field: 'total_leads', to: firstHolding(low, end, winsWith) };
    }
    low = Math.max(low, end + 1);
  }
  if (lastBegun < current && winsWith(lastBegun)) return { field: 'total_leads', to: lastBegun };
  return null;
}
