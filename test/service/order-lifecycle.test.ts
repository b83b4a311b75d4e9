import {
  intake,
  makeKey,
  makeOrder,
  readOrder,
  wipe,
  type ErrorBody,
  type OrderBody,
} from '../support/builders.js';
import { DATABASES } from '../support/databases.js';
import { startTestService, type TestService } from '../support/service.js';

describe.each(DATABASES)('the life of an order on %s', (database) => {
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
  const act = (id: string, verb: string) =>
    service.post<OrderBody & ErrorBody>(`/api/orders/${id}/${verb}`);

  describe('bonus mode', () => {
    test('keeps an order active beyond its total', async () => {
      const order = await makeOrder(service, { total_leads: 1, bonus_mode: true });
      for (let n = 0; n < 3; n += 1)
        expect((await intake(service)).assignment?.status).toBe('assigned');
      expect(await readOrder(service, order.id)).toMatchObject({
        status: 'active',
        leads_delivered: 3,
        leads_remaining: 0,
      });
    });

    test.each([1, 3])(
      'turned off at 0 with %d leads delivered of 1 it completes the order',
      async (delivered) => {
        const order = await makeOrder(service, { total_leads: 1, bonus_mode: true });
        for (let n = 0; n < delivered; n += 1) await intake(service);
        const answer = await editNow(order.id, { bonus_mode: false });
        expect(answer).toMatchObject({
          status: 200,
          body: {
            status: 'completed',
            completed_by: 'system',
            leads_delivered: delivered,
            leads_remaining: 0,
          },
        });
      },
    );

    test('turned off with leads left it changes nothing else', async () => {
      const order = await makeOrder(service, { total_leads: 2, bonus_mode: true });
      await intake(service);
      expect((await editNow(order.id, { bonus_mode: false })).body).toMatchObject({
        status: 'active',
        leads_remaining: 1,
      });
    });

    test('turned on it reopens an order that the system completed, and none that a person did', async () => {
      const bySystem = await makeOrder(service, { total_leads: 1 });
      await intake(service);
      expect((await editNow(bySystem.id, { bonus_mode: true })).body.status).toBe('active');
      const byPerson = await makeOrder(service);
      await act(byPerson.id, 'complete');
      expect((await editNow(byPerson.id, { bonus_mode: true })).body.status).toBe('completed');
    });

    test('allows a total below what was delivered', async () => {
      const order = await makeOrder(service, { total_leads: 5, bonus_mode: true });
      await intake(service);
      await intake(service);
      expect((await editNow(order.id, { total_leads: 1 })).body).toMatchObject({
        total_leads: 1,
        leads_remaining: 0,
        status: 'active',
      });
    });

    test('an order that holds more than its total can still be renamed', async () => {
      const order = await makeOrder(service, { verticals: ['MCA'], total_leads: 1 });
      const { lead_id } = await intake(service, { vertical: 'SBA' });
      await intake(service);
      await service.post(`/api/leads/${lead_id}/assign`, {
        order_id: order.id,
        override_capacity: true,
      });
      expect(await editNow(order.id, { name: 'Renamed' })).toMatchObject({
        status: 200,
        body: { name: 'Renamed', leads_delivered: 2, status: 'completed' },
      });
    });
  });

  describe('actions', () => {
    const reach: Record<string, string[]> = {
      active: [],
      paused: ['pause'],
      completed: ['complete'],
      cancelled: ['cancel'],
    };

    test.each([
      ['active', 'pause', 'paused'],
      ['active', 'resume', 'active'],
      ['active', 'complete', 'completed'],
      ['active', 'cancel', 'cancelled'],
      ['paused', 'pause', 'paused'],
      ['paused', 'resume', 'active'],
      ['paused', 'complete', 'completed'],
      ['paused', 'cancel', 'cancelled'],
      ['completed', 'resume', 'active'],
      ['completed', 'complete', 'completed'],
      ['completed', 'cancel', 'cancelled'],
      ['cancelled', 'cancel', 'cancelled'],
    ])('from %s, %s leads to %s', async (from, verb, to) => {
      const order = await makeOrder(service);
      for (const step of reach[from] ?? []) await act(order.id, step);
      const before = await readOrder(service, order.id);
      const answer = await act(order.id, verb);
      expect(answer).toMatchObject({ status: 200, body: { status: to } });
      expect(answer.body.version).toBe(before.version + (from === to ? 0 : 1));
      expect(await readOrder(service, order.id)).toEqual(answer.body);
    });

    test.each([
      ['completed', 'pause'],
      ['cancelled', 'pause'],
      ['cancelled', 'resume'],
      ['cancelled', 'complete'],
    ])('from %s, %s is a 409 that changes nothing', async (from, verb) => {
      const order = await makeOrder(service);
      for (const step of reach[from] ?? []) await act(order.id, step);
      const before = await readOrder(service, order.id);
      expect(await act(order.id, verb)).toMatchObject({
        status: 409,
        body: { error: 'invalid_state' },
      });
      expect(await readOrder(service, order.id)).toEqual(before);
    });

    test('a cancelled order cannot be edited', async () => {
      const order = await makeOrder(service);
      await act(order.id, 'cancel');
      expect(await editNow(order.id, { name: 'x' })).toMatchObject({
        status: 409,
        body: { error: 'order_cancelled' },
      });
    });

    test('an order without leads left cannot be resumed', async () => {
      const order = await makeOrder(service, { total_leads: 1 });
      await intake(service);
      expect(await act(order.id, 'resume')).toMatchObject({
        status: 409,
        body: { error: 'no_capacity' },
      });
      const paused = await makeOrder(service, { total_leads: 1, bonus_mode: true });
      await intake(service);
      await act(paused.id, 'pause');
      await editNow(paused.id, { bonus_mode: false });
      expect(await act(paused.id, 'resume')).toMatchObject({
        status: 409,
        body: { error: 'no_capacity' },
      });
    });

    test('who completed an order is told, and a key that is called system is not the system', async () => {
      const { token } = await makeKey(service, ['admin'], { name: 'system' });
      const order = await makeOrder(service, { order_type: 'monthly' });
      const answer = await service.post<OrderBody>(`/api/orders/${order.id}/complete`, undefined, {
        key: token,
      });
      expect(answer.body.completed_by).not.toBe('system');
      service.runtime.set('2026-04-01T00:00:00Z');
      await service.service.resetDueOrders();
      expect(await readOrder(service, order.id)).toMatchObject({ status: 'completed' });
      const other = await makeOrder(service);
      expect((await act(other.id, 'complete')).body.completed_by).toBe('LEADLOOP_ADMIN_KEY');
    });
  });
});
