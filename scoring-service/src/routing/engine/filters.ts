import type { LeadView } from './lead-view.js';
import { LOWER_TIER, lowerLoanBound, UPPER_TIER, upperLoanBound } from './thresholds.js';
import type { RoutingLead, RoutingOrder } from './types.js';

/** What a gate found or asked for, as shown to people. */
export type GateValue = string | number | readonly string[] | null;

interface FilterBase<Code extends string> {
  code: Code;
  /** The order field that opens this gate when it is changed. */
  field: keyof RoutingOrder;
  /** The end of the sentence "no …" when this filter is why a lead stays unassigned. */
  cause: string;
  /** The value that failed. */
  have(lead: RoutingLead, order: RoutingOrder): GateValue;
  /** The value that would have passed. */
  need(lead: RoutingLead, order: RoutingOrder): GateValue;
}

/** A filter that looks at the order alone: evaluated when the order changes, not per lead. */
export interface OrderFilter<Code extends string = string> extends FilterBase<Code> {
  scope: 'order';
  fails(order: RoutingOrder): boolean;
}

/** A filter that compares the lead with the order: one tight loop over all orders per lead. */
export interface LeadFilter<Code extends string = string> extends FilterBase<Code> {
  scope: 'lead';
  /** The number the loop reads from each order, worked out when the order changes. */
  input?(order: RoutingOrder): number;
  /** Sets `bit` in `masks[i]` for each failing order; `inputs` is indexed by `rows[i]`. */
  mark(
    lead: LeadView,
    inputs: Float64Array,
    rows: Int32Array,
    masks: Uint16Array,
    bit: number,
  ): void;
}

// Typed-array reads below are within bounds; `as number` only tells the compiler so.

function markBelow(
  value: number,
  bounds: Float64Array,
  rows: Int32Array,
  masks: Uint16Array,
  bit: number,
): void {
  for (let i = 0; i < rows.length; i++) {
    if (value < (bounds[rows[i] as number] as number)) masks[i] = (masks[i] as number) | bit;
  }
}

function markAbove(
  value: number,
  bounds: Float64Array,
  rows: Int32Array,
  masks: Uint16Array,
  bit: number,
): void {
  for (let i = 0; i < rows.length; i++) {
    if (value > (bounds[rows[i] as number] as number)) masks[i] = (masks[i] as number) | bit;
  }
}

function markRefused(
  refusals: Uint8Array,
  rows: Int32Array,
  masks: Uint16Array,
  bit: number,
): void {
  for (let i = 0; i < rows.length; i++) {
    masks[i] = (masks[i] as number) | ((refusals[rows[i] as number] as number) * bit);
  }
}

const order = <Code extends string>(filter: Omit<OrderFilter<Code>, 'scope'>) =>
  ({ ...filter, scope: 'order' }) satisfies OrderFilter<Code>;
const lead = <Code extends string>(filter: Omit<LeadFilter<Code>, 'scope'>) =>
  ({ ...filter, scope: 'lead' }) satisfies LeadFilter<Code>;

/**
 * The hard filters in the order in which the first failure becomes the reason. The position is the
 * bit in a decision's masks (16 at most), so stored decisions rely on it: add at the end.
 */
export const FILTERS = [
  order({
    code: 'order_not_active',
    field: 'status',
    cause: 'active order',
    fails: (o) => o.status !== 'active',
    have: (_, o) => o.status,
    need: () => 'active',
  }),
  order({
    code: 'broker_not_active',
    field: 'broker_status',
    cause: 'active broker',
    fails: (o) => o.broker_status !== 'active',
    have: (_, o) => o.broker_status,
    need: () => 'active',
  }),
  order({
    code: 'no_capacity',
    field: 'bonus_mode',
    cause: 'order with remaining capacity',
    fails: (o) => o.leads_remaining <= 0 && !o.bonus_mode,
    have: (_, o) => o.leads_remaining,
    need: () => 1,
  }),
  lead({
    code: 'vertical_mismatch',
    field: 'verticals',
    cause: 'matching order for vertical',
    mark: (l, _, rows, masks, bit) => {
      markRefused(l.verticalRefusals, rows, masks, bit);
    },
    have: (l) => l.vertical,
    need: (_, o) => o.verticals,
  }),
  lead({
    code: 'credit_tier_680',
    field: 'credit_score_min',
    cause: 'matching order for credit score',
    input: (o) =>
      o.credit_score_min !== null && o.credit_score_min >= UPPER_TIER ? UPPER_TIER : -Infinity,
    mark: (l, inputs, rows, masks, bit) => {
      markBelow(l.credit, inputs, rows, masks, bit);
    },
    have: (l) => l.credit_score,
    need: () => UPPER_TIER,
  }),
  lead({
    code: 'credit_below_minimum',
    field: 'credit_score_min',
    cause: 'matching order for credit score',
    input: (o) =>
      o.credit_score_min !== null && o.credit_score_min >= LOWER_TIER
        ? o.credit_score_min
        : -Infinity,
    mark: (l, inputs, rows, masks, bit) => {
      markBelow(l.credit, inputs, rows, masks, bit);
    },
    have: (l) => l.credit_score,
    need: (_, o) => o.credit_score_min,
  }),
  lead({
    code: 'loan_below_minimum',
    field: 'loan_min',
    cause: 'matching order for funding amount',
    input: lowerLoanBound,
    mark: (l, inputs, rows, masks, bit) => {
      markBelow(l.funding, inputs, rows, masks, bit);
    },
    have: (l) => l.funding_amount,
    need: (_, o) => o.loan_min,
  }),
  lead({
    code: 'loan_above_maximum',
    field: 'loan_max',
    cause: 'matching order for funding amount',
    input: upperLoanBound,
    mark: (l, inputs, rows, masks, bit) => {
      markAbove(l.funding, inputs, rows, masks, bit);
    },
    have: (l) => l.funding_amount,
    need: (_, o) => o.loan_max,
  }),
] as const;

/** The code of a hard filter. */
export type FilterCode = (typeof FILTERS)[number]['code'];

/** The filters with their bit, for loops that need no literal codes. */
export const FILTER_BITS: readonly {
  bit: number;
  filter: OrderFilter<FilterCode> | LeadFilter<FilterCode>;
}[] = FILTERS.map((filter, position) => ({ bit: 1 << position, filter }));

/** The bits of the filters that compare the lead with the order. */
export const LEAD_FILTER_BITS = FILTER_BITS.reduce(
  (bits, { bit, filter }) => (filter.scope === 'lead' ? bits | bit : bits),
  0,
);

/** The bit of the filter that says an order is not active. */
export const ORDER_NOT_ACTIVE_BIT = 1 << FILTERS.findIndex((f) => f.code === 'order_not_active');

/** The filters whose bits are set in a mask, in filter order. */
export function failedFilters(mask: number): (OrderFilter<FilterCode> | LeadFilter<FilterCode>)[] {
  return FILTER_BITS.filter(({ bit }) => (mask & bit) !== 0).map(({ filter }) => filter);
}
