import { startFakeCrm, status, type FakeCrm } from '../../fakes/crm.js';
import { until } from '../../support/builders.js';
import { DATABASES } from '../../support/databases.js';
import type { TestService } from '../../support/service.js';
import {
  assign,
  assignHeld,
  makeReceiver,
  readDelivery,
  startDeliveryService,
  type DeliveryBody,
} from './setup.js';

describe.each(DATABASES)('hand-over by a workflow on %s', (database) => {
  let service: TestService;
  let crm: FakeCrm;

  beforeAll(async () => {
    service = await startDeliveryService(database, { start: true });
    crm = await startFakeCrm();
  });
  afterAll(async () => {
    await service.stop();
    await crm.close();
  });
  beforeEach(() => {
    crm.requests.length = 0;
    crm.behave({ kind: 'answer', status: 200 });
  });

  const dispatch = (id: string, waitMs = 20_000) =>
    service.post<DeliveryBody>(`/api/deliveries/${id}/dispatch`, { wait_ms: waitMs });

  test('a held delivery is sent by a dispatch, which answers with the attempt', async () => {
    const id = await assignHeld(service, await makeReceiver(service, crm));
    const answer = await dispatch(id);
    expect(answer).toMatchObject({
      status: 200,
      body: { id, status: 'sent', release_at: null, attempts: [{ http_status: 200 }] },
    });
    expect(crm.requests).toHaveLength(1);
  });

  test('without waiting the answer is the delivery as it stands, and it goes out all the same', async () => {
    const id = await assignHeld(service, await makeReceiver(service, crm));
    const answer = await service.post<DeliveryBody>(`/api/deliveries/${id}/dispatch`);
    expect(answer.status).toBe(200);
    expect(['pending', 'sent']).toContain(answer.body.status);
    await crm.arrived(1);
    await until(async () => (await readDelivery(service, id)).status === 'sent');
  });

  test('on a sent one it answers sent and sends nothing', async () => {
    const id = await assignHeld(service, await makeReceiver(service, crm));
    await dispatch(id);
    expect((await dispatch(id)).body).toMatchObject({ status: 'sent', attempts: [{}] });
    expect(crm.requests).toHaveLength(1);
  });

  test('outside the hours it answers queued and sends nothing', async () => {
    const broker = await makeReceiver(service, crm, {
      contact_hours: 'custom',
      custom_hours: [{ days: [3], start: '09:00', end: '10:00' }],
      timezone: 'UTC',
    });
    const held = await assignHeld(service, broker);
    const expected = {
      status: 'queued',
      reason_code: 'outside_contact_hours',
      release_at: '2026-03-11T09:00:00.000Z',
    };
    expect((await dispatch(held, 0)).body).toMatchObject(expected);
    expect((await dispatch(await assign(service, broker))).body).toMatchObject(expected);
    expect(crm.requests).toHaveLength(0);
  });

  test('while paused it answers queued and sends nothing', async () => {
    const broker = await makeReceiver(service, crm);
    const held = await assignHeld(service, broker);
    await service.post(`/api/brokers/${broker.id}/deliveries/pause`);
    expect((await dispatch(held)).body).toMatchObject({
      status: 'queued',
      reason_code: 'deliveries_paused',
    });
    expect(crm.requests).toHaveLength(0);
  });

  test('it waits for a running attempt and sends no second one when that succeeds', async () => {
    crm.next({ kind: 'hang' });
    const id = await assign(service, await makeReceiver(service, crm));
    await crm.arrived(1);
    const answers = [dispatch(id), dispatch(id)];
    await until(async () => {
      const row = await service.store.db
        .selectFrom('deliveries')
        .select('again')
        .where('id', '=', id)
        .executeTakeFirst();
      return row?.again === 1;
    });
    crm.release();
    for (const answer of await Promise.all(answers)) {
      expect(answer.body).toMatchObject({ status: 'sent', attempts: [{}] });
    }
    expect(crm.requests).toHaveLength(1);
  });

  test('when the running attempt fails it makes one at once', async () => {
    crm.next({ kind: 'hang' });
    const id = await assign(service, await makeReceiver(service, crm));
    await crm.arrived(1);
    const answer = dispatch(id);
    await until(async () => {
      const row = await service.store.db
        .selectFrom('deliveries')
        .select('again')
        .where('id', '=', id)
        .executeTakeFirst();
      return row?.again === 1;
    });
    crm.release(500);
    expect((await answer).body).toMatchObject({
      status: 'sent',
      attempts: [{ outcome: 'server_error' }, { outcome: 'sent' }],
    });
    expect(crm.requests.map((request) => request.together)).toEqual([1, 1]);
  });

  test('a delivery that waits for its next attempt gets it at once, and only that one', async () => {
    crm.next(status(500), status(500));
    const id = await assign(service, await makeReceiver(service, crm));
    await until(async () => (await readDelivery(service, id)).attempts.length === 1);
    expect((await dispatch(id)).body).toMatchObject({
      status: 'pending',
      reason_code: 'server_error',
      attempts: [{}, {}],
    });
    expect(crm.requests).toHaveLength(2);
  });

  test('failed and cancelled ones answer as they are', async () => {
    const broker = await makeReceiver(service, crm);
    crm.next(status(410));
    const failed = await assignHeld(service, broker);
    expect((await dispatch(failed)).body.status).toBe('failed');
    expect((await dispatch(failed)).body).toMatchObject({ status: 'failed', attempts: [{}] });
    const cancelled = await assignHeld(service, broker);
    expect((await service.post(`/api/deliveries/${cancelled}/cancel`)).status).toBe(200);
    expect((await dispatch(cancelled)).body).toMatchObject({ status: 'cancelled', attempts: [] });
    expect(crm.requests).toHaveLength(1);
  });

  test('a broker that does not receive is not waited for', async () => {
    crm.behave(status(500));
    const broker = await makeReceiver(service, crm);
    for (let count = 0; count < 5; count += 1) await dispatch(await assignHeld(service, broker));
    const answer = await dispatch(await assignHeld(service, broker));
    expect(answer.body).toMatchObject({
      status: 'pending',
      reason_code: 'breaker_open',
      attempts: [],
    });
    expect(crm.requests).toHaveLength(5);
  });

  test('many at once are answered one per id and in order', async () => {
    const broker = await makeReceiver(service, crm);
    const held: string[] = [];
    for (let count = 0; count < 30; count += 1) held.push(await assignHeld(service, broker));
    const nobody = service.runtime.newId();
    const ids = [...held.slice(0, 10), nobody, ...held.slice(10), held[0]];
    const answer = await service.post<{ data: (DeliveryBody & { error?: string })[] }>(
      '/api/deliveries/dispatch',
      { ids, wait_ms: 20_000 },
    );
    expect(answer.status).toBe(200);
    expect(answer.body.data.map((one) => one.id)).toEqual(ids);
    expect(answer.body.data[10]).toMatchObject({ id: nobody, error: 'not_found' });
    expect(answer.body.data.filter((one) => one.status === 'sent')).toHaveLength(31);
    expect(crm.requests).toHaveLength(30);
  });

  test('the time to wait and the number of ids have bounds', async () => {
    const id = service.runtime.newId();
    const answers = await Promise.all([
      service.post(`/api/deliveries/${id}/dispatch`, { wait_ms: 30_001 }),
      service.post(`/api/deliveries/${id}/dispatch`, { wait_ms: -1 }),
      service.post('/api/deliveries/dispatch', { ids: [] }),
      service.post('/api/deliveries/dispatch', { ids: Array.from({ length: 101 }, () => id) }),
      service.post('/api/deliveries/dispatch', { ids: ['not an id'] }),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([400, 400, 400, 400, 400]);
  });

  test('whoever waits is answered when the service stops', async () => {
    const stopping = await startDeliveryService(database, { start: true });
    const slow = await startFakeCrm();
    slow.behave({ kind: 'hang' });
    const id = await assignHeld(stopping, await makeReceiver(stopping, slow));
    const answer = stopping.post<DeliveryBody>(`/api/deliveries/${id}/dispatch`, {
      wait_ms: 30_000,
    });
    await slow.arrived(1);
    stopping.service.drain();
    expect((await answer).body).toMatchObject({ status: 'pending', attempts: [] });
    slow.release();
    await stopping.stop();
    await slow.close();
  });
});
