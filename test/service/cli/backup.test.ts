import { readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import BetterSqlite3 from 'better-sqlite3';

import { createCli, look, type Cli } from '../../support/cli.js';
import { createDatabase, createEmptyDatabase, type TestDatabase } from '../../support/databases.js';
import { inconsistencies } from '../../support/invariants.js';
import { ADMIN_KEY } from '../../support/service.js';

let cli: Cli;
beforeAll(() => {
  cli = createCli();
});
afterAll(() => cli.remove());

const headers = { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' };

async function post(address: string, path: string, body: unknown): Promise<{ id: string }> {
  const answer = await fetch(`${address}/api${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  expect(answer.status).toBeLessThan(300);
  return (await answer.json()) as { id: string };
}

const partials = (): string[] =>
  readdirSync(cli.path('.')).filter((file) => file.includes('.partial'));

describe('leadloop backup', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase('sqlite');
  });
  afterEach(() => database.drop());

  test('taken while leads come in, is whole, holds what was acknowledged before, and serves', async () => {
    const served = await cli.serve(database);
    const broker = await post(served.address, '/brokers', { name: 'Example Funding' });
    const order = { broker_id: broker.id, name: 'x', verticals: ['All'], total_leads: 1_000_000 };
    await post(served.address, '/orders', order);
    let sent = 0;
    let over = false;
    const send = async (): Promise<void> => {
      while (!over) {
        const leads = Array.from({ length: 20 }, (_, i) => ({
          ghl_contact_id: `b${sent + i}`,
          vertical: 'MCA',
          credit_score: 720,
          funding_amount: 50_000,
          ai_call_notes: 'x'.repeat(5000),
        }));
        await post(served.address, '/leads/incoming/batch', { leads });
        sent += leads.length;
      }
    };
    const sending = send();
    const copies: { location: { kind: 'sqlite'; file: string }; acknowledged: number }[] = [];
    for (let i = 0; i < 3; i += 1) {
      const file = cli.path(`copy-${i}.db`);
      const acknowledged = sent;
      const { code, output } = await cli.run(database, 'backup', file);
      expect(output).toMatch(/^Backed up to .* \(\d+ bytes, checked\)\.\n$/);
      expect(code).toBe(0);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      copies.push({ location: { kind: 'sqlite', file }, acknowledged });
    }
    over = true;
    await sending;
    served.kill('SIGTERM');
    await served.exited;

    for (const { location, acknowledged } of copies) {
      const handle = new BetterSqlite3(location.file, { readonly: true });
      expect(handle.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(handle.pragma('foreign_key_check')).toEqual([]);
      handle.close();
      const copy = { location, url: `sqlite:${location.file}`, drop: () => Promise.resolve() };
      const count = await look(copy, async (store) => {
        expect(await inconsistencies(store)).toEqual([]);
        return (await store.db.selectFrom('leads').select('id').execute()).length;
      });
      expect(count).toBeGreaterThanOrEqual(acknowledged);
      expect(count % 20).toBe(0);
    }
    const last = copies[2]?.location.file ?? '';
    const restored = await cli.serve({
      location: { kind: 'sqlite', file: last },
      url: `sqlite:${last}`,
      drop: () => Promise.resolve(),
    });
    const answer = await fetch(`${restored.address}/api/leads?limit=1`, { headers });
    expect(((await answer.json()) as { data: unknown[] }).data).toHaveLength(1);
    restored.kill('SIGTERM');
    await restored.exited;
    expect(partials()).toEqual([]);
  });

  test('overwrites only when forced, and never the database itself', async () => {
    const mine = cli.file('mine.db', 'mine');
    expect(await cli.run(database, 'backup', mine)).toMatchObject({
      code: 1,
      output: expect.stringContaining('--force'),
    });
    expect(cli.read('mine.db')).toBe('mine');
    expect((await cli.run(database, 'backup', mine, '--force')).code).toBe(0);
    expect(new BetterSqlite3(mine).pragma('integrity_check', { simple: true })).toBe('ok');

    const { file } = database.location as { file: string };
    const itself = await cli.run(database, 'backup', file, '--force');
    expect(itself).toMatchObject({ code: 1, output: expect.stringContaining('itself') });
    expect(await look(database, (store) => store.ping())).toBeUndefined();
    const nowhere = await cli.run(database, 'backup', cli.path('no/such/folder.db'));
    expect(nowhere).toMatchObject({ code: 1, output: expect.stringContaining('no folder') });
  });

  test('leaves nothing behind when there is no database, or it is damaged', async () => {
    const empty = await createEmptyDatabase('sqlite');
    const target = cli.path('never.db');
    const missing = await cli.run(empty, 'backup', target);
    expect(missing).toMatchObject({ code: 1, output: expect.stringContaining('no database') });

    const { file } = database.location as { file: string };
    const handle = new BetterSqlite3(file);
    handle.pragma('journal_mode = DELETE');
    handle.unsafeMode(true);
    handle.pragma('writable_schema = ON');
    // An index that another table's pages are taken for.
    handle.exec(
      `update sqlite_schema set rootpage = (select rootpage from sqlite_schema where name = 'leads') where name = 'orders_by_broker'`,
    );
    handle.close();
    const damaged = await cli.run(database, 'backup', target);
    expect(damaged.code).toBe(1);
    expect(damaged.output).toMatch(/damaged|malformed/);
    expect(readdirSync(dirname(target))).not.toContain('never.db');
    expect(partials()).toEqual([]);
    await empty.drop();
  });

  test('sends who uses PostgreSQL to pg_dump, without the password', async () => {
    const url =
      'postgres://someone:s3cr3t@db.example.com:5433/lead?sslmode=require&password=s3cr3t';
    const other = {
      location: { kind: 'postgres' as const, url },
      url,
      drop: () => Promise.resolve(),
    };
    const { code, output } = await cli.run(other, 'backup', "it's.dump");
    expect(code).toBe(1);
    expect(output).toContain(
      `pg_dump --format=custom --file='it'\\''s.dump' 'postgres://someone@db.example.com:5433/lead?sslmode=require'`,
    );
    expect(output).not.toContain('s3cr3t');
  });
});
