import { SCORE_STRIDE, type DecisionArrays, type OrderBook } from '../engine/index.js';

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

const MAX_REMEMBERED = 20_000;
const remembered = new Map<number, string>();

/** Shortest text that reads back as the same double. Fractions come again and again. */
function numberText(value: number): string {
  if (Number.isInteger(value)) return String(value);
  let known = remembered.get(value);
  if (known === undefined) {
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    known = String(value);
    remembered.set(value, known);
  }
  return known;
}

/** The order's own numbers, by the immutable object that holds them. */
const stateTexts = new WeakMap<object, string>();

function stateText(book: OrderBook, position: number, fill: number): string {
  const prepared = book.prepared(position);
  let known = stateTexts.get(prepared);
  if (known === undefined) {
    const { leads_delivered, leads_remaining, last_assigned_at } = prepared.order;
    known = `${leads_delivered},${leads_remaining},${last_assigned_at ?? 'null'},${numberText(fill)}`;
    stateTexts.set(prepared, known);
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
    if (p > 0) out += ',';
    out += `[${mask},${stateText(book, p, fills[p] ?? 0)}`;
    if (mask === 0) {
      const base = p * SCORE_STRIDE;
      for (let c = 0; c < SCORE_STRIDE; c += 1) out += `,${numberText(scores[base + c] ?? 0)}`;
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
