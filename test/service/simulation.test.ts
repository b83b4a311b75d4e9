import { DATABASES } from '../support/databases.js';
import { expectConsidered, routingCases, type Considered } from '../support/routing-cases.js';
import { createBroker, createOrder, postLead, rowCounts } from '../support/seed.js';
import { startTestService, type TestService } from '../support/service.js';

interface Simulation {
  preflight: { passed: boolean; reason: string | null };
  decision: { status: string; order_id: string | null; reason_code: string | null };
  considered: (Considered & { to_win: { points_short: number } | null })[];
}

const simulate = (service: TestService, body: unknown) =>
  service.post<Simulation>('/api/routing/simulate', body);

describe('a simulation with orders of its own', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('sqlite');
  });
  afterAll(() => service.stop());

  test.each(routingCases.map((it) => [it.name, it] as const))('%s', async (_name, it) => {
    const before = await rowCounts(service.store);
    const { status, body } = await simulate(service, { lead: it.lead, orders: it.orders });
    expect(status).toBe(200);
    expect(body.preflight).toEqual(it.expect.preflight);
    expect(body.decision).toMatchObject({ status: it.expect.status, order_id: it.expect.order_id });
    expect((body.decision.reason_code === null) === (it.expect.status === 'assigned')).toBe(true);
    expectConsidered(body.considered, it.expect.considered);
    for (const entry of body.considered) {
      expect(entry.to_win === null).toBe(entry.selected);
      if (it.expect.order_id === null) expect(entry.to_win?.points_short).toBe(0);
    }
    expect(await rowCounts(service.store)).toEqual(before);
  });

  test('reads nothing from the store', async () => {
    await createOrder(service);
    const { body } = await simulate(service, {
      lead: { vertical: 'MCA', credit_score: 700, funding_amount: 1000 },
      orders: [],
    });
    expect(body).toEqual({
      preflight: { passed: false, reason: 'no_active_orders' },
      decision: { status: 'rejected', order_id: null, reason_code: 'no_active_orders' },
      considered: [],
    });
  });
});

describe.each(DATABASES)('a simulation against the live orders, on %s', (database) => {
  let service: TestService;
  beforeEach(async () => {
    service = await startTestService(database);
    service.runtime.set('2026-03-31T12:00:00.000Z');
  });
  afterEach(() => service.stop());

  const lead = { vertical: 'MCA', credit_score: 700, funding_amount: '$50,000' };

  test('says what then happens, and changes nothing however often it is asked', async () => {
    await createOrder(service, { total_leads: 10 });
    await createOrder(service, { total_leads: 10, priority: 'high' });
    await createOrder(service, { verticals: ['SBA'] });
    const paused = await createOrder(service);
    await service.post(`/api/orders/${paused.id}/pause`);
    for (let turn = 0; turn < 12; turn += 1) {
      const before = await rowCounts(service.store);
      const first = await simulate(service, { lead });
      const second = await simulate(service, { lead });
      expect(second.body).toEqual(first.body);
      expect(await rowCounts(service.store)).toEqual(before);
      const live = await postLead(service, `turn-${turn}`, lead);
      expect(live.body.assignment).toMatchObject({
        status: first.body.decision.status,
        order_id: first.body.decision.order_id,
      });
      const logs = await service.get<{ data: Record<string, unknown>[] }>(
        `/api/leads/${live.body.lead_id}/routing-logs`,
      );
      const told = logs.body.data.map(({ decision_id: _d, broker_id: _b, ...entry }) => entry);
      expect(told).toEqual(first.body.considered);
    }
  });

  test('of a moment to come counts the months that will have begun by then', async () => {
    const order = await createOrder(service, { order_type: 'monthly', total_leads: 1 });
    const once = await createOrder(service, { verticals: ['SBA'], total_leads: 3 });
    await postLead(service, 'march');
    expect((await simulate(service, { lead })).body.decision.status).toBe('unassigned');
    const april = await simulate(service, { lead, at: '2026-04-01T00:00:00Z' });
    expect(april.body.decision).toMatchObject({ status: 'assigned', order_id: order.id });
    expect(april.body.considered.map(({ order_id }) => order_id).sort()).toEqual(
      [order.id, once.id].sort(),
    );
    const justBefore = await simulate(service, { lead, at: '2026-03-31T23:59:59.999Z' });
    expect(justBefore.body.decision.status).toBe('unassigned');
    expect((await service.get(`/api/orders/${order.id}`)).body).toMatchObject({
      status: 'completed',
      period: '2026-03',
    });
  });

  test('with a key of a broker pool looks at the pool alone, as its leads would', async () => {
    const broker = await createBroker(service);
    await createOrder(service, { priority: 'high' });
    const own = await createOrder(service, { broker_id: broker.id });
    const key = await service.post<{ token: string }>('/api/api-keys', {
      name: 'pool',
      scopes: ['intake', 'read'],
      broker_ids: [broker.id],
    });
    const { body } = await service.post<Simulation>(
      '/api/routing/simulate',
      { lead },
      { key: key.body.token },
    );
    expect(body.decision.order_id).toBe(own.id);
    expect(body.considered).toHaveLength(1);
  });
});

describe('a simulation that cannot be made', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('sqlite');
  });
  afterAll(() => service.stop());

  const order = { id: 'a', verticals: ['MCA'], total_leads: 5 };
  test.each<[string, unknown, string]>([
    ['without a lead', {}, 'lead'],
    ['with a credit score that is none', { lead: { credit_score: 900 } }, 'lead.credit_score'],
    ['at a moment that is none', { lead: {}, at: 'tomorrow' }, 'at'],
    ['at a moment without its offset', { lead: {}, at: '2026-04-01T00:00:00' }, 'at'],
    ['with orders that are no list', { lead: {}, orders: {} }, 'orders'],
    ['with an order without an id', { lead: {}, orders: [{ ...order, id: '' }] }, 'orders.0.id'],
    ['with an id twice', { lead: {}, orders: [order, order] }, 'orders'],
    [
      'with a total of nought',
      { lead: {}, orders: [{ ...order, total_leads: 0 }] },
      'orders.0.total_leads',
    ],
    [
      'with an unknown status',
      { lead: {}, orders: [{ ...order, status: 'open' }] },
      'orders.0.status',
    ],
  ])('%s says where', async (_name, body, field) => {
    const answer = await service.post('/api/routing/simulate', body);
    expect(answer).toMatchObject({ status: 400, body: { error: 'validation_error' } });
    expect(Object.keys(answer.body.details as object)).toEqual([field]);
  });
});
