import type { Store } from '../db/store.js';
import type { DeliveriesTable } from '../db/tables/deliveries.js';
import { AT_ONCE } from './moments.js';

/** Announces that attempts ended or that deliveries were queued, in any replica. */
export const SETTLED_CHANNEL = 'leadloop_deliveries_settled';

/** Requests that wait for deliveries. */
export interface Waiting {
  /** From now on, what settles is noticed. Resolves once all of them have settled or time is up. */
  until(ids: readonly string[], waitMs: number): Promise<void>;
  start(): void;
  /** Lets everybody go, for the end of the service. */
  stop(): void;
}

interface Waiter {
  open: Set<string>;
  done: () => void;
}

/** True once no attempt that somebody asked for is under way or about to start. */
function isSettled(row: Pick<DeliveriesTable, 'status' | 'claim_id' | 'due_at'>): boolean {
  if (row.status !== 'pending') return row.status !== 'held' && row.due_at !== AT_ONCE;
  return row.claim_id === null && row.due_at !== AT_ONCE;
}

/**
 * Waits for deliveries without asking the database in a loop: it looks when attempts have ended,
 * here or in another replica, once for everybody who waits.
 */
export function createWaiting(store: Store): Waiting {
  const waiters = new Set<Waiter>();
  let looking = false;
  let lookAgain = false;
  let stopped = false;
  let unlisten: (() => void) | undefined;

  const lookOnce = async (): Promise<void> => {
    const ids = new Set([...waiters].flatMap(({ open }) => [...open]));
    const rows = await store.db
      .selectFrom('deliveries')
      .select(['id', 'status', 'claim_id', 'due_at'])
      .where(store.anyOf('id', [...ids]))
      .execute();
    const settled = rows.filter(isSettled).map((row) => row.id);
    for (const waiter of waiters) {
      for (const id of settled) waiter.open.delete(id);
      if (waiter.open.size === 0) waiter.done();
    }
  };

  const look = (): void => {
    lookAgain = true;
    if (looking || waiters.size === 0) return;
    looking = true;
    const loop = async (): Promise<void> => {
      while (lookAgain && waiters.size > 0) {
        lookAgain = false;
        await lookOnce();
      }
    };
    loop()
      // The database is away: whoever waits is answered when the time is up.
      .catch(() => undefined)
      .finally(() => {
        looking = false;
      });
  };

  return {
    until(ids, waitMs) {
      if (ids.length === 0 || waitMs <= 0 || stopped) return Promise.resolve();
      return new Promise((resolve) => {
        const waiter: Waiter = {
          open: new Set(ids),
          done: () => {
            clearTimeout(timer);
            waiters.delete(waiter);
            resolve();
          },
        };
        const timer = setTimeout(waiter.done, waitMs);
        waiters.add(waiter);
        // What settled between the request's unit and now would never be announced again.
        look();
      });
    },
    start() {
      unlisten ??= store.listen(SETTLED_CHANNEL, look);
    },
    stop() {
      stopped = true;
      unlisten?.();
      for (const waiter of [...waiters]) waiter.done();
    },
  };
}
