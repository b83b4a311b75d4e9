import { createThreads } from '../../../scoring-service/src/routing/backtest/thread.js';
import { backtest, BACKTEST, BACKTESTS, type BacktestWithResult } from '../../support/backtests.js';
import { buildService, type Build } from '../../support/build.js';
import { DATABASES } from '../../support/databases.js';
import { createAnswerCheck, type OpenApi } from '../../support/openapi.js';
import { createOrder, postLead, rowCounts } from '../../support/seed.js';
import { startTestService, type TestService } from '../../support/service.js';

let build: Build;
beforeAll(() => {
  build = buildService();
});
afterAll(() => build.remove());

const start = (database: 'sqlite' | 'postgres') =>
  startTestService(database, {
    runBacktest: (location) => createThreads(location, build.backtestScript),
  });

const FROM = '2026-03-10T00:00:00Z';
const fillOf = (job: BacktestWithResult, id: string) =>
  job.result?.orders.find((order) => order.order_id === id);

/** Leads with these credits, one a minute; their ids. */
async function leads(service: TestService, credits: number[], over = {}): Promise<string[]> {
  const ids: string[] = [];
  for (const credit_score of credits) {
    service.runtime.advance(60_000);
    const lead = { credit_score, first_name: 'Zebediah', phone: '+12025550123', ...over };
    const answer = await postLead(service, `${credit_score}-${ids.length}-${Math.random()}`, lead);
    ids.push(answer.body.lead_id);
  }
  service.runtime.advance(60_000);
  return ids;
}

describe.each(DATABASES)('what is proposed to a backtest on %s', (database) => {
  let service: TestService;
  beforeEach(async () => {
    service = await start(database);
  });
  afterEach(() => service.stop());

  test('a raised minimum shows the leads that the order loses, and where they go', async () => {
    const order = await createOrder(service, { priority: 'high', total_leads: 100 });
    const sub = await createOrder(service, { credit_score_min: 640, total_leads: 100 });
    const [low, middle] = await leads(service, [610, 645, 650, 700]);
    const { job, differences } = await backtest(service, {
      from: FROM,
      changes: [{ order_id: order.id, credit_score_min: 650 }],
    });
    const was = { status: 'assigned', order_id: order.id, reason_code: null };
    expect(differences).toEqual([
      {
        position: 1,
        lead_id: low,
        arrived_at: '2026-03-10T15:01:00.000Z',
        kind: 'newly_unassigned',
        baseline: was,
        proposed: { status: 'unassigned', order_id: null, reason_code: 'credit_below_minimum' },
      },
      {
        position: 2,
        lead_id: middle,
        arrived_at: '2026-03-10T15:02:00.000Z',
        kind: 'changed_winner',
        baseline: was,
        proposed: { status: 'assigned', order_id: sub.id, reason_code: null },
      },
    ]);
    expect(job.result?.totals).toEqual({
      baseline: { assigned: 4, unassigned: 0, rejected: 0 },
      proposed: { assigned: 3, unassigned: 1, rejected: 0 },
    });
    expect(job.result?.reasons.proposed).toEqual({ credit_below_minimum: 1 });
    expect(fillOf(job, order.id)?.baseline_assigned).toBe(4);
    const { body: document } = await service.get<OpenApi>('/openapi.json');
    const check = createAnswerCheck(document);
    const path = `${BACKTESTS}/${job.id}`;
    expect(check('GET', path, 200, job)).toEqual([]);
    const page = { data: differences, next_cursor: null };
    expect(check('GET', `${path}/differences`, 200, page)).toEqual([]);
    expect(job.limits.join(' ')).toContain('brokers would have accepted or returned');
  });

  test('nothing else is written, and no personal data is answered', async () => {
    const order = await createOrder(service, { total_leads: 2 });
    await leads(service, [700, 710, 720, 500]);
    const look = async () => {
      const rows = await Promise.all(
        (['leads', 'orders', 'decisions', 'unassigned_leads', 'order_versions'] as const).map(
          (table) => service.store.db.selectFrom(table).selectAll().execute(),
        ),
      );
      return JSON.stringify([await rowCounts(service.store), rows]);
    };
    const before = await look();
    const { job, differences } = await backtest(service, {
      from: FROM,
      start: 'zero',
      changes: [{ order_id: order.id, total_leads: 1 }],
    });
    expect(differences).toHaveLength(1);
    expect(await look()).toBe(before);
    const kept = await service.store.db.selectFrom('backtests').selectAll().execute();
    const text = JSON.stringify([job, differences, kept]);
    expect(text).not.toContain('Zebediah');
    expect(text).not.toContain('2025550123');
  });

  test('the counters begin as they stood, at nought, as they stand now, or as stated', async () => {
    const order = await createOrder(service, { total_leads: 4 });
    await leads(service, [700]);
    const from = new Date(service.runtime.clock.now()).toISOString();
    await leads(service, [700, 700]);
    const assigned = async (body: Record<string, unknown>) => {
      const { job } = await backtest(service, { from, compare_with: 'history', ...body });
      const fill = fillOf(job, order.id)?.proposed;
      return [fill?.start_delivered, fill?.assigned, fill?.leads_delivered, fill?.status];
    };
    expect(await assigned({})).toEqual([1, 2, 3, 'active']);
    expect(await assigned({ start: 'zero' })).toEqual([0, 2, 2, 'active']);
    expect(await assigned({ start: 'current' })).toEqual([3, 1, 4, 'completed']);
    const counters = [{ order_id: order.id, leads_delivered: 2 }];
    expect(await assigned({ counters })).toEqual([2, 2, 4, 'completed']);
    const fewer = [{ order_id: order.id, leads_delivered: 2, leads_remaining: 1 }];
    expect(await assigned({ start: 'zero', counters: fewer })).toEqual([2, 1, 3, 'completed']);
  });

  test('the order that has waited longest at the beginning comes first, as it did', async () => {
    await createOrder(service, { total_leads: 100 });
    const both = await createOrder(service, { verticals: ['MCA', 'SBA'], total_leads: 100 });
    await leads(service, [700], { vertical: 'SBA' });
    await leads(service, [700]);
    const from = new Date(service.runtime.clock.now()).toISOString();
    await leads(service, [700]);
    const { job, differences } = await backtest(service, { from });
    expect(fillOf(job, both.id)?.proposed?.assigned).toBe(1);
    expect(differences).toEqual([]);
    const current = await backtest(service, { from, start: 'current', compare_with: 'history' });
    expect(fillOf(current.job, both.id)?.proposed?.assigned).toBe(0);
  });

  test('an order that filled up in the range is open at its beginning, one that ended before is not', async () => {
    const ended = await createOrder(service, { total_leads: 1 });
    await leads(service, [700]);
    const from = new Date(service.runtime.clock.now()).toISOString();
    const filled = await createOrder(service, { total_leads: 2 });
    const byHand = await createOrder(service, { verticals: ['SBA'] });
    await service.post(`/api/orders/${byHand.id}/complete`);
    await leads(service, [700, 700]);
    for (const begin of ['history', 'zero']) {
      const { job, differences } = await backtest(service, { from, start: begin });
      expect(differences).toEqual([]);
      expect(fillOf(job, filled.id)?.proposed).toMatchObject({ assigned: 2, status: 'completed' });
      expect(fillOf(job, ended.id)).toBeUndefined();
      expect(fillOf(job, byHand.id)).toBeUndefined();
    }
  });

  test('orders that are sent along stand in the place of the live ones, with their months', async () => {
    service.runtime.set('2026-03-31T23:50:00.000Z');
    await createOrder(service, { total_leads: 100 });
    const all = await leads(service, Array<number>(5).fill(700));
    await leads(service, Array<number>(15).fill(700));
    const { job } = await backtest(service, {
      from: FROM,
      compare_with: 'history',
      orders: [
        {
          id: 'old',
          verticals: ['mca'],
          total_leads: 3,
          order_type: 'monthly',
          period: '2026-02',
          status: 'completed',
          leads_delivered: 3,
        },
        {
          id: 'person',
          verticals: ['MCA'],
          total_leads: 3,
          order_type: 'monthly',
          status: 'completed',
          completed_by: 'person',
        },
        { id: 'paused', verticals: ['MCA'], total_leads: 300, broker_status: 'paused' },
      ],
    });
    expect(all).toHaveLength(5);
    expect(fillOf(job, 'old')?.proposed).toMatchObject({
      assigned: 6,
      resets: 2,
      leads_delivered: 3,
      first_completed_at: '2026-03-31T23:53:00.000Z',
    });
    expect(fillOf(job, 'person')).toBeUndefined();
    expect(fillOf(job, 'paused')?.proposed).toMatchObject({ assigned: 0, status: 'active' });
    expect(job.result?.differences).toMatchObject({ changed_winner: 6, newly_unassigned: 14 });
    expect(job.result?.orders.reduce((sum, one) => sum + one.baseline_assigned, 0)).toBe(20);
  });

  test('an order beside the live ones, a paused one, another floor', async () => {
    const order = await createOrder(service, { total_leads: 100 });
    await leads(service, [590, 640, 700]);
    const added = await backtest(service, {
      from: FROM,
      additions: [{ id: 'new', verticals: ['MCA'], total_leads: 100, priority: 'high' }],
    });
    expect(added.differences.map(({ proposed }) => proposed.order_id)).toEqual(['new', 'new']);
    const paused = await backtest(service, {
      from: FROM,
      changes: [{ order_id: order.id, status: 'paused' }],
    });
    expect(paused.job.result?.reasons.proposed).toEqual({ no_active_orders: 2, credit_too_low: 1 });
    expect(paused.job.result?.differences).toMatchObject({ newly_unassigned: 2, total: 2 });
    const floor = await backtest(service, { from: FROM, credit_floor: 650 });
    expect(floor.differences).toMatchObject([
      { kind: 'newly_unassigned', proposed: { status: 'rejected', reason_code: 'credit_too_low' } },
    ]);
    const lower = await backtest(service, { from: FROM, credit_floor: 550 });
    expect(lower.differences).toMatchObject([{ kind: 'newly_assigned', position: 1 }]);
  });

  test('differences come in pages and by kind, in the order of arrival', async () => {
    const order = await createOrder(service, { total_leads: 100 });
    const ids = await leads(
      service,
      Array.from({ length: 11 }, (_, i) => 600 + (i % 2) * 100),
    );
    const body = { from: FROM, changes: [{ order_id: order.id, credit_score_min: 650 }] };
    const { job } = await backtest(service, body);
    const path = `/api/routing/backtests/${job.id}/differences`;
    const seen: string[] = [];
    let cursor: string | null = null;
    const sizes: number[] = [];
    do {
      const page: { body: { data: { lead_id: string }[]; next_cursor: string | null } } =
        await service.get(`${path}?limit=4${cursor === null ? '' : `&cursor=${cursor}`}`);
      sizes.push(page.body.data.length);
      seen.push(...page.body.data.map(({ lead_id }) => lead_id));
      cursor = page.body.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual(ids.filter((_id, i) => i % 2 === 0));
    expect(sizes).toEqual([4, 2]);
    const none = await service.get<{ data: unknown[] }>(`${path}?kind=newly_assigned`);
    expect(none.body.data).toEqual([]);
    expect(await service.get(`${path}?kind=other`)).toMatchObject({ status: 400 });
    expect(await service.get(`${path}?cursor=x`)).toMatchObject({ status: 400 });
  });
});

describe('a backtest that cannot be asked for', () => {
  let service: TestService;
  let order: string;
  beforeAll(async () => {
    service = await start('sqlite');
    order = (await createOrder(service, { loan_max: 1000 })).id;
  });
  afterAll(() => service.stop());

  const nobody = '00000000-0000-7000-8000-000000000000';
  const inline = { id: 'a', verticals: ['MCA'], total_leads: 5 };
  const cases: [string, () => Record<string, unknown>, string, RegExp][] = [
    ['without a beginning', () => ({ from: undefined }), 'from', /required/],
    ['from a day without its hour', () => ({ from: '2026-03-01' }), 'from', /ISO 8601/],
    ['that ends before it begins', () => ({ to: '2026-01-01T00:00:00Z' }), 'to', /after from/],
    ['of the future', () => ({ from: '2027-01-01T00:00:00Z' }), 'from', /in the past/],
    ['with a start that is none', () => ({ start: 'middle' }), 'start', /history, zero or current/],
    ['with an unknown field', () => ({ sart: 'zero' }), 'sart', /not a known field/],
    [
      'with a change of no order',
      () => ({ changes: [{ order_id: nobody, total_leads: 5 }] }),
      'changes.0.order_id',
      /names no order/,
    ],
    [
      'with a change of nothing',
      () => ({ changes: [{ order_id: order }] }),
      'changes.0',
      /change something/,
    ],
    [
      'with a minimum that is none',
      () => ({ changes: [{ order_id: order, credit_score_min: 900 }] }),
      'changes.0.credit_score_min',
      /300 to 850/,
    ],
    [
      'with bounds that exclude each other',
      () => ({ changes: [{ order_id: order, loan_min: 2000 }] }),
      'changes.0.loan_min',
      /not be above loan_max/,
    ],
    [
      'with an order named twice',
      () => ({
        changes: [
          { order_id: order, loan_min: 1 },
          { order_id: order, loan_min: 2 },
        ],
      }),
      'changes',
      /twice/,
    ],
    [
      'with orders and changes',
      () => ({ orders: [inline], changes: [{ order_id: order, loan_min: 1 }] }),
      'changes',
      /together with orders/,
    ],
    [
      'with an order without leads',
      () => ({ orders: [{ ...inline, total_leads: 0 }] }),
      'orders.0.total_leads',
      /whole number/,
    ],
    [
      'with a month that is none',
      () => ({ orders: [{ ...inline, period: '2026-13' }] }),
      'orders.0.period',
      /month/,
    ],
    [
      'with an addition that is there',
      () => ({ additions: [{ ...inline, id: order }] }),
      'additions.0.id',
      /live order/,
    ],
    [
      'with counters of no order',
      () => ({ counters: [{ order_id: nobody, leads_delivered: 1 }] }),
      'counters.0.order_id',
      /names no order/,
    ],
    [
      'with counters that change nothing',
      () => ({
        orders: [inline],
        compare_with: 'history',
        counters: [{ order_id: order, leads_delivered: 1 }],
      }),
      'counters',
      /no effect/,
    ],
  ];
  test.each(cases)('%s says where and why', async (_name, body, field, rule) => {
    const answer = await service.post(BACKTEST, { from: '2026-03-01T00:00:00Z', ...body() });
    expect(answer).toMatchObject({ status: 400, body: { error: 'validation_error' } });
    const details = answer.body.details as Record<string, string>;
    expect(Object.keys(details)).toEqual([field]);
    expect(details[field]).toMatch(rule);
  });
});
