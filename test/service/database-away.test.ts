import { migrateDatabase } from '../../scoring-service/src/db/open.js';
import { first } from '../../scoring-service/src/db/unit.js';
import { createDatabase, type TestDatabase } from '../support/databases.js';
import { inconsistencies } from '../support/invariants.js';
import { startPostgres } from '../support/postgres-server.mjs';
import { startNode } from '../support/process.js';
import {
  createOrder,
  openOutside,
  postLead,
  rowCounts,
  statement,
  type Outside,
} from '../support/seed.js';
import { startTestService, type Answer, type TestService } from '../support/service.js';

/** What every call must answer while the database cannot be used. */
function expectUnavailable(answer: Answer): void {
  expect(answer).toMatchObject({
    status: 503,
    body: { error: expect.stringMatching(/^database_/) },
  });
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(Object.keys(answer.body).sort()).toEqual(['error', 'message']);
}

/** One call of every kind: intake, batch, edit, status, list, one thing, simulation. */
function callsOfEveryKind(service: TestService, order: { id: string; version: number }) {
  return [
    () => postLead(service, 'while-away'),
    () =>
      service.post('/api/leads/incoming/batch', { leads: [{ ghl_contact_id: 'while-away-2' }] }),
    () => service.patch('/api/leads/update', { ghl_contact_id: 'before', vertical: 'SBA' }),
    () => service.patch(`/api/orders/${order.id}`, { version: order.version, name: 'renamed' }),
    () => service.post(`/api/orders/${order.id}/pause`),
    () =>
      service.post('/api/brokers', { name: 'Another' }, { headers: { 'idempotency-key': 'k' } }),
  ];
}

describe('SQLite whose write lock another process holds', () => {
  const LOCKER = `
    const Database = require('better-sqlite3');
    const db = new Database(process.argv[1]);
    db.exec('begin immediate');
    console.log('locked');
    process.stdin.on('end', () => { db.exec('commit'); db.close(); console.log('released'); }).resume();
  `;
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService('sqlite', { busyWaitMs: 1000 });
  });
  afterAll(() => service.stop());

  // The limit makes one wait for all of them the only way to pass.
  test('writes answer 503 together, reads go on, and all is well once the lock is gone', async () => {
    const order = await createOrder(service);
    await postLead(service, 'before');
    const before = await rowCounts(service.store);
    const file = service.database.url.slice('sqlite:'.length);
    const locker = startNode(['-e', LOCKER, file]);
    await locker.waitFor(/locked/);

    const calls = callsOfEveryKind(service, order);
    const many = Array.from({ length: 12 }, () => calls).flat();
    const answers = Promise.all(many.map((call) => call()));
    expect((await service.get('/api/leads')).status).toBe(200);
    const simulated = await service.post('/api/routing/simulate', {
      lead: { vertical: 'MCA', funding_amount: 1000 },
    });
    expect(simulated.status).toBe(200);
    const settled = await answers;
    for (const answer of settled) {
      // The same Idempotency-Key is used several times at once.
      if (answer.status !== 409) expectUnavailable(answer as Answer);
    }
    expect(await rowCounts(service.store)).toEqual(before);
    expectUnavailable(await service.get('/readyz', { key: null }));

    locker.endInput();
    await locker.waitFor(/released/);
    await locker.exited;
    expect((await service.get('/readyz', { key: null })).status).toBe(200);
    for (const call of calls) expect((await call()).status).toBeLessThan(300);
    expect(await inconsistencies(service.store)).toEqual([]);
  }, 30_000);
});

describe('SQLite on a full disk', () => {
  test('every waiting request answers 503, nothing is half written, and it goes on with room', async () => {
    const service = await startTestService('sqlite');
    await createOrder(service, { total_leads: 1000 });
    await postLead(service, 'before');
    // The limit belongs to the connection, so the service's own one has to set it.
    expect(await setMaxPages(service, 1)).toBeGreaterThan(1);
    const before = await rowCounts(service.store);
    const notes = 'x'.repeat(40_000);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_unused, index) =>
        postLead(service, `full-${index}`, { ai_call_notes: notes }),
      ),
    );
    for (const answer of answers) expectUnavailable(answer as unknown as Answer);
    expect(await rowCounts(service.store)).toEqual(before);
    await setMaxPages(service, 1_000_000);
    for (let index = 0; index < 20; index += 1) {
      const answer = await postLead(service, `full-${index}`, { ai_call_notes: notes });
      expect(answer.body.assignment?.status).toBe('assigned');
    }
    expect(await inconsistencies(service.store)).toEqual([]);
    await service.stop();
  });

  async function setMaxPages(service: TestService, pages: number): Promise<unknown> {
    return service.store.unit(function* () {
      const row = yield* first(statement(`pragma max_page_count = ${pages}`));
      return row?.max_page_count;
    });
  }
});

describe('PostgreSQL that cuts connections', () => {
  let service: TestService;
  let outside: Outside;

  beforeAll(async () => {
    service = await startTestService('postgres');
    outside = await openOutside(service.database);
  });
  afterAll(async () => {
    await outside.close();
    await service.stop();
  });

  const cutAll = `select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name = 'leadloop' and pid <> pg_backend_pid()`;

  test('posts in flight answer 200 or 503, and what was acknowledged is there once', async () => {
    await createOrder(service, { total_leads: 1000 });
    // A connection of its own: within a transaction the server's activity looks frozen.
    const holder = await openOutside(service.database);
    await holder.run('begin');
    await holder.run('lock table leads in share row exclusive mode');
    const posts = Array.from({ length: 60 }, (_unused, index) => postLead(service, `cut-${index}`));
    const reads = Array.from({ length: 20 }, () => service.get('/api/leads'));
    const blocked = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    while ((await outside.all(blocked)).length === 0);
    await outside.run(cutAll);
    await holder.run('rollback');
    await holder.close();
    const answers = await Promise.all(posts);
    expect(answers.some(({ status }) => status === 503)).toBe(true);
    for (const answer of answers) {
      if (answer.status !== 200) expectUnavailable(answer as unknown as Answer);
    }
    for (const answer of await Promise.all(reads)) {
      if (answer.status !== 200) expectUnavailable(answer);
    }
    const stored = new Map(
      (await service.store.db.selectFrom('leads').select(['id', 'ghl_contact_id']).execute()).map(
        (row) => [row.ghl_contact_id, row.id],
      ),
    );
    answers.forEach((answer, index) => {
      expect(stored.get(`cut-${index}`)).toBe(
        answer.status === 200 ? answer.body.lead_id : undefined,
      );
    });
    for (let index = 0; index < 60; index += 1) {
      expect((await postLead(service, `cut-${index}`)).status).toBe(200);
    }
    expect(await inconsistencies(service.store)).toEqual([]);
    const { n } = (await outside.all('select count(*)::integer as n from leads'))[0] as {
      n: number;
    };
    expect(n).toBe(60);
  });

  test('a connection cut by the commit itself answers 503 to all who waited for it', async () => {
    await outside.run(`create function cut() returns trigger language plpgsql as $$
      begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$`);
    await outside.run(`create constraint trigger cut after insert on leads deferrable initially deferred
      for each row when (new.ghl_contact_id like 'commit-%') execute function cut()`);
    const before = await rowCounts(service.store);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_unused, index) => postLead(service, `commit-${index}`)),
    );
    for (const answer of answers) expectUnavailable(answer as unknown as Answer);
    expect(await rowCounts(service.store)).toEqual(before);
    await outside.run('drop trigger cut on leads');
    const again = await postLead(service, 'commit-1');
    expect(again.body.assignment?.status).toBe('assigned');
    expect(await inconsistencies(service.store)).toEqual([]);
  });
});

describe('a PostgreSQL server that goes away and comes back', () => {
  test('everything answers 503 meanwhile and works again afterwards, listeners too', async () => {
    const server = await startPostgres();
    const location = { kind: 'postgres' as const, url: server.url };
    const database: TestDatabase = { location, url: server.url, drop: () => server.stop() };
    await migrateDatabase(location);
    const service = await startTestService('postgres', { database });
    const order = await createOrder(service);
    await postLead(service, 'before');
    let heard = (): void => undefined;
    service.store.listen('back', () => heard());

    await server.halt();
    // The channel is announced by itself once the listening connection is back.
    const announced = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const calls = callsOfEveryKind(service, order);
    const reads = [
      () => service.get('/api/leads'),
      () => service.get(`/api/orders/${order.id}`),
      () => service.post('/api/routing/simulate', { lead: { funding_amount: 1000 } }),
      () => service.get('/api/leads', { key: `ll_${'0'.repeat(32)}_${'x'.repeat(32)}` }),
      () => service.get('/readyz', { key: null }),
    ];
    for (const call of [...calls, ...reads]) expectUnavailable((await call()) as Answer);
    expect((await service.get('/healthz', { key: null })).status).toBe(200);

    await server.start();
    expect((await service.get('/readyz', { key: null })).status).toBe(200);
    for (const call of calls) expect((await call()).status).toBeLessThan(300);
    await announced;
    expect(await inconsistencies(service.store)).toEqual([]);
    await service.stop();
    await server.stop();
  });
});

describe.each(['sqlite', 'postgres'] as const)('a service on %s whose schema is old', (name) => {
  test('is not ready', async () => {
    const database = await createDatabase(name);
    const service = await startTestService(name, { database });
    const outside = await openOutside(database);
    await outside.run('create table kept as select * from kysely_migration');
    await outside.run('delete from kysely_migration');
    const answer = await service.get('/readyz', { key: null });
    expect(answer).toMatchObject({ status: 503, body: { error: 'not_ready' } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    await outside.run('insert into kysely_migration select * from kept');
    expect((await service.get('/readyz', { key: null })).status).toBe(200);
    await outside.close();
    await service.stop();
    await database.drop();
  });
});
