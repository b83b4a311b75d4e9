import type { Store } from '../../scoring-service/src/db/store.js';
import { openStore } from '../../scoring-service/src/db/open.js';
import { all, notify, run, type Unit } from '../../scoring-service/src/db/unit.js';
import { createDatabase, DATABASES, type TestDatabase } from '../support/databases.js';

describe.each(DATABASES)('units that may share a commit on %s', (name) => {
  let database: TestDatabase;
  let store: Store;

  beforeEach(async () => {
    database = await createDatabase(name);
    store = await openStore({ location: database.location });
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });

  function* put(key: string): Unit<string> {
    yield* run(
      store.db.insertInto('settings').values({ name: key, value: '1', updated_at: '2026' }),
    );
    return key;
  }

  const stored = async (): Promise<string[]> =>
    (await store.db.selectFrom('settings').select('name').execute()).map((row) => row.name).sort();

  test('each is stored and answered for itself, far more than one commit takes', async () => {
    const keys = Array.from({ length: 40 }, (_, i) => `key-${String(i).padStart(2, '0')}`);
    const answers = await Promise.all(
      keys.map((key) => store.unit(() => put(key), { shared: true })),
    );
    expect(answers).toEqual(keys);
    expect(await stored()).toEqual(keys);
  });

  test('one that fails is undone alone, whether it throws or a statement fails', async () => {
    const results = await Promise.allSettled([
      store.unit(() => put('a'), { shared: true }),
      store.unit(
        function* () {
          yield* put('thrown');
          throw new Error('no');
        },
        { shared: true },
      ),
      store.unit(
        function* () {
          yield* put('b');
          yield* put('b');
        },
        { shared: true },
      ),
      store.unit(() => put('c'), { shared: true }),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    expect(await stored()).toEqual(['a', 'c']);
  });

  test('a later unit sees what an earlier one wrote, and units of the usual kind run between', async () => {
    const first = store.unit(() => put('a'), { shared: true });
    const usual = store.unit(() => put('b'));
    await Promise.all([first, usual]);
    const seen = await store.unit(
      function* () {
        return yield* all(store.db.selectFrom('settings').select('name').orderBy('name'));
      },
      { shared: true },
    );
    expect(seen).toEqual([{ name: 'a' }, { name: 'b' }]);
  });

  test('a wake-up of a unit that was undone is not sent, that of its neighbour is', async () => {
    const heard: string[] = [];
    let told = (): void => undefined;
    store.listen('leadloop_undone', () => void heard.push('undone'));
    store.listen('leadloop_done', () => {
      heard.push('done');
      told();
    });
    const wake = async (): Promise<void> => {
      const undone = store.unit(
        function* () {
          yield* notify('leadloop_undone');
          throw new Error('no');
        },
        { shared: true },
      );
      const done = store.unit(() => notify('leadloop_done'), { shared: true });
      await Promise.allSettled([undone, done]);
    };
    // Only a listener that is connected hears, and connecting may wake everybody once.
    while (!heard.includes('done')) {
      await wake();
      await new Promise((resolve) => setImmediate(resolve));
    }
    heard.length = 0;
    const next = new Promise<void>((resolve) => {
      told = resolve;
    });
    await wake();
    await next;
    expect(new Set(heard)).toEqual(new Set(['done']));
  });
});
