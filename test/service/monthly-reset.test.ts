import { createDatabase, DATABASES } from '../support/databases.js';
import { inconsistencies } from '../support/invariants.js';
import { testRuntime } from '../support/runtime.js';
import { createOrder, postLead, type Created } from '../support/seed.js';
import { startTestService, type TestService } from '../support/service.js';

interface OrderBody extends Created {
  status: string;
  period: string | null;
  completed_by: string | null;
  leads_delivered: number;
  leads_remaining: number;
}

interface Entry {
  action: string;
  actor: { type: string };
  after: Record<string, unknown> | null;
}

const monthly = (total_leads: number, over: Record<string, unknown> = {}) => ({
  order_type: 'monthly',
  total_leads,
  ...over,
});

const readOrder = async (service: TestService, id: string): Promise<OrderBody> =>
  (await service.get<OrderBody>(`/api/orders/${id}`)).body;

const resetsOf = async (service: TestService, id: string): Promise<Entry[]> =>
  (await service.get<{ data: Entry[] }>(`/api/activity?subject_id=${id}`)).body.data.filter(
    ({ action }) => action === 'order.reset',
  );

describe.each(DATABASES)('the monthly reset on %s', (database) => {
  let service: TestService;

  beforeEach(async () => {
    service = await startTestService(database);
    service.runtime.set('2026-03-31T12:00:00.000Z');
  });
  afterEach(async () => {
    await service.service.retriesIdle();
    expect(await inconsistencies(service.store)).toEqual([]);
    await service.stop();
  });

  test('gives every counter back once a month, with one entry in the activity log', async () => {
    const order = await createOrder(service, monthly(5));
    await postLead(service, 'a');
    await postLead(service, 'b');
    expect(await service.service.resetDueOrders()).toBe(0);
    service.runtime.set('2026-04-01T00:00:00.000Z');
    expect(await service.service.resetDueOrders()).toBe(1);
    expect(await readOrder(service, order.id)).toMatchObject({
      period: '2026-04',
      leads_delivered: 0,
      leads_remaining: 5,
      status: 'active',
    });
    for (let again = 0; again < 3; again += 1) {
      service.runtime.advance(86_400_000);
      expect(await service.service.resetDueOrders()).toBe(0);
      expect((await postLead(service, `later-${again}`)).body.assignment?.status).toBe('assigned');
    }
    expect(await readOrder(service, order.id)).toMatchObject({ leads_delivered: 3 });
    const entries = await resetsOf(service, order.id);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      actor: { type: 'system' },
      after: { period: '2026-04', leads_delivered: 0, leads_remaining: 5 },
    });
  });

  test('opens what the system completed; what a person decided stays', async () => {
    const own = (name: string) => createOrder(service, monthly(1, { verticals: [name], name }));
    const used = await own('used');
    const paused = await own('paused');
    const pausedUsed = await createOrder(service, monthly(2, { verticals: ['paused used'] }));
    const completed = await own('completed');
    const cancelled = await own('cancelled');
    const once = await createOrder(service, { verticals: ['once'], total_leads: 1 });
    for (const vertical of ['used', 'paused used', 'cancelled', 'once']) {
      await postLead(service, vertical, { vertical });
    }
    await service.post(`/api/orders/${paused.id}/pause`);
    await service.post(`/api/orders/${pausedUsed.id}/pause`);
    await service.post(`/api/orders/${completed.id}/complete`);
    await service.post(`/api/orders/${cancelled.id}/cancel`);
    const before = await readOrder(service, cancelled.id);
    expect(before.status).toBe('cancelled');
    expect((await readOrder(service, used.id)).status).toBe('completed');

    service.runtime.set('2026-04-01T00:00:00.000Z');
    expect(await service.service.resetDueOrders()).toBe(4);
    expect(await readOrder(service, used.id)).toMatchObject({
      status: 'active',
      completed_by: null,
      leads_remaining: 1,
    });
    expect((await readOrder(service, paused.id)).status).toBe('paused');
    expect(await readOrder(service, pausedUsed.id)).toMatchObject({
      status: 'paused',
      leads_delivered: 0,
      leads_remaining: 2,
    });
    expect(await readOrder(service, completed.id)).toMatchObject({
      status: 'completed',
      leads_remaining: 1,
    });
    expect(await readOrder(service, cancelled.id)).toEqual(before);
    expect(await readOrder(service, once.id)).toMatchObject({
      status: 'completed',
      leads_delivered: 1,
    });
  });

  test('what a person named "system" completed stays completed', async () => {
    const key = await service.post<{ token: string }>('/api/api-keys', {
      name: 'system',
      scopes: ['admin'],
    });
    const order = await createOrder(service, monthly(1));
    await service.post(`/api/orders/${order.id}/complete`, undefined, { key: key.body.token });
    service.runtime.set('2026-04-01T00:00:00.000Z');
    await service.service.resetDueOrders();
    expect((await readOrder(service, order.id)).status).toBe('completed');
  });

  test('is caught up once after months without the service', async () => {
    const order = await createOrder(service, monthly(2));
    await postLead(service, 'a');
    service.runtime.set('2026-09-14T08:00:00.000Z');
    expect(await service.service.resetDueOrders()).toBe(1);
    expect(await readOrder(service, order.id)).toMatchObject({
      period: '2026-09',
      leads_delivered: 0,
    });
    expect(await resetsOf(service, order.id)).toHaveLength(1);
  });

  test('comes before the first lead of the month, without the job', async () => {
    const order = await createOrder(service, monthly(1));
    await postLead(service, 'march-1');
    service.runtime.set('2026-03-31T23:59:59.999Z');
    const last = await postLead(service, 'march-2');
    expect(last.body).toMatchObject({ status: 'rejected', reason: 'no_active_orders' });
    service.runtime.set('2026-04-01T00:00:00.000Z');
    const first = await postLead(service, 'april-1');
    expect(first.body.assignment).toMatchObject({ status: 'assigned', order_id: order.id });
    const logs = await service.get<{ data: { fill_rate: number }[] }>(
      `/api/leads/${first.body.lead_id}/routing-logs`,
    );
    expect(logs.body.data).toMatchObject([{ fill_rate: 0 }]);
    expect(await resetsOf(service, order.id)).toHaveLength(1);
    expect((await postLead(service, 'april-2')).body.status).toBe('rejected');
  });

  // Whoever comes first in the new month brings the reset; nobody must forget the waiting leads.
  const firstComers: [string, (order: Created, leadId: string) => Promise<{ status: number }>][] = [
    [
      'the job',
      async () => ({ status: (await service.service.resetDueOrders()) === 0 ? 500 : 200 }),
    ],
    ['another lead', () => postLead(service, 'april', { vertical: 'Nobody takes this' })],
    [
      'an update of another lead',
      () => service.patch('/api/leads/update', { ghl_contact_id: 'other', funding_amount: 7000 }),
    ],
    ['a reroute of another lead', (_order, leadId) => service.post(`/api/leads/${leadId}/reroute`)],
    [
      'an assignment by hand',
      async (_order, leadId) => {
        const target = (await service.get<{ data: Created[] }>('/api/orders?status=active')).body
          .data[0];
        return service.post(`/api/leads/${leadId}/assign`, { order_id: target?.id });
      },
    ],
    [
      'an edit',
      (order) => service.patch(`/api/orders/${order.id}`, { version: order.version, name: 'x' }),
    ],
    ['a pause of another order', () => service.post(`/api/orders/${other}/pause`)],
  ];
  let other = '';

  test.each(firstComers)('lets waiting leads in when it is brought by %s', async (_who, come) => {
    const order = await createOrder(service, monthly(1));
    other = (await createOrder(service, { verticals: ['Other'] })).id;
    await postLead(service, 'takes the place');
    const waiting = await postLead(service, 'waits');
    expect(waiting.body.assignment?.status).toBe('unassigned');
    const elsewhere = await postLead(service, 'other', { vertical: 'Nobody takes this' });
    const { version } = await readOrder(service, order.id);
    service.runtime.set('2026-04-01T00:00:00.000Z');
    expect((await come({ ...order, version }, elsewhere.body.lead_id)).status).toBe(200);
    await service.service.retriesIdle();
    const lead = await service.get(`/api/leads/${waiting.body.lead_id}`);
    expect(lead.body).toMatchObject({ status: 'assigned', assigned_order_id: order.id });
  });

  test('makes nobody a stale reader: an edit of the copy read before midnight is taken', async () => {
    const order = await createOrder(service, monthly(5));
    service.runtime.set('2026-04-01T00:00:00.000Z');
    const edit = (version: number) =>
      service.patch<OrderBody>(`/api/orders/${order.id}`, { version, total_leads: 7 });
    const answer = await edit(order.version);
    expect(answer).toMatchObject({ status: 200, body: { period: '2026-04', leads_remaining: 7 } });
    expect((await edit(order.version)).status).toBe(409);
  });

  test('a reassignment over the turn of the month frees nothing in the new month', async () => {
    const from = await createOrder(service, monthly(5));
    const to = await createOrder(service, { verticals: ['By hand'], total_leads: 5 });
    const march = await postLead(service, 'march');
    expect(march.body.assignment?.order_id).toBe(from.id);
    service.runtime.set('2026-04-01T00:00:00.000Z');
    const april = await postLead(service, 'april');
    expect(april.body.assignment?.order_id).toBe(from.id);
    const moved = await service.post(`/api/leads/${march.body.lead_id}/reassign`, {
      order_id: to.id,
    });
    expect(moved.status).toBe(200);
    expect(await readOrder(service, from.id)).toMatchObject({
      leads_delivered: 1,
      leads_remaining: 4,
    });
    expect(await readOrder(service, to.id)).toMatchObject({
      leads_delivered: 1,
      leads_remaining: 4,
    });
    // Within the month it does.
    await service.post(`/api/leads/${april.body.lead_id}/reassign`, { order_id: to.id });
    expect(await readOrder(service, from.id)).toMatchObject({
      leads_delivered: 0,
      leads_remaining: 5,
    });
    // And back again it counts for the month in which it comes back.
    await service.post(`/api/leads/${march.body.lead_id}/reassign`, { order_id: from.id });
    expect(await readOrder(service, from.id)).toMatchObject({
      leads_delivered: 1,
      leads_remaining: 4,
    });
  });

  test('an order made in a month is not reset in that month', async () => {
    service.runtime.set('2026-04-30T23:59:59.999Z');
    const order = await createOrder(service, monthly(5));
    await postLead(service, 'a');
    expect(await service.service.resetDueOrders()).toBe(0);
    service.runtime.advance(1);
    expect(await service.service.resetDueOrders()).toBe(1);
    expect((await readOrder(service, order.id)).period).toBe('2026-05');
  });
});

/** The first moment of a month in its zone, worked out by hand from the zones' rules. */
const MIDNIGHTS: [string, string, string][] = [
  ['America/New_York', '2026-03-01T05:00:00.000Z', '2026-03'],
  ['America/New_York', '2026-04-01T04:00:00.000Z', '2026-04'],
  ['America/New_York', '2026-11-01T04:00:00.000Z', '2026-11'],
  ['America/New_York', '2026-12-01T05:00:00.000Z', '2026-12'],
  ['Pacific/Auckland', '2026-03-31T11:00:00.000Z', '2026-04'],
  ['Pacific/Auckland', '2026-04-30T12:00:00.000Z', '2026-05'],
  ['Pacific/Auckland', '2026-09-30T11:00:00.000Z', '2026-10'],
  ['Pacific/Auckland', '2026-12-31T11:00:00.000Z', '2027-01'],
  ['UTC', '2027-01-01T00:00:00.000Z', '2027-01'],
];

describe('the reset in its time zone', () => {
  test.each(MIDNIGHTS)(
    '%s: a month begins at %s, not a millisecond before',
    async (zone, midnight, name) => {
      const runtime = testRuntime();
      const service = await startTestService('sqlite', { runtime, env: { TIMEZONE: zone } });
      runtime.set(midnight);
      runtime.advance(-86_400_000);
      const order = await createOrder(service, monthly(1));
      expect((await postLead(service, 'first')).body.assignment?.status).toBe('assigned');
      runtime.set(midnight);
      runtime.advance(-1);
      expect((await postLead(service, 'before')).body.status).toBe('rejected');
      expect(await service.service.resetDueOrders()).toBe(0);
      runtime.set(midnight);
      expect((await postLead(service, 'at')).body.assignment?.order_id).toBe(order.id);
      expect((await readOrder(service, order.id)).period).toBe(name);
      await service.stop();
    },
  );
});

describe('two replicas on one PostgreSQL', () => {
  test('reset each order once, whoever comes first', async () => {
    const database = await createDatabase('postgres');
    const runtime = testRuntime('2026-03-31T12:00:00.000Z');
    const replicas = await Promise.all(
      [0, 1].map(() => startTestService('postgres', { database, runtime })),
    );
    const [one, two] = replicas as [TestService, TestService];
    const orders = await Promise.all(
      [0, 1, 2].map(() => createOrder(one, monthly(3, { verticals: ['All'] }))),
    );
    await Promise.all([0, 1, 2].map((index) => postLead(one, `march-${index}`)));
    runtime.set('2026-04-01T00:00:00.000Z');
    const counts = await Promise.all([
      one.service.resetDueOrders(),
      two.service.resetDueOrders(),
      one.service.resetDueOrders(),
      postLead(two, 'april-1').then(() => 0),
      postLead(one, 'april-2').then(() => 0),
      two.service.resetDueOrders(),
    ]);
    expect([0, 3]).toContain(counts.reduce((sum, count) => sum + count, 0));
    for (const { id } of orders) expect(await resetsOf(one, id)).toHaveLength(1);
    const delivered = await Promise.all(
      orders.map(async ({ id }) => (await readOrder(two, id)).leads_delivered),
    );
    expect(delivered.reduce((sum, count) => sum + count, 0)).toBe(2);
    for (const replica of replicas) await replica.service.retriesIdle();
    expect(await inconsistencies(one.store)).toEqual([]);
    for (const replica of replicas) await replica.stop();
    await database.drop();
  });
});
