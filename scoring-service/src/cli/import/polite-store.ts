import { setTimeout as sleep } from 'node:timers/promises';

import type { Store } from '../../db/store.js';

/** A service that waits for SQLite's lock looks for it more often than this. */
const PAUSE_MS = 40;

/**
 * The store with a pause after each unit on SQLite, whose lock is not handed out in order: a service
 * on the same file gets its turn in each pause instead of whenever it happens to look in time.
 */
export function politeStore(
  store: Store,
  pause: () => Promise<void> = () => sleep(PAUSE_MS),
): Store {
  if (store.dialect !== 'sqlite') return store;
  return {
    ...store,
    async unit(make, options) {
      try {
        return await store.unit(make, options);
      } finally {
        await pause();
      }
    },
  };
}
