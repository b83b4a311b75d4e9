import { politeStore } from '../../../scoring-service/src/cli/import/polite-store.js';
import type { DialectName, Store } from '../../../scoring-service/src/db/store.js';
import type { Unit } from '../../../scoring-service/src/db/unit.js';

function* nothing(): Unit<void> {
  yield* [];
}

/** What happened, in order, while two units ran one after another, the second of them failing. */
async function story(dialect: DialectName): Promise<string[]> {
  const told: string[] = [];
  let units = 0;
  const store = {
    dialect,
    unit: () => {
      units += 1;
      told.push(`unit ${units}`);
      return units === 1 ? Promise.resolve() : Promise.reject(new Error('failed'));
    },
  };
  const polite = politeStore(store as unknown as Store, () => {
    told.push('pause');
    return Promise.resolve();
  });
  await polite.unit(nothing);
  told.push('went on');
  await expect(polite.unit(nothing)).rejects.toThrow('failed');
  return told;
}

test('an import on SQLite leaves the lock to others after each unit, also when it failed', async () => {
  expect(await story('sqlite')).toEqual(['unit 1', 'pause', 'went on', 'unit 2', 'pause']);
});

test('an import on PostgreSQL, whose lock is handed out in order, pauses for nobody', async () => {
  expect(await story('postgres')).toEqual(['unit 1', 'went on', 'unit 2']);
});
