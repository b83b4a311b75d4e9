import { firstHolding } from './bisect.js';
import type { SingleChange, Wins } from './change.js';
import { CREDIT_TOP, LOWER_TIER, UPPER_TIER } from './thresholds.js';
import type { RoutingLead, RoutingOrder } from './types.js';

/** Within one tier a lower minimum never scores less and never shuts out more. */
const TIERS = [
  { low: LOWER_TIER, high: UPPER_TIER - 1 },
  { low: UPPER_TIER, high: CREDIT_TOP },
] as const;

/**
 * The winning minimum nearest to the one in force, in whole points from 600 to 850 (of two equally
 * near ones the lower); no minimum when none of these wins. Minimums under 600 are not tried: they
 * are no gate, and no minimum scores at least as much.
 */
export function searchCreditMinimum(
  order: RoutingOrder,
  _: RoutingLead,
  wins: Wins,
): SingleChange | null {
  const current = order.credit_score_min;
  const winsWith = (minimum: number | null): boolean =>
    wins({ ...order, credit_score_min: minimum });

  let nearest: number | null = null;
  for (const tier of TIERS) {
    const found = nearestInTier(tier.low, tier.high, current ?? 0, winsWith);
    if (found === null) continue;
    const distance = Math.abs(found - (current ?? 0));
    if (nearest === null || distance < Math.abs(nearest - (current ?? 0))) nearest = found;
  }
  if (nearest !== null) return { field: 'credit_score_min', to: nearest };
  return current !== null && winsWith(null) ? { field: 'credit_score_min', to: null } : null;
}

function nearestInTier(
  low: number,
  high: number,
  current: number,
  wins: (minimum: number) => boolean,
): number | null {
  if (current < low) return wins(low) ? low : null;
  // From the current minimum upwards nothing in its own tier wins, as the order as it is did not.
  const top = Math.min(high, Math.ceil(current) - 1);
  if (top < low || !wins(low)) return null;
  // The largest that wins is where its mirror image begins to win.
  return -firstHolding(-top, -low, (mirrored) => wins(-mirrored));
}
