import {
  addUp,
  LEAD_COMPONENTS,
  LEAD_FILTER_BITS,
  ORDER_COMPONENTS,
  SCORE_STRIDE,
  type DecisionArrays,
} from '../engine/index.js';
import type { OrderState } from './order-states.js';

/**
 * What of a decision depends on the lead, as stored:
 *
 *     {"points": [[points of each component that looks at the lead], …], "orders": [code, …]}
 *
 * One code per order, in the order of the decision's set: the place in `points` of an order that is
 * eligible; minus the bits of the lead filters that it failed; null when it failed none of these and
 * is not eligible for its own state. Orders that ask the same of a lead share their points, so that
 * each is written once. The rest is in the order's state; the total is the sum. The view
 * `routing_logs` reads the same.
 */
interface StoredRows {
  points: number[][];
  orders: (number | null)[];
}

const [FIRST = 0, ...OTHERS] = LEAD_COMPONENTS;

/** The distinct points of one decision. */
interface Points {
  /** The first entry with a value of the first component; more of them are behind `next`. */
  first: Map<number, number>;
  /** Per entry: the next with the same first value, -1 at the end. */
  next: number[];
  /** Per entry: where its scores begin. */
  bases: number[];
}

/** Whether two orders have the same points. A plain loop: it runs for every eligible order. */
function isSame(scores: Float64Array, a: number, b: number): boolean {
  for (const component of OTHERS) {
    if (scores[a + component] !== scores[b + component]) return false;
  }
  return true;
}

/** The place of an order's points, which are added when they are new. */
function placeOf({ first, next, bases }: Points, scores: Float64Array, base: number): number {
  const value = scores[base + FIRST] ?? 0;
  const head = first.get(value) ?? -1;
  for (let entry = head; entry !== -1; entry = next[entry] ?? -1) {
    if (isSame(scores, base, bases[entry] ?? 0)) return entry;
  }
  first.set(value, bases.length);
  next.push(head);
  return bases.push(base) - 1;
}

/** Encodes what of a decision depends on the lead. */
export function encodeRows({ masks, scores }: DecisionArrays, considered: number): string {
  if (considered === 0) return '[]';
  const points: Points = { first: new Map(), next: [], bases: [] };
  let codes = '';
  for (let p = 0; p < considered; p += 1) {
    const mask = masks[p] ?? 0;
    const failed = mask & LEAD_FILTER_BITS;
    if (p > 0) codes += ',';
    if (mask === 0) codes += placeOf(points, scores, p * SCORE_STRIDE);
    else codes += failed === 0 ? 'null' : -failed;
  }
  const listed = points.bases.map((base) => LEAD_COMPONENTS.map((c) => scores[base + c] ?? 0));
  return `{"points":${JSON.stringify(listed)},"orders":[${codes}]}`;
}

/** One order of a decision with all its numbers. */
export interface DecodedRow extends Omit<OrderState, 'points'> {
  /** SCORE_STRIDE numbers; zeros when not eligible. */
  scores: number[];
}

/** Reads what {@link encodeRows} wrote, with the states that the orders had. */
export function decodeRows(text: string, states: readonly OrderState[]): DecodedRow[] {
  const { points, orders } = JSON.parse(text) as StoredRows;
  return states.map(({ points: ofOrder, ...state }, position) => {
    const code = orders[position] ?? null;
    const scores = Array.from({ length: SCORE_STRIDE }, () => 0);
    const ofLead = code === null || code < 0 ? undefined : points[code];
    if (ofLead !== undefined) {
      LEAD_COMPONENTS.forEach((component, c) => (scores[component] = ofLead[c] ?? 0));
      ORDER_COMPONENTS.forEach((component, c) => (scores[component] = ofOrder[c] ?? 0));
      addUp(scores, 0);
    }
    return { ...state, mask: state.mask | (code !== null && code < 0 ? -code : 0), scores };
  });
}
