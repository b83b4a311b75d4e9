import { creditTier } from './thresholds.js';
import type { RoutingLead } from './types.js';

/** A lead turned into numbers once, before the loops over the orders. */
export interface LeadView {
  /** -Infinity when not given, so that it is below every minimum and above none. */
  credit: number;
  tier: 0 | 1 | 2;
  /** NaN when not given, so that it is neither below nor above a bound. */
  funding: number;
  /** Per row of the order book: 1 when the order refuses the lead's vertical. */
  verticalRefusals: Uint8Array;
}

/** The numeric view of a lead. */
export function viewLead(lead: RoutingLead, verticalRefusals: Uint8Array): LeadView {
  return {
    credit: lead.credit_score ?? -Infinity,
    tier: creditTier(lead.credit_score),
    funding: lead.funding_amount ?? NaN,
    verticalRefusals,
  };
}
