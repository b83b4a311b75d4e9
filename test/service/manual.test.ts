import {
  execute,
  intake,
  makeBroker,
  makeOrder,
  readLead,
  readOrder,
  wipe,
  type ErrorBody,
  type IntakeBody,
} from '../support/builders.js';
import { DATABASES } from '../support/databases.js';
import { startTestService, type TestService } from '../support/service.js';

const CRM = 'https://crm.example.com/in';
const NO_ID = '01900000-0000-7000-8000-000000000000';

describe.each(DATABASES)('moving leads by hand on %s', (database) => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService(database);
  });
  afterEach(() => wipe(service));
  afterAll(() => service.stop());

  const move = <T = IntakeBody>(verb: string, leadId: string, body?: unknown) =>
    service.post<T>(`/api/leads/${leadId}/${verb}`, body);
  /** A lead that waits, because no order takes its vertical. */
  const waiting = async () => (await intake(service, { vertical: 'nobody takes this' })).lead_id;

  test('a waiting lead goes to the order a person chooses, without scoring', async () => {
    const broker = await makeBroker(service, { phone: '+1 202 555 0100', crm_webhook_url: CRM });
    const order = await makeOrder(service, {
      broker_id: broker.id,
      verticals: ['MCA'],
      credit_score_min: 850,
    });
    const leadId = await waiting();
    const answer = await move('assign', leadId, { order_id: order.id });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      lead_id: leadId,
      assignment: {
        status: 'assigned',
        broker_id: broker.id,
        order_id: order.id,
        delivery_ids: [expect.any(String)],
        delivery_status: 'pending',
        score: null,
      },
      broker: { id: broker.id, name: 'Example Funding', phone: '+1 202 555 0100' },
    });
    expect(await readLead(service, leadId)).toMatchObject({
      status: 'assigned',
      assigned_order_id: order.id,
      assigned_broker_id: broker.id,
      assigned_at: '2026-03-10T15:00:00.000Z',
      decisions: [
        { trigger: 'intake' },
        { trigger: 'manual', status: 'assigned', order_id: order.id },
      ],
    });
    expect(await readOrder(service, order.id)).toMatchObject({
      leads_delivered: 1,
      leads_remaining: 9,
      last_assigned_at: '2026-03-10T15:00:00.000Z',
    });
    expect((await service.get('/api/unassigned')).body).toMatchObject({ data: [] });
  });

  test('a rejected lead can be assigned by hand, and its reason is gone', async () => {
    const order = await makeOrder(service);
    const { lead_id } = await intake(service, { credit_score: 400 });
    expect((await move('assign', lead_id, { order_id: order.id })).status).toBe(200);
    expect(await readLead(service, lead_id)).toMatchObject({
      status: 'assigned',
      rejection_reason: null,
    });
  });

  test('capacity counts, unless the person overrides it', async () => {
    const order = await makeOrder(service, { verticals: ['MCA'], total_leads: 1 });
    const leadId = await waiting();
    await intake(service);
    const refused = await move<ErrorBody>('assign', leadId, { order_id: order.id });
    expect(refused).toMatchObject({ status: 409, body: { error: 'no_capacity' } });
    expect((await readLead(service, leadId)).status).toBe('unassigned');
    const forced = await move('assign', leadId, { order_id: order.id, override_capacity: true });
    expect(forced.body.assignment).toMatchObject({ status: 'assigned', order_id: order.id });
    expect(await readOrder(service, order.id)).toMatchObject({
      leads_delivered: 2,
      leads_remaining: 0,
      status: 'completed',
    });
  });

  test('bonus mode is capacity', async () => {
    const order = await makeOrder(service, {
      verticals: ['MCA'],
      total_leads: 1,
      bonus_mode: true,
    });
    await intake(service);
    expect((await move('assign', await waiting(), { order_id: order.id })).status).toBe(200);
    expect(await readOrder(service, order.id)).toMatchObject({
      leads_delivered: 2,
      leads_remaining: 0,
    });
  });

  test('the last lead taken by hand completes the order', async () => {
    const order = await makeOrder(service, { verticals: ['MCA'], total_leads: 1 });
    await move('assign', await waiting(), { order_id: order.id });
    expect(await readOrder(service, order.id)).toMatchObject({
      status: 'completed',
      completed_by: 'system',
    });
  });

  test('an assigned lead is not assigned again: 409 with where it is', async () => {
    const order = await makeOrder(service);
    const { lead_id } = await intake(service);
    const answer = await move<ErrorBody>('assign', lead_id, { order_id: order.id });
    expect(answer).toMatchObject({
      status: 409,
      body: { error: 'already_assigned', details: { order_id: order.id } },
    });
  });

  test('a cancelled order takes no lead, even with override', async () => {
    const order = await makeOrder(service, { verticals: ['MCA'] });
    const other = await makeOrder(service, { verticals: ['SBA'] });
    const leadId = await waiting();
    const { lead_id } = await intake(service, { vertical: 'SBA' });
    await service.post(`/api/orders/${order.id}/cancel`);
    const body = { order_id: order.id, override_capacity: true };
    for (const answer of [
      await move<ErrorBody>('assign', leadId, body),
      await move<ErrorBody>('reassign', lead_id, body),
    ]) {
      expect(answer).toMatchObject({ status: 409, body: { error: 'order_cancelled' } });
    }
    expect(await readOrder(service, other.id)).toMatchObject({ leads_delivered: 1 });
  });

  test.each(['assign', 'reassign'])('%s to an order that does not exist is a 400', async (verb) => {
    await makeOrder(service, { verticals: ['MCA'] });
    const leadId = verb === 'assign' ? await waiting() : (await intake(service)).lead_id;
    const answer = await move<ErrorBody>(verb, leadId, { order_id: NO_ID });
    expect(answer).toMatchObject({
      status: 400,
      body: { details: { order_id: 'names no order' } },
    });
  });

  test.each([
    [{}, 'order_id'],
    [{ order_id: 'x' }, 'order_id'],
    [{ order_id: NO_ID, override_capacity: 'yes' }, 'override_capacity'],
  ])('assign with %j is a 400 about %s', async (body, field) => {
    const answer = await move<ErrorBody>('assign', await waiting(), body);
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.body.details ?? {})).toEqual([field]);
  });

  test('a lead of the other kind goes to no order', async () => {
    const order = await makeOrder(service, { verticals: ['MCA'] });
    const leadId = await waiting();
    await execute(service, `update leads set kind = 'response', status = 'open'`);
    for (const verb of ['assign', 'reroute']) {
      const answer = await move<ErrorBody>(verb, leadId, { order_id: order.id });
      expect(answer).toMatchObject({ status: 409, body: { error: 'not_distributable' } });
    }
  });
});
