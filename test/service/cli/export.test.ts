import { statSync } from 'node:fs';

import { parse } from 'csv-parse/sync';

import { EXPORTS } from '../../../scoring-service/src/cli/export/kinds.js';
import { exportLines, type ExportChoice } from '../../../scoring-service/src/cli/export/lines.js';
import { createCli, look, type Cli } from '../../support/cli.js';
import { createDatabase, DATABASES, type TestDatabase } from '../../support/databases.js';
import { START } from '../../support/runtime.js';
import { aLead, createBroker, createOrder } from '../../support/seed.js';
import { startTestService, type TestService } from '../../support/service.js';

let cli: Cli;
beforeAll(() => {
  cli = createCli();
});
afterAll(() => cli.remove());

type Row = Record<string, string>;

describe.each(DATABASES)('leadloop export on %s', (name) => {
  let service: TestService;
  let database: TestDatabase;
  const brokerFields = {
    name: '=SUM(1;2)',
    company: "'=apostrophe",
    email: 'desk@example.com',
    phone: '+12025550123',
    assignment_status: 'paused',
    crm_webhook_url: 'https://crm.example.com/leads?a=1,2',
    rate_limit_per_minute: 60,
    contact_hours: 'custom',
    custom_hours: [{ days: [1, 2], start: '09:00', end: '17:00' }],
    weekend_pause: true,
    dates_off: ['2026-12-25', '2026-12-26'],
    timezone: 'America/New_York',
  };
  const orderFields = {
    name: '-10 % off, "quoted"\nsecond line',
    status: 'paused',
    order_type: 'monthly',
    verticals: ['MCA', 'Term; loan', '[x'],
    credit_score_min: 650,
    loan_min: 10_000.5,
    loan_max: 90_000,
    total_leads: 77,
    bonus_mode: true,
    priority: 'high',
  };

  beforeAll(async () => {
    service = await startTestService(name);
    ({ database } = service);
    const broker = await createBroker(service, {
      ...brokerFields,
      crm_headers: { Authorization: 'Bearer s3cr3t-of-the-crm' },
    });
    await createOrder(service, { ...orderFields, broker_id: broker.id });
    const open = await createBroker(service, {
      name: 'Open',
      crm_webhook_url: 'https://x.example.com/',
    });
    await createOrder(service, { name: 'Open', broker_id: open.id, total_leads: 1000 });
    for (let from = 0; from < 450; from += 150) {
      const leads = Array.from({ length: 150 }, (_, i) =>
        aLead(`c${from + i}`, {
          vertical: from + i === 449 ? 'SBA' : 'MCA',
          first_name: 'Personal-Ann',
          email: `personal-${from + i}@example.com`,
          ai_call_notes: 'Personal notes',
          funding_purpose: 'Personal purpose',
        }),
      );
      const answer = await service.post('/api/leads/incoming/batch', { leads });
      expect(answer.status).toBe(200);
      service.runtime.advance(86_400_000);
    }
  });
  afterAll(() => service.stop());

  /** What the command writes, without a process of its own for each. */
  async function text(what: string, over: Partial<ExportChoice> = {}): Promise<string> {
    const kind = EXPORTS[what];
    if (kind === undefined) throw new Error(`No export ${what}`);
    const choice = { format: 'csv' as const, withoutPersonalData: false, mark: false, ...over };
    let written = '';
    for await (const part of exportLines(service.store, kind, choice)) written += part;
    return written;
  }
  const csv = async (what: string, over: Partial<ExportChoice> = {}): Promise<Row[]> =>
    parse(await text(what, over), { columns: true }) as Row[];
  const jsonl = async (what: string): Promise<Record<string, unknown>[]> =>
    (await text(what, { format: 'jsonl' }))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  test('what it writes of brokers and orders, an import into another system reads', async () => {
    const other = await createDatabase(name);
    for (const what of ['brokers', 'orders']) {
      const file = cli.path(`${name}-${what}.csv`);
      expect(await cli.run(database, 'export', what, '--output', file)).toMatchObject({
        code: 0,
        output: '',
      });
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const { code, output } = await cli.run(other, 'import', what, file);
      expect(output).toContain('2 rows taken (2 created), 0 refused');
      expect(code).toBe(0);
    }
    const read = (from: TestDatabase) =>
      look(from, async ({ db }) => ({
        brokers: await db.selectFrom('brokers').selectAll().orderBy('name').execute(),
        orders: await db
          .selectFrom('orders')
          .innerJoin('brokers', 'brokers.id', 'orders.broker_id')
          .selectAll('orders')
          .select('brokers.name as broker')
          .orderBy('orders.name')
          .execute(),
      }));
    const mine = await read(database);
    const theirs = await read(other);
    const own = ['id', 'broker_id', 'created_at', 'updated_at', 'version', 'crm_headers', 'period'];
    const counters = ['leads_delivered', 'leads_remaining', 'last_assigned_at', 'completed_by'];
    const settings = (rows: object[]) =>
      rows.map((row) =>
        Object.fromEntries(
          Object.entries(row).filter(([field]) => ![...own, ...counters].includes(field)),
        ),
      );
    expect(settings(theirs.brokers)).toEqual(settings(mine.brokers));
    expect(settings(theirs.orders.filter((order) => order.name !== 'Open'))).toEqual(
      settings(mine.orders.filter((order) => order.name !== 'Open')),
    );
    expect(theirs.orders.find((order) => order.name === 'Open')).toMatchObject({
      leads_delivered: 0,
      leads_remaining: 1000,
    });
    await other.drop();
  });

  test('all records, newest first, more than a page; nothing that a spreadsheet would run', async () => {
    const leads = await csv('leads');
    expect(leads.map((lead) => lead.ghl_contact_id)).toEqual(
      Array.from({ length: 450 }, (_, i) => `c${449 - i}`),
    );
    expect(leads.at(-1)).toMatchObject({ first_name: 'Personal-Ann', status: 'assigned' });
    const [, broker] = await csv('brokers');
    expect(broker?.name).toBe("'=SUM(1;2)");
    expect(await csv('deliveries')).toHaveLength(449);
    expect((await jsonl('deliveries'))[0]).toMatchObject({ status: 'pending', attempts: [] });
  });

  test('secrets are in none, in neither format', async () => {
    for (const what of ['leads', 'brokers', 'orders', 'deliveries', 'routing-logs']) {
      for (const format of ['csv', 'jsonl'] as const) {
        const written = await text(what, { format });
        expect(written).not.toContain('s3cr3t');
        expect(written).not.toContain('whsec_');
      }
    }
  });

  test('routing logs say of every order considered what the API says', async () => {
    const logs = await csv('routing-logs');
    expect(logs).toHaveLength(450);
    const [lead] = await jsonl('leads');
    const { body } = await service.get<{ data: Record<string, unknown>[] }>(
      `/api/leads/${String(lead?.id)}/routing-logs`,
    );
    const spelled = (await jsonl('routing-logs')).filter((entry) => entry.lead_id === lead?.id);
    expect(spelled).toHaveLength(body.data.length);
    expect(spelled[0]).toMatchObject(body.data[0] ?? {});
    expect(logs[0]).toMatchObject({ lead_id: lead?.id, eligible: 'false', selected: 'false' });
    expect(logs.at(-1)).toMatchObject({ eligible: 'true', selected: 'true' });
  });

  test('from and to bound it: at or after, and before', async () => {
    const day = (days: number): number => Date.parse(START) + days * 86_400_000;
    expect(await csv('leads', { since: day(1) })).toHaveLength(300);
    expect(await csv('leads', { until: day(1) })).toHaveLength(150);
    expect(await csv('leads', { since: day(1), until: day(2) })).toHaveLength(150);
    expect(await csv('deliveries', { until: day(1) })).toHaveLength(150);
    expect(await csv('routing-logs', { since: day(2) })).toHaveLength(150);
    expect(await csv('brokers', { until: day(0) })).toHaveLength(0);
    expect(await csv('orders', { since: day(0) })).toHaveLength(2);
    const within = ['--from', '2026-03-11', '--to', '2026-03-12T00:00:00Z'];
    const { output } = await cli.run(database, 'export', 'leads', ...within);
    expect(parse(output, { columns: true })).toHaveLength(150);
    const wrong = await cli.run(database, 'export', 'leads', '--from', 'yesterday');
    expect(wrong).toMatchObject({ code: 1, output: expect.stringContaining('--from must be') });
  });

  test('without personal data none is in it, in columns, records or lists within them', async () => {
    await service.store.unit(function* () {
      yield {
        kind: 'query',
        query: service.store.db
          .insertInto('delivery_attempts')
          .columns([
            'id',
            'delivery_id',
            'broker_id',
            'at',
            'duration_ms',
            'http_status',
            'outcome',
            'response_excerpt',
          ])
          .expression((select) =>
            select
              .selectFrom('deliveries')
              .select(({ val, ref }) => [
                ref('id').as('a'),
                ref('id').as('b'),
                ref('broker_id').as('c'),
                ref('created_at').as('d'),
                val(5).as('e'),
                val(500).as('f'),
                val('server_error').as('g'),
                val('Personal echo').as('h'),
              ])
              .orderBy('id')
              .limit(1),
          )
          .compile(),
      };
    });
    expect(JSON.stringify(await jsonl('deliveries'))).toContain('Personal echo');
    for (const what of ['leads', 'brokers', 'orders', 'deliveries']) {
      for (const format of ['csv', 'jsonl'] as const) {
        const written = await text(what, { format, withoutPersonalData: true });
        expect(written).not.toMatch(/personal|desk@example|2025550123|SUM\(1/i);
        expect(written).toMatch(/"?id"?[,:]/);
      }
    }
    const { output } = await cli.run(database, 'export', 'leads', '--without-personal-data');
    const [lead] = parse(output, { columns: true }) as Row[];
    expect(lead).toMatchObject({ ghl_contact_id: 'c449', vertical: 'SBA' });
    expect(Object.keys(lead ?? {})).not.toContain('email');
  });

  test('standard output is plain CSV; a file that is there is kept unless forced', async () => {
    const { output, code } = await cli.run(database, 'export', 'orders');
    expect(code).toBe(0);
    expect(output).toMatch(/^id,broker_id,name/);
    expect(parse(output, { columns: true })).toHaveLength(2);
    const there = cli.file(`${name}-there.csv`, 'mine');
    const kept = await cli.run(database, 'export', 'orders', '--output', there);
    expect(kept).toMatchObject({ code: 1, output: expect.stringContaining('--force') });
    expect(cli.read(`${name}-there.csv`)).toBe('mine');
    expect((await cli.run(database, 'export', 'orders', '--output', there, '--force')).code).toBe(
      0,
    );
    expect(cli.rows(`${name}-there.csv`)).toHaveLength(2);
    for (const args of [['people'], ['leads', '--format', 'xml']]) {
      expect((await cli.run(database, 'export', ...args)).code).toBe(1);
    }
  });
});
