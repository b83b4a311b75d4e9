import { sql } from 'kysely';
import { existsSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

import { AppError } from '../../scoring-service/src/core/errors.js';
import { migrateDatabase, openStore } from '../../scoring-service/src/db/open.js';
import type { Store } from '../../scoring-service/src/db/store.js';
import type { LeadsTable } from '../../scoring-service/src/db/tables/leads.js';
import {
  all,
  first,
  insertMany,
  notify,
  run,
  updateMany,
} from '../../scoring-service/src/db/unit.js';
import { newLead } from '../../scoring-service/src/leads/lead.js';
import { createDatabase, DATABASES, type TestDatabase } from '../support/databases.js';
import { START } from '../support/runtime.js';
import { openOutside, statement } from '../support/seed.js';

const setting = (name: string, value = 'x') => ({ name, value, updated_at: START });

function leadRow(id: string, over: Partial<LeadsTable> = {}): LeadsTable {
  return {
    ...newLead(
      { ghl_contact_id: id },
      {
        id,
        at: Date.parse(START),
        source: 'test',
        sourceKeyId: 'test',
        brokerIds: null,
        hold: false,
        defaultRegion: 'US',
      },
    ),
    ...over,
  };
}

async function settingNames(store: Store): Promise<string[]> {
  const rows = await store.db.selectFrom('settings').select('name').orderBy('name').execute();
  return rows.map(({ name }) => name);
}

describe.each(DATABASES)('the store on %s', (name) => {
  let database: TestDatabase;
  let store: Store;

  beforeAll(async () => {
    database = await createDatabase(name);
    store = await openStore({ location: database.location });
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });
  beforeEach(() =>
    store.unit(function* () {
      yield* run(store.db.deleteFrom('settings'));
      yield* run(store.db.deleteFrom('leads'));
    }),
  );

  test('a unit that ends is committed and its value returned', async () => {
    const value = await store.unit(function* () {
      yield* run(store.db.insertInto('settings').values(setting('a')));
      return (yield* all(store.db.selectFrom('settings').select('name'))).length;
    });
    expect(value).toBe(1);
    expect(await settingNames(store)).toEqual(['a']);
  });

  test('what a unit wrote is there for everybody when its promise resolves', async () => {
    const outside = await openOutside(database);
    await store.unit(() => insertMany('settings', [setting('done')]));
    // Asked in the same turn of the event loop, from another connection.
    expect(await outside.all('select name from settings')).toEqual([{ name: 'done' }]);
    await outside.close();
  });

  test.each(['routing', undefined] as const)(
    'a unit that throws in the middle writes nothing (lock: %s)',
    async (lock) => {
      const failing = store.unit(
        function* () {
          yield* run(store.db.insertInto('settings').values(setting('a')));
          yield* insertMany('settings', [setting('b'), setting('c')]);
          throw new AppError('refused', 409, 'No.');
        },
        { lock },
      );
      await expect(failing).rejects.toMatchObject({ code: 'refused' });
      expect(await settingNames(store)).toEqual([]);
    },
  );

  test('a unit whose statement fails writes nothing, even when it swallows the fault', async () => {
    const swallowing = store.unit(function* () {
      yield* run(store.db.insertInto('settings').values(setting('a')));
      try {
        yield* run(store.db.insertInto('settings').values(setting('a')));
      } catch {
        // A unit must not be able to pretend that this did not happen.
      }
      return 'done';
    });
    await expect(swallowing).rejects.toThrow();
    expect(await settingNames(store)).toEqual([]);
  });

  test('the next unit works after one that failed', async () => {
    await expect(
      store.unit(() => run(statement('insert into nowhere values (1)'))),
    ).rejects.toThrow();
    await store.unit(() => insertMany('settings', [setting('after')]));
    expect(await settingNames(store)).toEqual(['after']);
  });

  test('rows written as sets come back exactly: nulls, Unicode, doubles', async () => {
    const texts = [
      'Zoë "the" O\'Neil \\ back',
      '日本語 😀 👩‍👩‍👧',
      'مرحبا \u2028\u2029\u0001 tab\tnew\nline',
      '{"json": [1, null]}',
      `${'x'.repeat(50_000)}`,
      '',
    ];
    const amounts = [
      0.1 + 0.2,
      1e12,
      Number.MAX_SAFE_INTEGER,
      1 / 3,
      5e-324,
      1.7976931348623157e308,
      -0.1,
      123456789.12345679,
    ];
    const rows = Array.from({ length: 16 }, (_unused, index) =>
      leadRow(`lead-${String(index).padStart(2, '0')}`, {
        first_name: texts[index % texts.length] ?? null,
        funding_amount: amounts[index % amounts.length] ?? null,
        credit_score: index % 3 === 0 ? null : 600 + index,
        vertical: null,
      }),
    );
    expect(await store.unit(() => insertMany('leads', rows))).toBe(16);
    const read = await store.db.selectFrom('leads').selectAll().orderBy('id').execute();
    expect(read).toEqual(rows);

    const changed = rows.map((row, index) => ({
      id: row.id,
      first_name: texts[(index + 1) % texts.length] ?? null,
      last_name: null,
      funding_amount: index % 2 === 0 ? null : (amounts[(index + 3) % amounts.length] ?? null),
    }));
    expect(await store.unit(() => updateMany('leads', changed))).toBe(16);
    const again = await store.unit(() =>
      all(
        store.db
          .selectFrom('leads')
          .select(['id', 'first_name', 'last_name', 'funding_amount'])
          .orderBy('id'),
      ),
    );
    expect(again).toEqual(changed);
  });

  test('thousands of rows go in and are changed as one set', async () => {
    const rows = Array.from({ length: 3000 }, (_unused, index) => leadRow(`many-${index}`));
    const changes = await store.unit(function* () {
      const inserted = yield* insertMany('leads', rows);
      const updated = yield* updateMany(
        'leads',
        rows.map((row, index) => ({ id: row.id, version: index + 2 })),
      );
      const missing = yield* updateMany('leads', [{ id: 'nobody', version: 5 }]);
      return { inserted, updated, missing };
    });
    expect(changes).toEqual({ inserted: 3000, updated: 3000, missing: 0 });
    const { total } = await store.db
      .selectFrom('leads')
      .select(sql<number>`sum(version)`.as('total'))
      .executeTakeFirstOrThrow();
    expect(Number(total)).toBe((3000 * 3001) / 2 + 3000);
  });

  test('empty sets are no statement at all', async () => {
    const changes = await store.unit(function* () {
      return [yield* insertMany('settings', []), yield* updateMany('leads', [])];
    });
    expect(changes).toEqual([0, 0]);
  });

  test('conflicts are ignored only when asked', async () => {
    await store.unit(() => insertMany('settings', [setting('a', 'first')]));
    const added = await store.unit(() =>
      insertMany('settings', [setting('a', 'second'), setting('b')], { ignoreConflicts: true }),
    );
    expect(added).toBe(1);
    await expect(
      store.unit(() => insertMany('settings', [setting('c'), setting('a', 'third')])),
    ).rejects.toThrow();
    const rows = await store.db.selectFrom('settings').selectAll().orderBy('name').execute();
    expect(rows.map((row) => [row.name, row.value])).toEqual([
      ['a', 'first'],
      ['b', 'x'],
    ]);
  });

  test.each([0, 1, 10_000])('anyOf finds exactly the named ones among %s values', async (count) => {
    await store.unit(() =>
      insertMany(
        'settings',
        ['a', "o'clock", 'naïve', '"q"'].map((n) => setting(n)),
      ),
    );
    const wanted = Array.from(
      { length: Math.max(0, count - 1) },
      (_unused, index) => `no-${index}`,
    );
    if (count > 0) wanted.push("o'clock");
    const query = store.db.selectFrom('settings').select('name').where(store.anyOf('name', wanted));
    const expected = count === 0 ? [] : [{ name: "o'clock" }];
    expect(await query.execute()).toEqual(expected);
    expect(await store.unit(() => all(query))).toEqual(expected);
  });

  test('listeners wake after a commit and never after a rollback', async () => {
    const heard: string[] = [];
    let wake = (): void => undefined;
    const listening = ['rolled_back', 'committed'].map((channel) =>
      store.listen(channel, () => {
        heard.push(channel);
        if (channel === 'committed') wake();
      }),
    );
    // On PostgreSQL a channel is announced once when it is first heard; that must not count below.
    if (name === 'postgres') await until(() => heard.length === 2);
    heard.length = 0;
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    await expect(
      store.unit(function* () {
        yield* notify('rolled_back');
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    await store.unit(function* () {
      yield* notify('committed');
      yield* insertMany('settings', [setting('seen')]);
      expect(heard).toEqual([]);
    });
    await woken;
    expect(heard).toEqual(['committed']);
    for (const stop of listening) stop();
    await store.unit(() => notify('committed'));
    await store.unit(() => run(store.db.deleteFrom('settings')));
    expect(heard).toEqual(['committed']);
  });

  test('reads see nothing that is not committed', async () => {
    const outside = await openOutside(database);
    await outside.run('begin');
    await outside.run(
      `insert into settings (name, value, updated_at) values ('open', 'x', '${START}')`,
    );
    expect(await settingNames(store)).toEqual([]);
    await outside.run('commit');
    expect(await settingNames(store)).toEqual(['open']);
    await outside.close();
  });

  test('units that hold the routing lock do not run into each other', async () => {
    await store.unit(() => insertMany('settings', [setting('count', '0')]));
    const count = store.db.selectFrom('settings').select('value').where('name', '=', 'count');
    await Promise.all(
      Array.from({ length: 40 }, () =>
        store.unit(
          function* () {
            const row = yield* first(count);
            const value = String(Number(row?.value) + 1);
            yield* run(store.db.updateTable('settings').set({ value }).where('name', '=', 'count'));
          },
          { lock: 'routing' },
        ),
      ),
    );
    expect(await count.executeTakeFirst()).toEqual({ value: '40' });
  });

  test('migrating again changes nothing', async () => {
    expect(await migrateDatabase(database.location)).toEqual([]);
    expect(await migrateDatabase(database.location)).toEqual([]);
  });

  test('a store whose schema is old is not opened, and an open one says that it is not ready', async () => {
    const outside = await openOutside(database);
    const applied = await outside.all('select * from kysely_migration order by name desc');
    const newest = applied[0] as { name: string; timestamp: string };
    await outside.run(`delete from kysely_migration where name = '${newest.name}'`);
    await expect(openStore({ location: database.location })).rejects.toThrow(newest.name);
    await expect(store.ping()).rejects.toThrow(newest.name);
    await outside.run(
      `insert into kysely_migration values ('${newest.name}', '${newest.timestamp}')`,
    );
    await expect(store.ping()).resolves.toBeUndefined();
    await outside.close();
  });
});

/** Stands between a store and its server, and breaks every connection when told. */
async function cuttingProxy(target: string) {
  const url = new URL(target);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(url.port), url.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = new URL(target);
  own.port = String((server.address() as AddressInfo).port);
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
    sockets.clear();
  };
  return {
    url: own.toString(),
    cut,
    close: () => {
      cut();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Lets the event loop turn until a condition holds; the test's own limit ends it otherwise. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

describe('SQLite', () => {
  let database: TestDatabase;
  let store: Store;

  beforeAll(async () => {
    database = await createDatabase('sqlite');
    store = await openStore({ location: database.location });
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  test.each([
    ['journal_mode', 'wal'],
    ['synchronous', 2],
    ['foreign_keys', 1],
  ])('writes under %s = %s', async (pragma, value) => {
    const row = await store.unit(() => first(statement(`pragma ${pragma}`)));
    expect(row).toEqual({ [pragma]: value });
  });

  test('the handle for reads cannot write', async () => {
    await expect(
      store.db.insertInto('settings').values(setting('a')).execute(),
    ).rejects.toMatchObject({ cause: { code: 'SQLITE_READONLY' } });
  });

  test('units run one after another, first in, first out, each to its end', async () => {
    const order: string[] = [];
    const done: number[] = [];
    await Promise.all(
      Array.from({ length: 30 }, (_unused, index) =>
        store
          .unit(function* () {
            order.push(`${index} begins`);
            yield* all(store.db.selectFrom('settings').select('name'));
            order.push(`${index} ends`);
          })
          .then(() => done.push(index)),
      ),
    );
    const expected = Array.from({ length: 30 }, (_unused, index) => index);
    expect(done).toEqual(expected);
    expect(order).toEqual(expected.flatMap((index) => [`${index} begins`, `${index} ends`]));
  });

  test('what was pushed before the end is written before it', async () => {
    const closing = await openStore({ location: database.location });
    const late = Array.from({ length: 20 }, (_unused, index) =>
      closing.unit(() => insertMany('settings', [setting(`late-${index}`)])),
    );
    await closing.close();
    await Promise.all(late);
    expect(await settingNames(store)).toHaveLength(20);
  });

  test('a migration that fails half-way leaves nothing behind', async () => {
    const broken = await createDatabase('sqlite');
    const file = broken.location.kind === 'sqlite' ? `${broken.location.file}.new` : '';
    const location = { kind: 'sqlite' as const, file };
    const outside = await openOutside({ ...broken, location });
    // The last table of the first migration: everything before it can be made.
    await outside.run('create table settings (in_the_way integer)');
    await expect(migrateDatabase(location)).rejects.toThrow(/settings/);
    expect(await outside.all("select name from sqlite_master where name like '%lead%'")).toEqual(
      [],
    );
    await outside.run('drop table settings');
    expect((await migrateDatabase(location)).length).toBeGreaterThan(0);
    await outside.close();
    expect(existsSync(file)).toBe(true);
    await broken.drop();
  });
});

describe('PostgreSQL', () => {
  let database: TestDatabase;
  let store: Store;

  beforeAll(async () => {
    database = await createDatabase('postgres');
    store = await openStore({ location: database.location });
    await store.unit(() => insertMany('settings', [setting('a', '0'), setting('b', '0')]));
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  const fault = (code: string) =>
    statement(`do $$ begin raise exception 'forced' using errcode = '${code}'; end $$`);

  test.each(['40001', '40P01'])('a unit ended by %s runs again from nothing', async (code) => {
    let tries = 0;
    await store.unit(function* () {
      tries += 1;
      yield* insertMany('settings', [setting(`tried-${code}-${tries}`)]);
      if (tries < 3) yield* run(fault(code));
    });
    expect(tries).toBe(3);
    const names = await settingNames(store);
    expect(names.filter((row) => row.startsWith(`tried-${code}`))).toEqual([`tried-${code}-3`]);
  });

  test('a unit that never gets through answers 503 and writes nothing', async () => {
    const failing = store.unit(function* () {
      yield* insertMany('settings', [setting('never')]);
      yield* run(fault('40001'));
    });
    await expect(failing).rejects.toMatchObject({ status: 503, options: { retryAfter: 2 } });
    expect(await settingNames(store)).not.toContain('never');
  });

  test('two units in a real deadlock both end well', async () => {
    const outside = await openOutside(database);
    await outside.run('select pg_advisory_lock(77)');
    const crossing = (from: string, to: string) =>
      store.unit(function* () {
        const raise = (which: string) =>
          run(
            statement(
              `update settings set value = (value::integer + 1)::text where name = '${which}'`,
            ),
          );
        yield* raise(from);
        yield* run(statement('select pg_advisory_xact_lock_shared(77)'));
        yield* raise(to);
      });
    const both = Promise.all([crossing('a', 'b'), crossing('b', 'a')]);
    const waiting = `select 1 from pg_locks where locktype = 'advisory' and objid = 77 and not granted`;
    while ((await outside.all(waiting)).length < 2);
    await outside.run('select pg_advisory_unlock(77)');
    await both;
    const rows = await store.db
      .selectFrom('settings')
      .select('value')
      .where('name', 'in', ['a', 'b'])
      .execute();
    expect(rows).toEqual([{ value: '2' }, { value: '2' }]);
    await outside.close();
  });

  test('a read whose connection is cut answers 503 and takes nothing else down', async () => {
    const outside = await openOutside(database);
    const cut = await openStore({ location: database.location });
    const reading = sql`select pg_sleep(60)`.execute(cut.db);
    const refused = expect(reading).rejects.toMatchObject({
      status: 503,
      options: { retryAfter: 2 },
    });
    const victim = `select pid from pg_stat_activity where query like 'select pg_sleep(60)%' and datname = current_database()`;
    while ((await outside.all(victim)).length === 0);
    await outside.run(`select pg_terminate_backend(pid) from (${victim}) v`);
    await refused;
    // The pool may hand the dying connection out once more before it hears of its end.
    const one = async (): Promise<unknown[]> =>
      sql`select 1 as n`.execute(cut.db).then(({ rows }) => rows, one);
    expect(await one()).toEqual([{ n: 1 }]);
    await cut.close();
    await outside.close();
  });

  test('a read whose connection breaks without a word answers 503, and the process lives on', async () => {
    const proxy = await cuttingProxy(database.url);
    const cut = await openStore({ location: { kind: 'postgres', url: proxy.url } });
    const outside = await openOutside(database);
    const reading = sql`select pg_sleep(61)`.execute(cut.db);
    const refused = expect(reading).rejects.toMatchObject({ status: 503 });
    const running = `select 1 from pg_stat_activity where query like 'select pg_sleep(61)%'`;
    while ((await outside.all(running)).length === 0);
    proxy.cut();
    await refused;
    expect((await sql<{ n: number }>`select 1 as n`.execute(cut.db)).rows).toEqual([{ n: 1 }]);
    await cut.close();
    await outside.close();
    await proxy.close();
  });

  test('a listener added while others listen misses nothing', async () => {
    await new Promise<void>((resolve) => store.listen('early', resolve));
    const heard = new Promise<void>((resolve) => store.listen('late', resolve));
    await store.unit(() => notify('late'));
    await heard;
  });
});
