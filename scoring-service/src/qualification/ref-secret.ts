import { iso, type Runtime } from '../core/clock.js';
import type { Store } from '../db/store.js';
import { first, run, type Unit } from '../db/unit.js';

const NAME = 'lead_reference_secret';

/** The secret that lead references are signed with: made once, kept in the database. */
export function* leadRefSecret({
  store,
  runtime,
}: {
  store: Store;
  runtime: Runtime;
}): Unit<string> {
  const { db } = store;
  const select = () => first(db.selectFrom('settings').select('value').where('name', '=', NAME));
  const known = yield* select();
  if (known !== undefined) return JSON.parse(known.value) as string;
  yield* run(
    db
      .insertInto('settings')
      .values({
        name: NAME,
        value: JSON.stringify(runtime.randomBytes(32).toString('base64url')),
        updated_at: iso(runtime.clock.now()),
      })
      .onConflict((conflict) => conflict.doNothing()),
  );
  const made = yield* select();
  if (made === undefined) throw new Error('A setting vanished inside its transaction.');
  return JSON.parse(made.value) as string;
}
