import type { LeadView } from './lead-view.js';
import {
  BARELY_BEGUN,
  CREDIT_TOP,
  creditTier,
  fillRate,
  lowerLoanBound,
  NEARLY_FULL,
  upperLoanBound,
} from './thresholds.js';
import type { RoutingOrder } from './types.js';

/** The orders one loop works on. */
export interface Picked {
  /** Positions in the book, and so in the score array. */
  positions: Int32Array;
  /** How many of the positions count. */
  count: number;
  /** Position → row of the input columns. */
  rows: Int32Array;
}

type OrderNumber = (order: RoutingOrder) => number;

/** One score component: a loop that writes its points for the picked orders. */
export interface Component<Code extends string = string> {
  code: Code;
  /** The most points it can give; the least is 0 unless `min` says otherwise. */
  max: number;
  min?: number;
  /** Its points are the same for every lead: the first of its inputs. */
  ofOrder?: true;
  /** The numbers read from each order, worked out when the order changes. */
  inputs: readonly [OrderNumber, ...OrderNumber[]];
  /** Writes the points of position p at `out[p * stride + offset]`. */
  fill(
    lead: LeadView,
    inputs: readonly Float64Array[],
    picked: Picked,
    out: Float64Array,
    stride: number,
    offset: number,
  ): void;
}

const clamp = (value: number, max: number): number => Math.max(0, Math.min(max, value));

// Typed-array reads below are within bounds; `as number` only tells the compiler so.

/** Components of the order alone are worked out when the order changes and copied per lead. */
const copyInput: Component['fill'] = (_, inputs, picked, out, stride, offset) => {
  const { positions, count, rows } = picked;
  const points = inputs[0] as Float64Array;
  for (let k = 0; k < count; k++) {
    const p = positions[k] as number;
    out[p * stride + offset] = points[rows[p] as number] as number;
  }
};

const ofOrder = <Code extends string>(
  code: Code,
  range: { max: number; min?: number },
  points: (order: RoutingOrder) => number,
): Component<Code> => ({ code, ...range, ofOrder: true, inputs: [points], fill: copyInput });

const CREDIT_MAX = 40;

/** How far the credit lies between the order's minimum and the top of the scale. */
const creditFit: Component<'credit_fit'> = {
  code: 'credit_fit',
  max: CREDIT_MAX,
  inputs: [(order) => order.credit_score_min ?? NaN],
  fill: (lead, inputs, { positions, count, rows }, out, stride, offset) => {
    const minimums = inputs[0] as Float64Array;
    const credit = lead.credit;
    const known = credit !== -Infinity;
    for (let k = 0; k < count; k++) {
      const p = positions[k] as number;
      const min = minimums[rows[p] as number] as number;
      let points = 0;
      if (known) {
        if (min !== min) {
          points = CREDIT_MAX; // NaN: the order has no minimum
        } else if (min < CREDIT_TOP) {
          points = ((credit - min) / (CREDIT_TOP - min)) * CREDIT_MAX;
          points = points < 0 ? 0 : points > CREDIT_MAX ? CREDIT_MAX : points;
        }
      }
      out[p * stride + offset] = points;
    }
  },
};

/** Points by [tier of the lead][tier of the order's minimum]. */
const TIER_POINTS = [
  Float64Array.of(0, 0, 0),
  Float64Array.of(0, 20, 0),
  Float64Array.of(0, 10, 20),
] as const;

const tierMatch: Component<'tier_match'> = {
  code: 'tier_match',
  max: 20,
  inputs: [(order) => creditTier(order.credit_score_min)],
  fill: (lead, inputs, { positions, count, rows }, out, stride, offset) => {
    const tiers = inputs[0] as Float64Array;
    const points = TIER_POINTS[lead.tier];
    for (let k = 0; k < count; k++) {
      const p = positions[k] as number;
      out[p * stride + offset] = points[tiers[rows[p] as number] as number] as number;
    }
  },
};

/** An unknown amount fits only an order without bounds. */
const loanFit: Component<'loan_fit'> = {
  code: 'loan_fit',
  max: 10,
  inputs: [lowerLoanBound, upperLoanBound],
  fill: (lead, inputs, { positions, count, rows }, out, stride, offset) => {
    const lower = inputs[0] as Float64Array;
    const upper = inputs[1] as Float64Array;
    // An unknown amount as both ends of the scale at once: inside only where nothing is bounded.
    const unknown = lead.funding !== lead.funding;
    const low = unknown ? -Infinity : lead.funding;
    const high = unknown ? Infinity : lead.funding;
    for (let k = 0; k < count; k++) {
      const p = positions[k] as number;
      const row = rows[p] as number;
      const fits = low >= (lower[row] as number) && high <= (upper[row] as number);
      out[p * stride + offset] = fits ? 10 : 0;
    }
  },
};

/** The score components, in the order in which the total adds them up. */
export const COMPONENTS = [
  creditFit,
  ofOrder('capacity', { max: 30 }, (order) => clamp((1 - fillRate(order)) * 30, 30)),
  tierMatch,
  loanFit,
  ofOrder('priority_bonus', { max: 8 }, (order) => (order.priority === 'high' ? 8 : 0)),
  ofOrder('urgency_bonus', { max: 5, min: -5 }, (order) => {
    const fill = fillRate(order);
    return fill > NEARLY_FULL ? 5 : fill < BARELY_BEGUN ? -5 : 0;
  }),
] as const;

/** The code of a score component. */
export type ComponentCode = (typeof COMPONENTS)[number]['code'];

/** Numbers per order in a score array: every component, then the total. */
export const SCORE_STRIDE = COMPONENTS.length + 1;
/** Where the total stands within them. */
export const TOTAL_OFFSET = COMPONENTS.length;

const whichAre = (ofOrder: boolean): readonly number[] =>
  COMPONENTS.flatMap((component: Component, position) =>
    (component.ofOrder === true) === ofOrder ? [position] : [],
  );

/** The positions of the components that look at the order alone. */
export const ORDER_COMPONENTS = whichAre(true);
/** The positions of the components that compare the lead with the order. */
export const LEAD_COMPONENTS = whichAre(false);
