import type { Unit } from '../unit.js';

/** What of the store sharing needs. */
interface Shareable {
  push(task: () => Promise<void>): Promise<void>;
  begin(since: number): Promise<void>;
  run(text: string): void;
  inTransaction(): boolean;
  drive<T>(make: () => Unit<T>, notified: Set<string>): T;
  announce(notified: ReadonlySet<string>): void;
  asUnavailable(error: unknown): unknown;
}

interface Waiting {
  make: () => Unit<unknown>;
  since: number;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/**
 * Units that share a commit. Few enough that reads and sockets beside them do not wait long for
 * the thread: each takes a millisecond or two, the commit's flush as much as several of them.
 */
const MOST_TOGETHER = 8;

/**
 * Commits units that wait at the same time together, each inside a savepoint of its own: one that
 * fails is undone alone. All are answered after the commit, and when that fails all fail.
 */
export function createSharing(store: Shareable): <T>(make: () => Unit<T>) => Promise<T> {
  let waiting: Waiting[] = [];

  const runTogether = async (): Promise<void> => {
    const batch = waiting.slice(0, MOST_TOGETHER);
    waiting = waiting.slice(MOST_TOGETHER);
    if (waiting.length > 0) void store.push(runTogether);
    const [oldest] = batch;
    if (oldest === undefined) return;
    const settled: (() => void)[] = [];
    const notified = new Set<string>();
    try {
      await store.begin(oldest.since);
      for (const { make, resolve, reject } of batch) {
        const own = new Set<string>();
        store.run('SAVEPOINT shared');
        try {
          const value = store.drive(make, own);
          settled.push(() => resolve(value));
          for (const channel of own) notified.add(channel);
        } catch (error) {
          // A fault that has ended the whole transaction ends it for all.
          if (!store.inTransaction()) throw error;
          store.run('ROLLBACK TO shared');
          settled.push(() => reject(store.asUnavailable(error)));
        }
        store.run('RELEASE shared');
      }
      store.run('COMMIT');
    } catch (error) {
      if (store.inTransaction()) store.run('ROLLBACK');
      for (const { reject } of batch) reject(store.asUnavailable(error));
      return;
    }
    for (const settle of settled) settle();
    store.announce(notified);
  };

  return <T>(make: () => Unit<T>): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      waiting.push({
        make,
        since: performance.now(),
        resolve: resolve as (value: unknown) => void,
        reject,
      });
      if (waiting.length === 1) void store.push(runTogether);
    });
}
