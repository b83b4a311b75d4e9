import { SCORE_STRIDE } from '../engine/index.js';
import type { DecodedRow } from './log-rows.js';

/** Where the scores begin. */
const HEAD = 5;

/**
 * Reads the rows of decisions that were stored without a snapshot, as they were before there were
 * any: a JSON array with one array per order, in the order of the decision's set,
 *
 *     [mask, leads_delivered, leads_remaining, last assigned (epoch ms or null), fill rate,
 *      credit_fit, capacity, tier_match, loan_fit, priority_bonus, urgency_bonus, total]
 *
 * which ends after the fill rate for an order that was not eligible.
 */
export function decodeFullRows(text: string): DecodedRow[] {
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
