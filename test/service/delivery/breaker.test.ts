import { startFakeCrm, status, type FakeCrm } from '../../fakes/crm.js';
import { until } from '../../support/builders.js';
import { DATABASES } from '../../support/databases.js';
import type { TestService } from '../../support/service.js';
import {
  assign,
  eventsOf,
  makeReceiver,
  readDelivery,
  startDeliveryService,
  type DeliveryBody,
} from './setup.js';

const HOUR = 3_600_000;

describe.each(DATABASES)('brokers that do not receive on %s', (database) => {
  let service: TestService;
  let crm: FakeCrm;

  beforeEach(async () => {
    service = await startDeliveryService(database);
    crm = await startFakeCrm();
  });
  afterEach(async () => {
    await service.stop();
    await crm.close();
  });

  const health = async (broker: { id: string }) =>
    (await service.get(`/api/brokers/${broker.id}/health`)).body;

  test('after five failures deliveries wait, one probe at a time tests, and success lets all go', async () => {
    crm.behave(status(500));
    const broker = await makeReceiver(service, crm);
    expect(await health(broker)).toMatchObject({ health: 'green', breaker: 'closed' });
    for (let count = 0; count < 5; count += 1) {
      await assign(service, broker);
      await service.service.deliverDue();
    }
    expect(await health(broker)).toMatchObject({
      health: 'red',
      breaker: 'open',
      consecutive_failures: 5,
      failures_24h: 5,
      retry_at: '2026-03-10T15:00:30.000Z',
    });
    for (let count = 0; count < 10; count += 1) await assign(service, broker);
    await service.service.deliverDue();
    expect(crm.requests).toHaveLength(5);

    service.runtime.advance(30_000);
    await service.service.deliverDue();
    expect(crm.requests).toHaveLength(6);
    // A failed probe doubles the wait.
    service.runtime.advance(59_999);
    await service.service.deliverDue();
    expect(crm.requests).toHaveLength(6);

    crm.behave({ kind: 'answer', status: 200 });
    service.runtime.advance(1);
    await service.service.deliverDue();
    service.runtime.advance(HOUR);
    await service.service.deliverDue();
    const { body } = await service.get<{ data: DeliveryBody[] }>('/api/deliveries?limit=50');
    expect(body.data.map((delivery) => delivery.status)).toEqual(body.data.map(() => 'sent'));
    expect(await health(broker)).toMatchObject({
      health: 'yellow',
      breaker: 'closed',
      consecutive_failures: 0,
      failing_since: null,
    });
    expect(await eventsOf(service, 'broker.breaker_opened', 'broker.breaker_closed')).toMatchObject(
      [
        {
          type: 'broker.breaker_opened',
          data: { broker_id: broker.id, reason: 'consecutive_failures', consecutive_failures: 5 },
        },
        { type: 'broker.breaker_closed', data: { broker_id: broker.id } },
      ],
    );
    service.runtime.advance(24 * HOUR);
    expect(await health(broker)).toMatchObject({ health: 'green', failures_24h: 0 });
  });

  test('only one probe is under way, however much waits', async () => {
    crm.behave(status(500));
    const broker = await makeReceiver(service, crm);
    for (let count = 0; count < 8; count += 1) await assign(service, broker);
    await service.service.deliverDue();
    const before = crm.requests.length;
    crm.behave({ kind: 'hang' });
    service.runtime.advance(HOUR);
    const probing = service.service.deliverDue();
    await crm.arrived(before + 1);
    const other = await makeReceiver(service, { url: () => crm.url('/other') });
    await assign(service, other);
    void service.service.deliverDue();
    await crm.arrived(before + 2);
    expect(crm.requests.slice(before).map((request) => request.path)).toEqual(['/leads', '/other']);
    crm.behave({ kind: 'answer', status: 200 });
    crm.release();
    await probing;
  });

  test('a retry by hand tests a broker whose breaker is open', async () => {
    crm.behave(status(500));
    const broker = await makeReceiver(service, crm);
    const ids: string[] = [];
    for (let count = 0; count < 6; count += 1) {
      ids.push(await assign(service, broker));
      await service.service.deliverDue();
    }
    expect(crm.requests).toHaveLength(5);
    crm.behave({ kind: 'answer', status: 200 });
    const last = ids.at(-1) ?? '';
    expect((await service.post(`/api/deliveries/${last}/retry`)).status).toBe(200);
    await service.service.deliverDue();
    expect((await readDelivery(service, last)).status).toBe('sent');
    expect(await health(broker)).toMatchObject({ breaker: 'closed' });
  });

  test('a dead broker among ten holds back none of the others', async () => {
    const dead = await startFakeCrm();
    dead.behave({ kind: 'hang' });
    const deadBroker = await makeReceiver(service, dead);
    for (let count = 0; count < 200; count += 1) await assign(service, deadBroker);
    for (let number = 0; number < 9; number += 1) {
      const broker = await makeReceiver(service, crm);
      for (let count = 0; count < 10; count += 1) await assign(service, broker);
    }
    const delivering = service.service.deliverDue();
    await crm.arrived(90);
    // All others are served while the dead one holds its share of the slots and no more.
    await dead.arrived(16);
    expect(dead.open()).toBe(16);
    expect(dead.requests).toHaveLength(16);
    dead.behave(status(500));
    dead.release(500);
    await delivering;
    // Its breaker stopped the rest.
    expect(dead.requests.length).toBeLessThan(40);
    await dead.close();
  });

  test('a rate limit spreads attempts', async () => {
    const broker = await makeReceiver(service, crm, { rate_limit_per_minute: 120 });
    for (let count = 0; count < 7; count += 1) await assign(service, broker);
    const sentAfter: number[] = [];
    for (const wait of [0, 499, 1, 500, 1000, 1000]) {
      service.runtime.advance(wait);
      await service.service.deliverDue();
      sentAfter.push(crm.requests.length);
    }
    expect(sentAfter).toEqual([2, 2, 3, 4, 6, 7]);
  });

  test('a failure on our side uses up no attempt', async () => {
    const broker = await makeReceiver(service, crm);
    const id = await assign(service, broker);
    // Without a live secret nothing can be signed, and unsigned nothing leaves.
    await service.store.unit(function* () {
      yield {
        kind: 'query',
        query: service.store.db
          .updateTable('broker_secrets')
          .set({ expires_at: '2026-01-01T00:00:00.000Z' })
          .compile(),
      };
    });
    for (let count = 0; count < 12; count += 1) {
      await service.service.deliverDue();
      service.runtime.advance(5_000);
    }
    expect(await readDelivery(service, id)).toMatchObject({
      status: 'pending',
      reason_code: 'local_failure',
      attempts: [],
    });
    expect(crm.requests).toHaveLength(0);
    expect(await health(broker)).toMatchObject({ health: 'green', consecutive_failures: 0 });
    await service.post(`/api/brokers/${broker.id}/rotate-secret`, {});
    await service.service.deliverDue();
    expect((await readDelivery(service, id)).status).toBe('sent');
  });
});

describe.each(DATABASES)('a broker that fails for days on %s', (database) => {
  test.each([false, true])('is announced once; its orders are paused: %s', async (pauses) => {
    const service = await startDeliveryService(database, {
      env: { DELIVERY_PAUSE_FAILING_ORDERS: String(pauses) },
    });
    const crm = await startFakeCrm();
    crm.behave(status(500));
    const broker = await makeReceiver(service, crm);
    const other = await makeReceiver(service, crm);
    await assign(service, broker);
    for (let hours = 0; hours < 126; hours += 6) {
      if (!pauses || hours < 60) await assign(service, broker);
      await service.service.deliverDue();
      const long = await eventsOf(service, 'broker.breaker_opened');
      expect(long.some(({ data }) => data.reason === 'failing_for_long')).toBe(hours >= 120);
      service.runtime.advance(6 * HOUR);
    }
    const statusOf = async (brokerId: string) => {
      const { body } = await service.get<{ data: { status: string }[] }>(
        `/api/orders?broker_id=${brokerId}`,
      );
      return body.data[0]?.status;
    };
    await until(async () => (await statusOf(broker.id)) === (pauses ? 'paused' : 'active'));
    expect(await statusOf(other.id)).toBe('active');
    const alerts = await eventsOf(service, 'broker.breaker_opened');
    expect(alerts.filter(({ data }) => data.reason === 'failing_for_long')).toEqual([
      {
        type: 'broker.breaker_opened',
        data: expect.objectContaining({
          broker_id: broker.id,
          failing_since: '2026-03-10T15:00:00.000Z',
        }) as unknown,
      },
    ]);
    const { body } = await service.get(`/api/brokers/${broker.id}/health`);
    expect(body).toMatchObject({ health: 'red', failing_since: '2026-03-10T15:00:00.000Z' });
    await service.stop();
    await crm.close();
  });
});
