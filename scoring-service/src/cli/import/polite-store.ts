import { setTimeout as pause } from 'node:timers/promises';

import type { Store } from '../../db/store.js';

/** A service that waits for SQLite's lock looks for it at least this often. */
const PAUSE_MS = 40;

/**
 * The store with a pause after each unit on SQLite, whose lock is not handed out in order: without
 * it a service on the same file would find the lock taken again and again, and answer 503.
 */
export function politeStore(store: Store): Store {
  if (store.dialect !== 'sqlite') return store;
  return {
    ...store,
    async unit(make, options) {
      try {
        return await store.unit(make, options);
      } finally {
        await pause(PAUSE_MS);
      }
    },
  };
}
