import {
  COMPONENTS,
  SCORE_STRIDE,
  TOTAL_OFFSET,
  type DecisionArrays,
  type OrderBook,
} from '../engine/index.js';

/**
 * How the orders considered are stored with a decision: a JSON array with one array per order, in
 * the order of the decision's set:
 *
 *     [mask, leads_delivered, leads_remaining, last assigned (epoch ms or null), fill rate,
 *      credit_fit, capacity, tier_match, loan_fit, priority_bonus, urgency_bonus, total]
 *
 * An order that is not eligible ends after its fill rate, its scores being zero by definition.
 * The view `routing_logs` reads the same positions.
 */
const HEAD = 5;

/** What is the same in every decision until the order changes. */
interface OrderTexts {
  /** From leads_delivered to the fill rate. */
  state: string;
  /** The points of each component of the order alone; empty where they depend on the lead. */
  points: readonly string[];
}

/** By the immutable object that holds the order. */
const orderTexts = new WeakMap<object, OrderTexts>();

function textsOf(book: OrderBook, position: number, fill: number): OrderTexts {
  const prepared = book.prepared(position);
  let known = orderTexts.get(prepared);
  if (known === undefined) {
    const { order } = prepared;
    const { leads_delivered, leads_remaining, last_assigned_at } = order;
    known = {
      state: `${leads_delivered},${leads_remaining},${last_assigned_at ?? 'null'},${fill}`,
      points: COMPONENTS.map(({ ofOrder, inputs: [points] }) =>
        ofOrder === true ? String(points(order)) : '',
      ),
    };
    orderTexts.set(prepared, known);
  }
  return known;
}

/** Encodes a decision before its assignment is recorded in the book. */
export function encodeRows(arrays: DecisionArrays, book: OrderBook, considered: number): string {
  if (considered === 0) return '[]';
  const { masks, scores, fills } = arrays;
  let out = '[';
  for (let p = 0; p < considered; p += 1) {
    const mask = masks[p] ?? 0;
    const texts = textsOf(book, p, fills[p] ?? 0);
    out += p > 0 ? `,[${mask},${texts.state}` : `[${mask},${texts.state}`;
    if (mask === 0) {
      const base = p * SCORE_STRIDE;
      for (let c = 0; c < TOTAL_OFFSET; c += 1) {
        const known = texts.points[c] ?? '';
        out += `,${known === '' ? (scores[base + c] ?? 0) : known}`;
      }
      out += `,${scores[base + TOTAL_OFFSET] ?? 0}`;
    }
    out += ']';
  }
  return `${out}]`;
}

export interface DecodedRow {
  mask: number;
  leads_delivered: number;
  leads_remaining: number;
  last_assigned_at: number | null;
  fill_rate: number;
  /** SCORE_STRIDE numbers. */
  scores: number[];
}

/** Reads what {@link encodeRows} wrote. */
export function decodeRows(text: string): DecodedRow[] {
  const rows = JSON.parse(text) as (number | null)[][];
  return rows.map((row) => ({
    mask: row[0] ?? 0,
    leads_delivered: row[1] ?? 0,
    leads_remaining: row[2] ?? 0,
    last_assigned_at: row[3] ?? null,
    fill_rate: row[4] ?? 0,
    scores: Array.from({ length: SCORE_STRIDE }, (_unused, index) => row[HEAD + index] ?? 0),
  }));
}
