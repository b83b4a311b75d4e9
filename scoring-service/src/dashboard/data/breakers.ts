import type { Store } from '../../db/store.js';

/** Which of these brokers do not receive: their breaker is not closed. */
export async function readBreakers(store: Store, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await store.db
    .selectFrom('broker_delivery_states')
    .select('id')
    .where(store.anyOf('id', ids))
    .where('breaker_phase', '<>', 'closed')
    .execute();
  return new Set(rows.map((row) => row.id));
}
