import { migrateDatabase, openStore } from '../db/open.js';
import type { Store } from '../db/store.js';
import type { Settings } from '../settings/settings.js';

/** Opens the database (the newest schema is applied first), works, closes. */
export async function withStore<T>(
  settings: Settings,
  work: (store: Store) => Promise<T>,
  options: { busyWaitMs?: number } = {},
): Promise<T> {
  await migrateDatabase(settings.database);
  const store = await openStore({ location: settings.database, maxConnections: 2, ...options });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
