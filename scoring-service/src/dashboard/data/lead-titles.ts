import type { Store } from '../../db/store.js';
import { toLead } from '../../leads/lead.js';
import { leadTitle } from '../components/lead-table.js';

/** What these leads are called in lists, by id. */
export async function leadTitles(
  store: Store,
  ids: readonly (string | null)[],
): Promise<Map<string, string>> {
  const wanted = [...new Set(ids.filter((id): id is string => id !== null))];
  if (wanted.length === 0) return new Map();
  const rows = await store.db
    .selectFrom('leads')
    .selectAll()
    .where(store.anyOf('id', wanted))
    .execute();
  return new Map(rows.map((row) => [row.id, leadTitle(toLead(row))]));
}
