import { iso } from '../../core/clock.js';
import type { Store } from '../../db/store.js';
import { first, run, type Unit } from '../../db/unit.js';

/** Rows that one unit deletes, so that live intake gets its turn in between. */
const ROWS = 5000;

/** Deletes some differences of a backtest's runs before `run`; whether there may be more. */
function* deleteSome({ db }: Store, id: string, before: number): Unit<boolean> {
  // Index: the primary key (backtest_id, run, position).
  const oldest = yield* first(
    db
      .selectFrom('backtest_differences')
      .select(['run', 'position'])
      .where('backtest_id', '=', id)
      .where('run', '<', before)
      .orderBy('run')
      .orderBy('position')
      .limit(1),
  );
  if (oldest === undefined) return false;
  yield* run(
    db
      .deleteFrom('backtest_differences')
      .where('backtest_id', '=', id)
      .where('run', '=', oldest.run)
      .where('position', '<', oldest.position + ROWS),
  );
  return true;
}

/**
 * Forgets, in small units, backtests that have been kept long enough, what of a cancelled or failed
 * one was found, and what runs had found that were begun again.
 */
export async function forgetOldBacktests(store: Store, at: number): Promise<void> {
  const { db } = store;
  const rows = await db
    .selectFrom('backtests')
    .select(['id', 'status', 'run', 'expires_at'])
    .where('ended_at', 'is not', null)
    .execute();
  for (const { id, status, run: lastRun, expires_at } of rows) {
    const expired = expires_at !== null && expires_at <= iso(at);
    const before = expired || status !== 'done' ? lastRun + 1 : lastRun;
    while (await store.unit(() => deleteSome(store, id, before)));
    if (expired) await store.unit(() => run(db.deleteFrom('backtests').where('id', '=', id)));
  }
}
