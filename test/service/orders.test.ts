import {
  intake,
  makeBroker,
  makeOrder,
  readOrder,
  readPages,
  wipe,
  type ErrorBody,
  type OrderBody,
} from '../support/builders.js';
import { DATABASES } from '../support/databases.js';
import { startTestService, type TestService } from '../support/service.js';

const NO_ID = '01900000-0000-7000-8000-000000000000';

describe.each(DATABASES)('orders on %s', (database) => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService(database);
  });
  afterEach(() => wipe(service));
  afterAll(() => service.stop());

  const edit = (order: { id: string; version: number }, fields: Record<string, unknown>) =>
    service.patch<OrderBody & ErrorBody>(`/api/orders/${order.id}`, {
      version: order.version,
      ...fields,
    });
  const editNow = async (id: string, fields: Record<string, unknown>) =>
    edit(await readOrder(service, id), fields);

  test('a new order has all its leads left and belongs to no month unless it is monthly', async () => {
    const { id: broker_id } = await makeBroker(service);
    const given = { broker_id, name: 'MCA leads', verticals: ['MCA', ' SBA '], total_leads: '25' };
    const answer = await service.post<OrderBody>('/api/orders', given);
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.any(String),
      broker_id,
      name: 'MCA leads',
      status: 'active',
      order_type: 'one_time',
      verticals: ['MCA', 'SBA'],
      credit_score_min: null,
      loan_min: null,
      loan_max: null,
      total_leads: 25,
      leads_delivered: 0,
      leads_remaining: 25,
      bonus_mode: false,
      priority: 'normal',
      period: null,
      last_assigned_at: null,
      completed_by: null,
      version: 1,
      created_at: '2026-03-10T15:00:00.000Z',
      updated_at: '2026-03-10T15:00:00.000Z',
    });
    expect(await readOrder(service, answer.body.id)).toEqual(answer.body);
    expect((await makeOrder(service, { order_type: 'monthly' })).period).toBe('2026-03');
  });

  test.each([
    [{ broker_id: undefined }, 'broker_id'],
    [{ broker_id: NO_ID }, 'broker_id'],
    [{ broker_id: 'x' }, 'broker_id'],
    [{ name: undefined }, 'name'],
    [{ verticals: undefined }, 'verticals'],
    [{ verticals: [] }, 'verticals'],
    [{ status: 'completed' }, 'status'],
    [{ order_type: 'weekly' }, 'order_type'],
    [{ credit_score_min: 299 }, 'credit_score_min'],
    [{ credit_score_min: 851 }, 'credit_score_min'],
    [{ loan_min: -1 }, 'loan_min'],
    [{ loan_max: 'lots' }, 'loan_max'],
    [{ loan_min: 2, loan_max: 1 }, 'loan_min'],
    [{ total_leads: undefined }, 'total_leads'],
    [{ total_leads: 0 }, 'total_leads'],
    [{ total_leads: -5 }, 'total_leads'],
    [{ total_leads: 1.5 }, 'total_leads'],
    [{ total_leads: 1e12 }, 'total_leads'],
    [{ bonus_mode: 'maybe' }, 'bonus_mode'],
    [{ bonus_mode: 1 }, 'bonus_mode'],
    [{ priority: 'low' }, 'priority'],
    [{ leads_delivered: 3 }, 'leads_delivered'],
    [{ leads_remaining: -1 }, 'leads_remaining'],
    [{ period: '2026-03' }, 'period'],
  ])('an order with %j is a 400 about %s', async (fields, field) => {
    const { id: broker_id } = await makeBroker(service);
    const base = { broker_id, name: 'x', verticals: ['All'], total_leads: 1 };
    const answer = await service.post<ErrorBody>('/api/orders', { ...base, ...fields });
    expect(answer).toMatchObject({ status: 400, body: { error: 'validation_error' } });
    expect(Object.keys(answer.body.details ?? {})).toEqual([field]);
  });

  test.each([
    [{ loan_min: 0, loan_max: 0 }],
    [{ loan_min: 5, loan_max: 5 }],
    [{ loan_min: 500, loan_max: 0 }],
    [{ loan_min: 500, loan_max: null }],
    [{ loan_min: '$1,000', loan_max: '$2,000.50' }],
    [{ loan_min: '$0', loan_max: '0.00' }],
    [{ credit_score_min: '' }],
    [{ bonus_mode: 'true' }],
  ])('an order with %j is taken', async (fields) => {
    expect((await makeOrder(service, fields)).version).toBe(1);
  });

  test('an edit on an outdated copy is a 409; assignments make no copy outdated', async () => {
    const order = await makeOrder(service);
    await intake(service);
    expect((await edit(order, { name: 'One' })).status).toBe(200);
    const stale = await edit(order, { name: 'Two' });
    expect(stale).toMatchObject({
      status: 409,
      body: { error: 'stale_version', details: { current_version: 2 } },
    });
    expect(await readOrder(service, order.id)).toMatchObject({ name: 'One', leads_delivered: 1 });
  });

  test.each([[null], [''], [' ']])(
    '%j clears the credit minimum and the loan bounds',
    async (blank) => {
      const order = await makeOrder(service, { credit_score_min: 700, loan_min: 5, loan_max: 9 });
      const answer = await edit(order, {
        credit_score_min: blank,
        loan_min: blank,
        loan_max: blank,
      });
      expect(answer).toMatchObject({
        status: 200,
        body: { credit_score_min: null, loan_min: null, loan_max: null, version: 2 },
      });
    },
  );

  test.each([
    [{ loan_min: 10_000 }, 'loan_min'],
    [{ total_leads: 1 }, 'total_leads'],
    [{ total_leads: 0 }, 'total_leads'],
    [{ verticals: [] }, 'verticals'],
    [{ status: 'paused' }, 'status'],
    [{ leads_delivered: 0 }, 'leads_delivered'],
    [{ leads_remaining: 5 }, 'leads_remaining'],
    [{ broker_id: NO_ID }, 'broker_id'],
    [{ order_type: 'monthly' }, 'order_type'],
    [{ version: undefined }, 'version'],
  ])('an edit with %j is a 400 about %s', async (fields, field) => {
    const order = await makeOrder(service, { loan_max: 9000 });
    await intake(service, { funding_amount: 100 });
    await intake(service, { funding_amount: 100 });
    const answer = await edit(order, fields);
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.body.details ?? {})).toEqual([field]);
  });

  test('a new total moves what remains by what was delivered', async () => {
    const order = await makeOrder(service, { total_leads: 5 });
    await intake(service);
    await intake(service);
    expect((await editNow(order.id, { total_leads: 8 })).body).toMatchObject({
      total_leads: 8,
      leads_delivered: 2,
      leads_remaining: 6,
    });
    expect((await editNow(order.id, { total_leads: 2 })).body).toMatchObject({
      leads_remaining: 0,
      status: 'completed',
      completed_by: 'system',
    });
    expect((await editNow(order.id, { total_leads: 3 })).body).toMatchObject({
      leads_remaining: 1,
      status: 'active',
      completed_by: null,
    });
  });

  test.each(['one_time', 'monthly'])(
    'the last lead completes a %s order, by the system',
    async (order_type) => {
      const order = await makeOrder(service, { order_type, total_leads: 1 });
      await intake(service);
      expect(await readOrder(service, order.id)).toMatchObject({
        status: 'completed',
        completed_by: 'system',
        leads_delivered: 1,
        leads_remaining: 0,
        version: 2,
      });
    },
  );

  test('the list is paged newest first and filtered by status and broker', async () => {
    const broker = await makeBroker(service);
    const made: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      made.push((await makeOrder(service, { broker_id: broker.id })).id);
    }
    const other = await makeOrder(service, { status: 'paused' });
    const pages = await readPages<OrderBody>(service, `/api/orders?limit=2&broker_id=${broker.id}`);
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
    expect(pages.flat().map((order) => order.id)).toEqual(made.toReversed());
    expect((await service.get('/api/orders?status=paused')).body).toMatchObject({
      data: [{ id: other.id }],
      next_cursor: null,
    });
  });
});
