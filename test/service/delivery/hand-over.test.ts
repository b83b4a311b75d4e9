import { startFakeCrm, status, type FakeCrm } from '../../fakes/crm.js';
import { makeBroker, makeKey, makeOrder, readLead, sendLead } from '../../support/builders.js';
import { DATABASES } from '../../support/databases.js';
import type { TestService } from '../../support/service.js';
import {
  assign,
  eventsOf,
  makeReceiver,
  readDelivery,
  startDeliveryService,
  verifySigned,
  type DeliveryBody,
} from './setup.js';

describe.each(DATABASES)('handing a lead over on %s', (database) => {
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
  });

  test('an assigned lead reaches the CRM as one signed JSON object', async () => {
    const broker = await makeReceiver(service, crm, {
      crm_headers: { 'X-Partner': 'example', Authorization: 'Token 123' },
    });
    const id = await assign(service, broker, {
      first_name: 'Zoë',
      email: 'zoe@example.com',
      phone: '+1 202 555 0123',
    });
    expect(await readDelivery(service, id)).toMatchObject({ status: 'pending', attempts: [] });
    await service.service.deliverDue();

    const delivery = await readDelivery(service, id);
    const now = new Date(service.runtime.clock.now()).toISOString();
    expect(delivery).toMatchObject({
      status: 'sent',
      reason_code: null,
      broker_id: broker.id,
      channel: 'crm_webhook',
      sent_at: now,
      next_attempt_at: null,
      attempts: [
        { at: now, http_status: 200, outcome: 'sent', error_detail: null, response_excerpt: 'ok' },
      ],
    });
    expect(crm.requests).toHaveLength(1);
    const [request] = crm.requests;
    expect(request?.headers).toMatchObject({
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(service.runtime.clock.now() / 1000)),
      'content-type': 'application/json',
      'user-agent': 'LeadLoop/0.0.0-test',
      'x-partner': 'example',
      authorization: 'Token 123',
    });
    if (request === undefined) throw new Error('No request came.');
    const lead = await readLead(service, delivery.lead_id);
    const { decisions: _decisions, erased_at: _never, ...fields } = lead;
    expect(verifySigned(request, broker.webhook_secret, service.runtime.clock.now())).toEqual({
      ...fields,
      lead_id: lead.id,
      order_id: delivery.order_id,
      broker_id: broker.id,
    });
  });

  test('a lead of a broker without a URL has no delivery', async () => {
    const broker = await makeBroker(service);
    await makeOrder(service, { broker_id: broker.id, verticals: ['no url'] });
    const { body } = await sendLead(service, { vertical: 'no url' });
    expect(body.assignment).toMatchObject({ delivery_ids: [], delivery_status: null });
  });

  test('the body is what the lead was at its assignment, whatever happens to it later', async () => {
    const broker = await makeReceiver(service, crm);
    const id = await assign(service, broker, { ghl_contact_id: 'frozen', first_name: 'Before' });
    const changed = await service.patch('/api/leads/update', {
      ghl_contact_id: 'frozen',
      first_name: 'After',
    });
    expect(changed.status).toBe(200);
    await service.service.deliverDue();
    expect(JSON.parse(crm.requests[0]?.body ?? '')).toMatchObject({ first_name: 'Before' });
    expect(crm.requests[0]?.headers['webhook-id']).toBe(id);
  });

  test('every attempt carries the same id and the same bytes, and a timestamp of its own', async () => {
    const broker = await makeReceiver(service, crm);
    crm.next(status(500), status(503));
    const id = await assign(service, broker);
    await service.service.deliverDue();
    service.runtime.advance(6_000);
    await service.service.deliverDue();
    service.runtime.advance(6 * 60_000);
    await service.service.deliverDue();
    expect((await readDelivery(service, id)).status).toBe('sent');
    expect(crm.requests).toHaveLength(3);
    expect(new Set(crm.requests.map((request) => request.body)).size).toBe(1);
    expect(new Set(crm.requests.map((request) => request.headers['webhook-id']))).toEqual(
      new Set([id]),
    );
    expect(new Set(crm.requests.map((request) => request.headers['webhook-timestamp'])).size).toBe(
      3,
    );
  });

  test('a delivery that arrived is told as an event', async () => {
    const broker = await makeReceiver(service, crm);
    const id = await assign(service, broker);
    await service.service.deliverDue();
    const delivery = await readDelivery(service, id);
    const events = await eventsOf(service, 'delivery.sent');
    expect(events.filter(({ data }) => data.delivery_id === id)).toEqual([
      {
        type: 'delivery.sent',
        data: {
          delivery_id: id,
          lead_id: delivery.lead_id,
          order_id: delivery.order_id,
          broker_id: broker.id,
          attempts: 1,
        },
      },
    ]);
  });

  test('lists filter by status, broker, lead and time, and turn pages', async () => {
    const broker = await makeReceiver(service, crm);
    const ids = [await assign(service, broker), await assign(service, broker)];
    await service.service.deliverDue();
    service.runtime.advance(60_000);
    const later = await assign(service, broker);
    const now = new Date(service.runtime.clock.now()).toISOString();
    const list = async (query: string): Promise<string[]> => {
      const { body } = await service.get<{ data: DeliveryBody[] }>(
        `/api/deliveries?broker_id=${broker.id}${query}`,
      );
      return body.data.map((delivery) => delivery.id);
    };
    expect(await list('')).toEqual([later, ids[1], ids[0]]);
    expect(await list('&status=sent')).toEqual([ids[1], ids[0]]);
    expect(await list('&status=pending')).toEqual([later]);
    expect(await list(`&since=${encodeURIComponent(now)}`)).toEqual([later]);
    const lead = (await readDelivery(service, later)).lead_id;
    expect(await list(`&lead_id=${lead}`)).toEqual([later]);
    const ofLead = await service.get<{ data: DeliveryBody[] }>(`/api/leads/${lead}/deliveries`);
    expect(ofLead.body.data.map((delivery) => delivery.id)).toEqual([later]);

    const page = await service.get<{ data: DeliveryBody[]; next_cursor: string }>(
      `/api/deliveries?broker_id=${broker.id}&limit=2`,
    );
    expect(page.body.data[1]?.attempts).toHaveLength(1);
    const rest = await service.get<{ data: DeliveryBody[]; next_cursor: string | null }>(
      `/api/deliveries?broker_id=${broker.id}&limit=2&cursor=${page.body.next_cursor}`,
    );
    expect(rest.body.data.map((delivery) => delivery.id)).toEqual([ids[0]]);
    expect(rest.body.next_cursor).toBeNull();
  });

  test('what there is not answers 404', async () => {
    const nobody = service.runtime.newId();
    const answers = await Promise.all([
      service.get(`/api/deliveries/${nobody}`),
      service.get(`/api/leads/${nobody}/deliveries`),
      service.get(`/api/brokers/${nobody}/health`),
      service.post(`/api/deliveries/${nobody}/dispatch`, {}),
      service.post(`/api/deliveries/${nobody}/retry`),
      service.post(`/api/deliveries/${nobody}/cancel`),
      service.post(`/api/brokers/${nobody}/replay`, { since: '2026-01-01T00:00:00Z' }),
      service.post(`/api/brokers/${nobody}/test-webhook`),
      service.post(`/api/brokers/${nobody}/rotate-secret`, {}),
      service.post(`/api/brokers/${nobody}/deliveries/pause`),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 404));
  });

  test('reading needs the scope read, acting the scope operate', async () => {
    const id = service.runtime.newId();
    const intakeOnly = await makeKey(service, ['intake']);
    const readOnly = await makeKey(service, ['read']);
    expect((await service.get('/api/deliveries', { key: intakeOnly.token })).status).toBe(403);
    expect((await service.get('/api/deliveries', { key: readOnly.token })).status).toBe(200);
    for (const path of ['dispatch', 'retry', 'cancel']) {
      const refused = await service.post(
        `/api/deliveries/${id}/${path}`,
        {},
        { key: readOnly.token },
      );
      expect(refused.status).toBe(403);
    }
    const operate = await makeKey(service, ['operate']);
    const rotate = `/api/brokers/${id}/rotate-secret`;
    expect((await service.post(rotate, {}, { key: operate.token })).status).toBe(403);
  });
});
