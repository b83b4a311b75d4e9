import { sql } from 'kysely';

import type { Store } from '../../db/store.js';
import { FILTERS } from '../../routing/engine/index.js';

/** Counts stop here: beyond it "more than" is enough to know. */
export const COUNT_CAP = 1000;

/** Every reason for which a lead can be waiting. */
const REASON_CODES = [
  ...FILTERS.map(({ code }) => code as string),
  'no_active_orders',
  'assignment_error',
];

export interface ReasonCount {
  reason_code: string;
  /** At most COUNT_CAP + 1. */
  count: number;
}

/**
 * How many leads wait for each reason, largest first. Each count reads at most COUNT_CAP + 1
 * entries of the index unassigned_leads_by_reason.
 */
export async function countWaiting(store: Store): Promise<ReasonCount[]> {
  const parts = REASON_CODES.map(
    (code) => sql`select ${code} as reason_code, count(*) as n from
      (select 1 as one from unassigned_leads where reason_code = ${code} limit ${sql.lit(COUNT_CAP + 1)}) as capped`,
  );
  const { rows } = await sql<{ reason_code: string; n: number | string }>`${sql.join(
    parts,
    sql` union all `,
  )}`.execute(store.db);
  return rows
    .map((row) => ({ reason_code: row.reason_code, count: Number(row.n) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
}

/** Why each of these leads waits, by lead id. */
export async function waitingReasons(
  store: Store,
  leadIds: readonly string[],
): Promise<Map<string, string>> {
  if (leadIds.length === 0) return new Map();
  const rows = await store.db
    .selectFrom('unassigned_leads')
    .select(['lead_id', 'reason_code'])
    .where(store.anyOf('lead_id', leadIds))
    .execute();
  return new Map(rows.map((row) => [row.lead_id, row.reason_code]));
}
