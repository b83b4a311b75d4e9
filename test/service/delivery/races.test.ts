import { startFakeCrm, status, type FakeCrm } from '../../fakes/crm.js';
import { until } from '../../support/builders.js';
import { createDatabase, DATABASES } from '../../support/databases.js';
import { testRuntime } from '../../support/runtime.js';
import type { TestService } from '../../support/service.js';
import { assign, makeReceiver, readDelivery, startDeliveryService } from './setup.js';

/** Deliveries of one broker, made in one request. */
async function assignMany(
  service: TestService,
  broker: { id: string; vertical: string },
  count: number,
  name = 'many',
): Promise<string[]> {
  const ids: string[] = [];
  for (let from = 0; from < count; from += 500) {
    const leads = Array.from({ length: Math.min(500, count - from) }, (_unused, index) => ({
      ghl_contact_id: `${name}-${broker.id}-${from + index}`,
      vertical: broker.vertical,
      credit_score: 700,
      funding_amount: 50_000,
    }));
    const { body } = await service.post<{
      results: { assignment: { delivery_ids: string[] } }[];
    }>('/api/leads/incoming/batch', { leads });
    ids.push(...body.results.flatMap((result) => result.assignment.delivery_ids));
  }
  return ids;
}

const idsOf = (crm: FakeCrm): string[] =>
  crm.requests.map((request) => request.headers['webhook-id'] ?? '').sort();

describe.each(DATABASES)('attempts that meet on %s', (database) => {
  let service: TestService;
  let crm: FakeCrm;

  beforeAll(async () => {
    service = await startDeliveryService(database);
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

  test('a retry by hand beside a running attempt starts none, and one after its failure', async () => {
    crm.next({ kind: 'hang' });
    const id = await assign(service, await makeReceiver(service, crm));
    const delivered = service.service.deliverDue();
    await crm.arrived(1);
    const retries = await Promise.all(
      [1, 2, 3].map(() => service.post(`/api/deliveries/${id}/retry`)),
    );
    expect(retries.map((retry) => retry.status)).toEqual([200, 200, 200]);
    crm.release(500);
    await delivered;
    expect(await readDelivery(service, id)).toMatchObject({ status: 'sent', attempts: [{}, {}] });
    expect(crm.requests.map((request) => request.together)).toEqual([1, 1]);
  });

  test('retries by hand and automatic ones that fall together never send one delivery twice', async () => {
    const broker = await makeReceiver(service, crm);
    crm.next(...Array.from({ length: 4 }, () => status(500)));
    const ids = await assignMany(service, broker, 4, 'meeting');
    await service.service.deliverDue();
    service.runtime.advance(5_000);
    await Promise.all([
      ...ids.map((id) => service.post(`/api/deliveries/${id}/retry`)),
      service.service.deliverDue(),
      service.service.deliverDue(),
      ...ids.map((id) => service.post(`/api/deliveries/${id}/dispatch`)),
    ]);
    await service.service.deliverDue();
    expect(idsOf(crm)).toEqual([...ids, ...ids].sort());
    expect(crm.requests.every((request) => request.together === 1)).toBe(true);
  });

  test('a worker that lost its lease changes nothing when it ends at last', async () => {
    const broker = await makeReceiver(service, crm);
    crm.next({ kind: 'hang' });
    const id = await assign(service, broker);
    const stuck = service.service.deliverDue();
    await crm.arrived(1);
    service.runtime.advance(60_000);
    const again = service.service.deliverDue();
    await crm.arrived(2);
    await until(async () => (await readDelivery(service, id)).status === 'sent');
    const sent = await readDelivery(service, id);
    crm.release(500);
    await Promise.all([stuck, again]);
    const after = await readDelivery(service, id);
    expect(after).toMatchObject({ status: 'sent', reason_code: null, sent_at: sent.sent_at });
    // What it did stays visible, and does not count against the broker.
    expect(after.attempts.map((attempt) => attempt.outcome).sort()).toEqual([
      'sent',
      'server_error',
    ]);
    const health = await service.get(`/api/brokers/${broker.id}/health`);
    expect(health.body).toMatchObject({ consecutive_failures: 0 });
    expect(new Set(crm.requests.map((request) => request.body)).size).toBe(1);
  });

  test('before its lease ends a claimed delivery belongs to its worker alone', async () => {
    crm.next({ kind: 'hang' });
    const id = await assign(service, await makeReceiver(service, crm));
    const stuck = service.service.deliverDue();
    await crm.arrived(1);
    service.runtime.advance(59_999);
    void service.service.deliverDue();
    await service.post(`/api/deliveries/${id}/dispatch`);
    await service.post(`/api/deliveries/${id}/retry`);
    crm.release();
    await stuck;
    expect(crm.requests).toHaveLength(1);
  });

  test('a lead reassigned before sending is cancelled for the first broker', async () => {
    const [first, second] = [await makeReceiver(service, crm), await makeReceiver(service, crm)];
    const id = await assign(service, first);
    const { lead_id: leadId } = await readDelivery(service, id);
    const orders = await service.get<{ data: { id: string }[] }>(
      `/api/orders?broker_id=${second.id}`,
    );
    const moved = await service.post(`/api/leads/${leadId}/reassign`, {
      order_id: orders.body.data[0]?.id,
    });
    expect(moved.status).toBe(200);
    await service.service.deliverDue();
    expect(await readDelivery(service, id)).toMatchObject({
      status: 'cancelled',
      reason_code: 'reassigned',
      attempts: [],
    });
    expect(crm.requests).toHaveLength(1);
    expect(JSON.parse(crm.requests[0]?.body ?? '')).toMatchObject({ broker_id: second.id });
    const retried = await service.post(`/api/deliveries/${id}/retry`);
    expect(retried).toMatchObject({ status: 409, body: { error: 'cancelled' } });
  });

  test('a cancellation that comes too late says that the broker has the lead', async () => {
    crm.next({ kind: 'hang' }, { kind: 'hang' });
    const broker = await makeReceiver(service, crm);
    const ids = await assignMany(service, broker, 2, 'late');
    const delivered = service.service.deliverDue();
    await crm.arrived(2);
    for (const id of ids) await service.post(`/api/deliveries/${id}/cancel`);
    crm.release();
    await delivered;
    for (const id of ids) {
      expect(await readDelivery(service, id)).toMatchObject({
        status: 'sent',
        reason_code: 'sent_before_cancelled',
      });
    }
  });

  test('a cancelled delivery whose running attempt fails stays cancelled and is not tried again', async () => {
    crm.next({ kind: 'hang' });
    const id = await assign(service, await makeReceiver(service, crm));
    const delivered = service.service.deliverDue();
    await crm.arrived(1);
    await service.post(`/api/deliveries/${id}/cancel`);
    crm.release(500);
    await delivered;
    service.runtime.advance(3_600_000);
    await service.service.deliverDue();
    expect(await readDelivery(service, id)).toMatchObject({
      status: 'cancelled',
      reason_code: 'cancelled_by_hand',
    });
    expect(crm.requests).toHaveLength(1);
  });
});

test('two services on one PostgreSQL share 1,000 deliveries and none is claimed twice', async () => {
  const database = await createDatabase('postgres');
  const crm = await startFakeCrm();
  const options = { database, start: true, env: { DELIVERY_CONCURRENCY: '24' } };
  const one = await startDeliveryService('postgres', { ...options, runtime: testRuntime() });
  const two = await startDeliveryService('postgres', { ...options, runtime: testRuntime() });
  try {
    const brokers = [await makeReceiver(one, crm), await makeReceiver(one, crm)] as const;
    await Promise.all([assignMany(one, brokers[0], 500), assignMany(two, brokers[1], 500)]);
    await crm.arrived(1000);
    await Promise.all([one.service.deliverDue(), two.service.deliverDue()]);
    expect(new Set(idsOf(crm)).size).toBe(1000);
    expect(crm.requests).toHaveLength(1000);
    const rows = await one.store.db.selectFrom('deliveries').select('status').execute();
    expect(rows.filter((row) => row.status === 'sent')).toHaveLength(1000);
    const attempts = await one.store.db.selectFrom('delivery_attempts').select('id').execute();
    expect(attempts).toHaveLength(1000);
    const sentBy = async (service: TestService): Promise<number> => {
      const text = await (await fetch(`${service.address}/metrics`)).text();
      return Number(/attempts_total\{outcome="sent"\} (\d+)/.exec(text)?.[1] ?? 0);
    };
    const shares = [await sentBy(one), await sentBy(two)] as const;
    expect(shares[0] + shares[1]).toBe(1000);
    expect(Math.min(...shares)).toBeGreaterThan(0);
  } finally {
    await one.stop();
    await two.stop();
    await database.drop();
    await crm.close();
  }
});
