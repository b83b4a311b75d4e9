import {
  execute,
  intake,
  makeBroker,
  makeOrder,
  readLead,
  sendLead,
  wipe,
} from '../support/builders.js';
import { DATABASES } from '../support/databases.js';
import { startTestService, type TestService } from '../support/service.js';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const CRM = 'https://crm.example.com/leads';

describe.each(DATABASES)('the answers of intake on %s', (database) => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService(database);
  });
  afterEach(() => wipe(service));
  afterAll(() => service.stop());

  test('an assigned lead is answered with its broker, order, delivery and score, and no more', async () => {
    const broker = await makeBroker(service, { phone: '+1 202 555 0100', crm_webhook_url: CRM });
    const order = await makeOrder(service, { broker_id: broker.id, credit_score_min: 600 });
    const answer = await sendLead(service, { credit_score: 700 });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.body).toEqual({
      lead_id: expect.stringMatching(UUID_V7),
      assignment: {
        status: 'assigned',
        broker_id: broker.id,
        order_id: order.id,
        delivery_ids: [expect.stringMatching(UUID_V7)],
        delivery_status: 'pending',
        // credit 100/250 of 40, empty order 30, upper tier in a lower order 10, loan 10, begun < 10 % -5
        score: 61,
      },
      broker: { id: broker.id, name: 'Example Funding', phone: '+1 202 555 0100' },
    });
  });

  test('a broker without a CRM gets no delivery', async () => {
    await makeOrder(service);
    const { assignment } = await intake(service);
    expect(assignment).toMatchObject({ delivery_ids: [], delivery_status: null });
  });

  test("a delivery outside the broker's hours is queued", async () => {
    const broker = await makeBroker(service, {
      crm_webhook_url: CRM,
      contact_hours: 'business_hours',
      timezone: 'America/New_York',
    });
    await makeOrder(service, { broker_id: broker.id });
    service.runtime.set('2026-03-10T12:59:59.999Z');
    expect((await intake(service)).assignment?.delivery_status).toBe('queued');
    service.runtime.set('2026-03-10T13:00:00.000Z');
    expect((await intake(service)).assignment?.delivery_status).toBe('pending');
  });

  test('delivery=hold keeps the delivery for the workflow for ten minutes', async () => {
    const broker = await makeBroker(service, { crm_webhook_url: CRM });
    await makeOrder(service, { broker_id: broker.id });
    const answer = await service.post<{ assignment: { delivery_ids: string[] } }>(
      '/api/leads/incoming?delivery=hold',
      { ghl_contact_id: 'held-1', funding_amount: 1000 },
    );
    expect(answer.body).toMatchObject({
      assignment: { status: 'assigned', delivery_status: 'held' },
    });
    const rows = await service.store.db.selectFrom('deliveries').selectAll().execute();
    expect(rows).toMatchObject([
      {
        id: answer.body.assignment.delivery_ids[0],
        status: 'held',
        release_at: '2026-03-10T15:10:00.000Z',
        next_attempt_at: null,
      },
    ]);
  });

  test('another value of delivery is a 400 and stores nothing', async () => {
    const answer = await service.post('/api/leads/incoming?delivery=later', {
      ghl_contact_id: 'x',
    });
    expect(answer).toMatchObject({
      status: 400,
      body: { details: { delivery: expect.anything() } },
    });
    expect(await service.store.db.selectFrom('leads').select('id').execute()).toEqual([]);
  });

  test.each([
    [
      'the vertical',
      { verticals: ['SBA'] },
      {},
      'no matching order for vertical',
      'vertical_mismatch',
    ],
    [
      'no vertical',
      { verticals: ['SBA'] },
      { vertical: null },
      'no matching order for vertical',
      'vertical_mismatch',
    ],
    [
      'the upper tier',
      { credit_score_min: 680 },
      { credit_score: 679 },
      'no matching order for credit score',
      'credit_tier_680',
    ],
    [
      'the credit minimum',
      { credit_score_min: 620 },
      { credit_score: 619 },
      'no matching order for credit score',
      'credit_below_minimum',
    ],
    [
      'a missing credit score',
      { credit_score_min: 620 },
      { credit_score: null },
      'no matching order for credit score',
      'credit_below_minimum',
    ],
    [
      'too small an amount',
      { loan_min: 50_001 },
      {},
      'no matching order for funding amount',
      'loan_below_minimum',
    ],
    [
      'too large an amount',
      { loan_max: 49_999 },
      {},
      'no matching order for funding amount',
      'loan_above_maximum',
    ],
  ])(
    'a lead refused for %s is unassigned and says why',
    async (_case, order, fields, reason, code) => {
      await makeOrder(service, order);
      const answer = await intake(service, fields);
      expect(answer).toEqual({
        lead_id: expect.stringMatching(UUID_V7),
        assignment: { status: 'unassigned', reason, reason_code: code },
      });
      expect(await readLead(service, answer.lead_id)).toMatchObject({
        status: 'unassigned',
        decisions: [{ status: 'unassigned', reason_code: code, reason, trigger: 'intake' }],
      });
    },
  );

  test('with every broker paused a lead is unassigned for lack of an active broker', async () => {
    const broker = await makeBroker(service, { assignment_status: 'paused' });
    await makeOrder(service, { broker_id: broker.id });
    expect((await intake(service)).assignment).toEqual({
      status: 'unassigned',
      reason: 'no active broker',
      reason_code: 'broker_not_active',
    });
  });

  test('an active order without capacity takes nothing', async () => {
    const order = await makeOrder(service);
    // The API completes such an order, so only something outside it can leave one behind.
    await execute(service, `update orders set leads_remaining = 0 where id = '${order.id}'`);
    expect((await intake(service)).assignment).toEqual({
      status: 'unassigned',
      reason: 'no order with remaining capacity',
      reason_code: 'no_capacity',
    });
  });

  test('the reason is that of the orders that came closest', async () => {
    await makeOrder(service, { verticals: ['SBA'], credit_score_min: 720, loan_min: 90_000 });
    await makeOrder(service, { loan_min: 60_000 });
    expect((await intake(service)).assignment?.reason_code).toBe('loan_below_minimum');
  });

  test.each([
    [{ credit_score: 599, funding_amount: 0 }, 'credit_too_low'],
    [{ credit_score: 600, funding_amount: 0 }, 'invalid_loan_amount'],
    [{ credit_score: 600, funding_amount: 1 }, 'no_active_orders'],
  ])('pre-flight stops at its first failure: %j is %s', async (fields, reason) => {
    const answer = await intake(service, fields);
    expect(answer).toEqual({
      lead_id: expect.stringMatching(UUID_V7),
      status: 'rejected',
      reason,
    });
    expect(await readLead(service, answer.lead_id)).toMatchObject({
      status: 'rejected',
      rejection_reason: reason,
      decisions: [{ status: 'rejected', reason_code: reason, considered_count: 0 }],
    });
    const queue = await service.get('/api/unassigned');
    expect(queue.body).toEqual({ data: [], next_cursor: null });
  });

  test.each([
    [{ credit_score: 599 }, 'credit_too_low'],
    [{ funding_amount: null }, 'invalid_loan_amount'],
  ])('a rejected lead is never scored, whatever orders there are: %j', async (fields, reason) => {
    await makeOrder(service);
    const answer = await intake(service, fields);
    expect(answer).toMatchObject({ status: 'rejected', reason });
    const logs = await service.get(`/api/leads/${answer.lead_id}/routing-logs`);
    expect(logs.body).toEqual({ data: [], next_cursor: null });
  });

  test.each(['pause', 'complete', 'cancel'])(
    'after a %s of the only order there is no active order',
    async (verb) => {
      const order = await makeOrder(service);
      await service.post(`/api/orders/${order.id}/${verb}`);
      expect(await intake(service)).toMatchObject({
        status: 'rejected',
        reason: 'no_active_orders',
      });
    },
  );

  test('a lead without a credit score passes pre-flight', async () => {
    await makeOrder(service);
    expect((await intake(service, { credit_score: '' })).assignment?.status).toBe('assigned');
  });
});

describe.each(DATABASES)('intake with settings of its own on %s', (database) => {
  test('the credit floor is a setting', async () => {
    const service = await startTestService(database, { env: { CREDIT_FLOOR: '650' } });
    try {
      await makeOrder(service);
      expect(await intake(service, { credit_score: 649 })).toMatchObject({
        reason: 'credit_too_low',
      });
      expect((await intake(service, { credit_score: 650 })).assignment?.status).toBe('assigned');
    } finally {
      await service.stop();
    }
  });

  test('a failure inside assignment keeps the lead and is no 5xx', async () => {
    const service = await startTestService(database, {
      wrapPlanner: (planner) => ({
        ...planner,
        plan: () => {
          throw new Error('planned failure');
        },
      }),
    });
    try {
      const order = await makeOrder(service);
      const answer = await intake(service);
      expect(answer.assignment).toMatchObject({
        status: 'unassigned',
        reason_code: 'assignment_error',
      });
      expect(await readLead(service, answer.lead_id)).toMatchObject({
        status: 'unassigned',
        assigned_order_id: null,
        assigned_broker_id: null,
        assigned_at: null,
      });
      const untouched = await service.get(`/api/orders/${order.id}`);
      expect(untouched.body).toMatchObject({ leads_delivered: 0, leads_remaining: 10 });
    } finally {
      await service.stop();
    }
  });
});
