import { iso } from '../core/clock.js';
import type { Store } from '../db/store.js';
import { first, run, type Unit } from '../db/unit.js';

const NAME = 'deliveries_paused';

/** Whether all deliveries are paused by hand. */
export function* allPaused(store: Store): Unit<boolean> {
  const row = yield* first(pausedQuery(store));
  return row?.value === 'true';
}

export function pausedQuery({ db }: Store) {
  return db.selectFrom('settings').select('value').where('name', '=', NAME);
}

export function* setAllPaused({ db }: Store, paused: boolean, at: number): Unit<void> {
  const value = { value: String(paused), updated_at: iso(at) };
  yield* run(
    db
      .insertInto('settings')
      .values({ name: NAME, ...value })
      .onConflict((conflict) => conflict.column('name').doUpdateSet(value)),
  );
}
