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

describe.each(DATABASES)('moving leads that were routed on %s', (database) => {
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
  const deliveries = () =>
    service.store.db
      .selectFrom('deliveries')
      .select(['order_id', 'status', 'reason_code', 'next_attempt_at', 'release_at'])
      .orderBy('id')
      .execute();

  describe('reassignment', () => {
    test('frees the old slot, takes the new one and cancels what was not sent', async () => {
      const from = await makeOrder(service, {
        broker_id: (await makeBroker(service, { crm_webhook_url: CRM })).id,
        priority: 'high',
      });
      const to = await makeOrder(service, {
        broker_id: (await makeBroker(service, { crm_webhook_url: CRM })).id,
      });
      const { lead_id } = await intake(service);
      service.runtime.advance(60_000);
      const answer = await move('reassign', lead_id, { order_id: to.id });
      expect(answer.body.assignment).toMatchObject({
        status: 'assigned',
        order_id: to.id,
        score: null,
      });
      expect(await readOrder(service, from.id)).toMatchObject({
        leads_delivered: 0,
        leads_remaining: 10,
      });
      expect(await readOrder(service, to.id)).toMatchObject({
        leads_delivered: 1,
        leads_remaining: 9,
      });
      expect(await deliveries()).toEqual([
        {
          order_id: from.id,
          status: 'cancelled',
          reason_code: 'reassigned',
          next_attempt_at: null,
          release_at: null,
        },
        expect.objectContaining({ order_id: to.id, status: 'pending' }),
      ]);
      expect(await readLead(service, lead_id)).toMatchObject({
        assigned_order_id: to.id,
        assigned_broker_id: to.broker_id,
        assigned_at: '2026-03-10T15:01:00.000Z',
        decisions: [{ trigger: 'intake' }, { trigger: 'manual', order_id: to.id }],
      });
    });

    test('leaves a delivery that was sent as it is', async () => {
      const broker = await makeBroker(service, { crm_webhook_url: CRM });
      const from = await makeOrder(service, { broker_id: broker.id, priority: 'high' });
      const to = await makeOrder(service);
      const { lead_id } = await intake(service);
      await execute(service, `update deliveries set status = 'sent'`);
      await move('reassign', lead_id, { order_id: to.id });
      expect(await deliveries()).toMatchObject([{ order_id: from.id, status: 'sent' }]);
    });

    test('reopens an order that the system had completed, for leads that wait', async () => {
      const full = await makeOrder(service, { verticals: ['MCA'], total_leads: 1 });
      const to = await makeOrder(service, { verticals: ['SBA'] });
      const first = await intake(service);
      const second = await intake(service);
      expect(second.assignment?.status).toBe('unassigned');
      await move('reassign', first.lead_id, { order_id: to.id });
      await service.service.retriesIdle();
      expect(await readLead(service, second.lead_id)).toMatchObject({
        status: 'assigned',
        assigned_order_id: full.id,
      });
      expect(await readOrder(service, full.id)).toMatchObject({
        status: 'completed',
        leads_delivered: 1,
        leads_remaining: 0,
      });
    });

    test('does not reopen an order that a person completed, though its slot is free', async () => {
      const from = await makeOrder(service, { verticals: ['MCA'], total_leads: 2 });
      const to = await makeOrder(service, { verticals: ['SBA'] });
      const { lead_id } = await intake(service);
      await service.post(`/api/orders/${from.id}/complete`);
      await move('reassign', lead_id, { order_id: to.id });
      expect(await readOrder(service, from.id)).toMatchObject({
        status: 'completed',
        leads_delivered: 0,
        leads_remaining: 2,
      });
    });

    test('frees no slot of a month that is over', async () => {
      const from = await makeOrder(service, {
        verticals: ['MCA'],
        order_type: 'monthly',
        total_leads: 5,
      });
      const to = await makeOrder(service, { verticals: ['SBA'] });
      const old = await intake(service);
      service.runtime.set('2026-04-01T00:00:00Z');
      await intake(service);
      expect(await readOrder(service, from.id)).toMatchObject({
        leads_delivered: 1,
        leads_remaining: 4,
      });
      await move('reassign', old.lead_id, { order_id: to.id });
      expect(await readOrder(service, from.id)).toMatchObject({
        leads_delivered: 1,
        leads_remaining: 4,
      });
      expect(await readOrder(service, to.id)).toMatchObject({ leads_delivered: 1 });
    });

    test('a lead beyond the total held no slot, so none is free after it', async () => {
      const from = await makeOrder(service, {
        verticals: ['MCA'],
        total_leads: 1,
        bonus_mode: true,
      });
      const to = await makeOrder(service, { verticals: ['SBA'] });
      await intake(service);
      const { lead_id } = await intake(service);
      await move('reassign', lead_id, { order_id: to.id });
      expect(await readOrder(service, from.id)).toMatchObject({
        leads_delivered: 1,
        leads_remaining: 0,
      });
    });

    test('to a full order is a 409 that moves nothing', async () => {
      const from = await makeOrder(service, { verticals: ['MCA'] });
      const full = await makeOrder(service, { verticals: ['SBA'], total_leads: 1 });
      const { lead_id } = await intake(service);
      await intake(service, { vertical: 'SBA' });
      const answer = await move<ErrorBody>('reassign', lead_id, { order_id: full.id });
      expect(answer).toMatchObject({ status: 409, body: { error: 'no_capacity' } });
      expect(await readOrder(service, from.id)).toMatchObject({ leads_delivered: 1 });
      expect(await readLead(service, lead_id)).toMatchObject({ assigned_order_id: from.id });
    });

    test('to the order it has is a 409, and so is that of a lead that waits', async () => {
      const order = await makeOrder(service, { verticals: ['MCA'] });
      const { lead_id } = await intake(service);
      expect(await move<ErrorBody>('reassign', lead_id, { order_id: order.id })).toMatchObject({
        status: 409,
        body: { error: 'same_order' },
      });
      expect(
        await move<ErrorBody>('reassign', await waiting(), { order_id: order.id }),
      ).toMatchObject({
        status: 409,
        body: { error: 'not_assigned' },
      });
      expect(await readOrder(service, order.id)).toMatchObject({ leads_delivered: 1 });
    });
  });

  describe('rerouting', () => {
    test('routes a waiting lead again and keeps both decisions', async () => {
      const order = await makeOrder(service, { verticals: ['SBA'] });
      const { lead_id } = await intake(service, { ghl_contact_id: 'c' });
      await execute(service, `update leads set vertical = 'SBA'`);
      const answer = await move('reroute', lead_id);
      expect(answer.body).toMatchObject({
        lead_id,
        assignment: { status: 'assigned', order_id: order.id },
      });
      expect(answer.body.assignment?.score).toEqual(expect.any(Number));
      expect((await readLead(service, lead_id)).decisions).toMatchObject([
        { trigger: 'intake', status: 'unassigned' },
        { trigger: 'reroute', status: 'assigned' },
      ]);
    });

    test('of a rejected lead answers as intake does when it is rejected again', async () => {
      const { lead_id } = await intake(service, { credit_score: 400 });
      expect((await move('reroute', lead_id)).body).toEqual({
        lead_id,
        status: 'rejected',
        reason: 'credit_too_low',
      });
      expect((await readLead(service, lead_id)).decisions).toHaveLength(2);
    });

    test('of an assigned lead is a 409', async () => {
      await makeOrder(service);
      const { lead_id } = await intake(service);
      expect(await move<ErrorBody>('reroute', lead_id)).toMatchObject({
        status: 409,
        body: { error: 'already_assigned' },
      });
    });
  });
});
