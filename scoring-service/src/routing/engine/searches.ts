import type { Search, SingleChange } from './change.js';
import { searchCreditMinimum } from './search-credit-minimum.js';
import { searchTotalLeads } from './search-total-leads.js';
import type { RoutingLead, RoutingOrder } from './types.js';

/** A search with one candidate value; null when the field needs no change. */
function oneValue<Field extends keyof RoutingOrder>(
  field: Field,
  candidate: (order: RoutingOrder, lead: RoutingLead) => RoutingOrder[Field] | null,
): Search {
  return {
    field,
    find(order, lead, wins) {
      const to = candidate(order, lead);
      if (to === null || to === order[field] || !wins({ ...order, [field]: to })) return null;
      return { field, to } as SingleChange; // the pair is typed by `Field`
    },
  };
}

/**
 * The changes tried, in this order; the first that wins is the answer. Only what an operator can
 * set: counters and dates that the service keeps are not offered.
 *
 * 1. `status`, `broker_status` → active
 * 2. `bonus_mode` → on (what lets an order without remaining leads take one more)
 * 3. `verticals` → the lead's vertical added ("All" for a lead without one)
 * 4. `loan_min`, `loan_max` → the lead's funding amount, the least that lets it in
 * 5. `priority` → high
 * 6. `credit_score_min` → the nearest score of 600 or more that wins, else no minimum
 * 7. `total_leads` → the nearest larger number that wins, else the nearest smaller one
 */
export const SEARCHES: readonly Search[] = [
  oneValue('status', () => 'active'),
  oneValue('broker_status', () => 'active'),
  oneValue('bonus_mode', () => true),
  oneValue('verticals', (order, lead) => {
    const vertical = lead.vertical?.trim() ?? '';
    return [...order.verticals, vertical === '' ? 'All' : vertical];
  }),
  oneValue('loan_min', (_, lead) => lead.funding_amount),
  oneValue('loan_max', (_, lead) => lead.funding_amount),
  oneValue('priority', () => 'high'),
  { field: 'credit_score_min', find: searchCreditMinimum },
  { field: 'total_leads', find: searchTotalLeads },
];
