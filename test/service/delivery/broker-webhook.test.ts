import { startFakeCrm, status, type FakeCrm } from '../../fakes/crm.js';
import { makeBroker } from '../../support/builders.js';
import { DATABASES } from '../../support/databases.js';
import type { TestService } from '../../support/service.js';
import {
  assign,
  makeReceiver,
  readDelivery,
  startDeliveryService,
  verifySigned,
  type AttemptBody,
} from './setup.js';

const HOUR = 3_600_000;

describe.each(DATABASES)("a broker's webhook on %s", (database) => {
  let service: TestService;
  let crm: FakeCrm;

  beforeAll(async () => {
    service = await startDeliveryService(database, { env: { DELIVERY_RETRY_DELAYS: '0,5' } });
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

  async function nextRequest(broker: { vertical: string }) {
    await assign(service, broker);
    await service.service.deliverDue();
    const request = crm.requests.at(-1);
    if (request === undefined) throw new Error('No request came.');
    return request;
  }

  const rotate = async (broker: { id: string }, body: Record<string, unknown> = {}) => {
    const answer = await service.post<{ webhook_secret: string }>(
      `/api/brokers/${broker.id}/rotate-secret`,
      body,
    );
    expect(answer.status).toBe(200);
    return answer.body.webhook_secret;
  };

  test('during a rotation both secrets verify, for 24 hours, and then only the new one', async () => {
    const broker = await makeReceiver(service, crm);
    const fresh = await rotate(broker);
    expect(fresh).toMatch(/^whsec_/);
    expect(fresh).not.toBe(broker.webhook_secret);
    const now = () => service.runtime.clock.now();
    const during = await nextRequest(broker);
    expect(() => verifySigned(during, broker.webhook_secret, now())).not.toThrow();
    expect(() => verifySigned(during, fresh, now())).not.toThrow();
    service.runtime.advance(24 * HOUR - 1);
    const last = await nextRequest(broker);
    expect(() => verifySigned(last, broker.webhook_secret, now())).not.toThrow();
    service.runtime.advance(1);
    const after = await nextRequest(broker);
    expect(() => verifySigned(after, broker.webhook_secret, now())).toThrow(
      'No matching signature',
    );
    expect(() => verifySigned(after, fresh, now())).not.toThrow();
  });

  test('an overlap of 0 ends the old secret at once, and another rotation never lengthens one', async () => {
    const broker = await makeReceiver(service, crm);
    const second = await rotate(broker, { overlap_hours: 0 });
    const now = service.runtime.clock.now();
    const request = await nextRequest(broker);
    expect(() => verifySigned(request, broker.webhook_secret, now)).toThrow(
      'No matching signature',
    );
    expect(() => verifySigned(request, second, now)).not.toThrow();
    await rotate(broker, { overlap_hours: 1 });
    await rotate(broker, { overlap_hours: 48 });
    service.runtime.advance(HOUR);
    const later = await nextRequest(broker);
    expect(() => verifySigned(later, second, service.runtime.clock.now())).toThrow(
      'No matching signature',
    );
  });

  test('secrets are shown once and never again', async () => {
    const broker = await makeReceiver(service, crm);
    await rotate(broker);
    const shown = await service.get(`/api/brokers/${broker.id}`);
    expect(JSON.stringify(shown.body)).not.toContain('whsec_');
    const activity = await service.get(`/api/activity?subject_id=${broker.id}`);
    expect(JSON.stringify(activity.body)).not.toContain('whsec_');
  });

  test('a test payload is marked, signed, tells the outcome and touches no lead', async () => {
    const broker = await makeReceiver(service, crm);
    const answer = await service.post<AttemptBody & { webhook_id: string }>(
      `/api/brokers/${broker.id}/test-webhook`,
    );
    expect(answer).toMatchObject({
      status: 200,
      body: { http_status: 200, outcome: 'sent' },
    });
    const [request] = crm.requests;
    if (request === undefined) throw new Error('No request came.');
    expect(request.headers['webhook-id']).toBe(answer.body.webhook_id);
    expect(verifySigned(request, broker.webhook_secret, service.runtime.clock.now())).toMatchObject(
      {
        test: true,
        lead_id: null,
        email: 'test@example.com',
      },
    );
    crm.next(status(403));
    const refused = await service.post(`/api/brokers/${broker.id}/test-webhook`);
    expect(refused).toMatchObject({
      status: 200,
      body: { http_status: 403, outcome: 'client_error', response_excerpt: 'status 403' },
    });
    const list = await service.get<{ data: unknown[] }>(`/api/deliveries?broker_id=${broker.id}`);
    expect(list.body.data).toEqual([]);
    const none = await makeBroker(service);
    const without = await service.post(`/api/brokers/${none.id}/test-webhook`);
    expect(without).toMatchObject({ status: 409, body: { error: 'no_webhook_url' } });
  });

  test("a broker's failures since a moment are sent again, each with a schedule of its own", async () => {
    const broker = await makeReceiver(service, crm);
    const failAt = async (): Promise<string> => {
      crm.next(status(500), status(500));
      const id = await assign(service, broker);
      await service.service.deliverDue();
      service.runtime.advance(5_000);
      await service.service.deliverDue();
      expect((await readDelivery(service, id)).status).toBe('failed');
      // Keeps the breaker closed.
      await nextRequest(broker);
      return id;
    };
    const old = await failAt();
    service.runtime.advance(HOUR);
    const since = new Date(service.runtime.clock.now()).toISOString();
    const recent = [await failAt(), await failAt()];
    crm.requests.length = 0;
    crm.next(status(500));
    const replayed = await service.post(`/api/brokers/${broker.id}/replay`, { since });
    expect(replayed).toMatchObject({ status: 200, body: { replayed: 2 } });
    await service.service.deliverDue();
    service.runtime.advance(5_000);
    await service.service.deliverDue();
    for (const id of recent) expect((await readDelivery(service, id)).status).toBe('sent');
    expect((await readDelivery(service, old)).status).toBe('failed');
    expect(crm.requests).toHaveLength(3);
    const again = await service.post(`/api/brokers/${broker.id}/replay`, { since });
    expect(again.body).toEqual({ replayed: 0 });
    expect((await service.post(`/api/deliveries/${old}/retry`)).status).toBe(200);
    await service.service.deliverDue();
    expect(await readDelivery(service, old)).toMatchObject({
      status: 'sent',
      attempts: [{}, {}, {}],
    });
    const sent = await service.post(`/api/deliveries/${old}/retry`);
    expect(sent).toMatchObject({ status: 409, body: { error: 'already_sent' } });
  });

  test('a failed delivery of a lead that went to another order is not sent again', async () => {
    const [first, second] = [await makeReceiver(service, crm), await makeReceiver(service, crm)];
    crm.next(status(410));
    const id = await assign(service, first);
    await service.service.deliverDue();
    const { lead_id: leadId } = await readDelivery(service, id);
    const orders = await service.get<{ data: { id: string }[] }>(
      `/api/orders?broker_id=${second.id}`,
    );
    await service.post(`/api/leads/${leadId}/reassign`, { order_id: orders.body.data[0]?.id });
    const retried = await service.post(`/api/deliveries/${id}/retry`);
    expect(retried).toMatchObject({ status: 409, body: { error: 'reassigned' } });
    const replayed = await service.post(`/api/brokers/${first.id}/replay`, {
      since: '2026-01-01T00:00:00Z',
    });
    expect(replayed.body).toEqual({ replayed: 0 });
  });
});

describe.each(DATABASES)("a broker's URL on %s", (database) => {
  let service: TestService;

  beforeAll(async () => {
    service = await startDeliveryService(database, {
      env: { EGRESS_ALLOW_CIDRS: '' },
      deliveryAgent: {
        resolver: (name) =>
          Promise.resolve(
            name === 'mixed.example.com'
              ? [
                  { address: '93.184.215.14', family: 4 },
                  { address: '10.0.0.1', family: 4 },
                ]
              : [{ address: '127.0.0.1', family: 4 }],
          ),
      },
    });
  });
  afterAll(() => service.stop());

  test.each([
    'http://127.0.0.1/leads',
    'http://localhost/leads',
    'http://2130706433/leads',
    'http://0x7f.1/leads',
    'http://[::1]/leads',
    'http://[::ffff:10.0.0.1]/leads',
    'http://[::ffff:127.0.0.1]/leads',
    'http://169.254.169.254/latest/meta-data',
    'http://100.64.0.1/leads',
    'http://224.0.0.1/leads',
    'https://crm.example.com:8443/leads',
    'https://user:secret@crm.example.com/leads',
    'ftp://crm.example.com/leads',
  ])('%s is refused when it is saved', async (url) => {
    const made = await service.post<{ details: Record<string, string> }>('/api/brokers', {
      name: 'Example',
      crm_webhook_url: url,
    });
    expect(made.status).toBe(400);
    expect(Object.keys(made.body.details)).toEqual(['crm_webhook_url']);
    const broker = await makeBroker(service, { crm_webhook_url: 'https://crm.example.com/leads' });
    const changed = await service.patch<{ details: Record<string, string> }>(
      `/api/brokers/${broker.id}`,
      { version: broker.version, crm_webhook_url: url },
    );
    expect(changed.status).toBe(400);
    expect(Object.keys(changed.body.details)).toEqual(['crm_webhook_url']);
  });

  test.each(['rebound.example.com', 'mixed.example.com'])(
    'a name that resolves to an inside address is refused when connecting (%s)',
    async (name) => {
      const broker = await makeReceiver(service, { url: () => `http://${name}/leads` });
      const id = await assign(service, broker);
      await service.service.deliverDue();
      expect(await readDelivery(service, id)).toMatchObject({
        status: 'pending',
        attempts: [{ http_status: null, outcome: 'egress_refused' }],
      });
    },
  );

  test('extra headers that are ours or malformed are refused', async () => {
    for (const headers of [
      { 'Webhook-Id': 'x' },
      { 'content-type': 'text/plain' },
      { Host: 'example.com' },
      { 'bad name': 'x' },
      { 'X-Break': 'a\r\nInjected: b' },
    ]) {
      const made = await service.post('/api/brokers', { name: 'Example', crm_headers: headers });
      expect(made.status).toBe(400);
    }
  });
});
