import { startFakeCrm, status, type FakeCrm } from '../../fakes/crm.js';
import { DATABASES } from '../../support/databases.js';
import type { TestService } from '../../support/service.js';
import { assign, makeReceiver, readDelivery, startDeliveryService } from './setup.js';

describe.each(DATABASES)('pausing deliveries on %s', (database) => {
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

  test('a paused broker gets nothing, everything waits, and all of it goes when it resumes', async () => {
    const broker = await makeReceiver(service, crm);
    const before = await assign(service, broker);
    const paused = await service.post(`/api/brokers/${broker.id}/deliveries/pause`);
    expect(paused).toMatchObject({ status: 200, body: { deliveries_paused: true } });
    const after = await assign(service, broker);
    await service.service.deliverDue();
    for (const id of [before, after]) {
      expect(await readDelivery(service, id)).toMatchObject({
        status: 'queued',
        reason_code: 'deliveries_paused',
        release_at: null,
      });
    }
    expect(crm.requests).toHaveLength(0);
    const resumed = await service.post(`/api/brokers/${broker.id}/deliveries/resume`);
    expect(resumed.body).toMatchObject({ deliveries_paused: false });
    await service.service.deliverDue();
    expect(crm.requests.map((request) => request.headers['webhook-id']).sort()).toEqual(
      [before, after].sort(),
    );
  });

  test('a retry of a paused broker waits too, and keeps its attempts', async () => {
    crm.behave(status(500));
    const broker = await makeReceiver(service, crm);
    const id = await assign(service, broker);
    await service.service.deliverDue();
    await service.post(`/api/brokers/${broker.id}/deliveries/pause`);
    service.runtime.advance(60_000);
    await service.service.deliverDue();
    expect(await readDelivery(service, id)).toMatchObject({ status: 'queued', attempts: [{}] });
    crm.behave({ kind: 'answer', status: 200 });
    await service.post(`/api/brokers/${broker.id}/deliveries/resume`);
    await service.service.deliverDue();
    expect(await readDelivery(service, id)).toMatchObject({ status: 'sent', attempts: [{}, {}] });
  });

  test('the pause of all holds every broker back; what another pause holds stays', async () => {
    const [free, paused] = [await makeReceiver(service, crm), await makeReceiver(service, crm)];
    await service.post(`/api/brokers/${paused.id}/deliveries/pause`);
    expect((await service.post('/api/delivery/pause')).body).toEqual({ paused: true });
    expect((await service.get('/api/delivery')).body).toEqual({ paused: true });
    const ids = [await assign(service, free), await assign(service, paused)] as const;
    await service.service.deliverDue();
    expect(crm.requests).toHaveLength(0);
    expect(await readDelivery(service, ids[0])).toMatchObject({
      status: 'queued',
      reason_code: 'all_deliveries_paused',
    });
    expect((await service.post('/api/delivery/resume')).body).toEqual({ paused: false });
    await service.service.deliverDue();
    expect((await readDelivery(service, ids[0])).status).toBe('sent');
    expect(await readDelivery(service, ids[1])).toMatchObject({
      status: 'queued',
      reason_code: 'deliveries_paused',
    });
    expect(crm.requests).toHaveLength(1);
  });

  test('a broker whose URL was taken away keeps its deliveries until it has one again', async () => {
    const broker = await makeReceiver(service, crm);
    const id = await assign(service, broker);
    const without = await service.patch<{ version: number }>(`/api/brokers/${broker.id}`, {
      version: broker.version,
      crm_webhook_url: null,
    });
    await service.service.deliverDue();
    expect(await readDelivery(service, id)).toMatchObject({
      status: 'queued',
      reason_code: 'no_webhook_url',
    });
    await service.patch(`/api/brokers/${broker.id}`, {
      version: without.body.version,
      crm_webhook_url: crm.url('/new'),
    });
    await service.service.deliverDue();
    expect((await readDelivery(service, id)).status).toBe('sent');
    expect(crm.requests.map((request) => request.path)).toEqual(['/new']);
  });

  test('a large crowd is queued and let go whole', async () => {
    const broker = await makeReceiver(service, crm);
    await service.post(`/api/brokers/${broker.id}/deliveries/pause`);
    await service.post('/api/delivery/pause');
    await service.post(`/api/brokers/${broker.id}/deliveries/resume`);
    const leads = Array.from({ length: 500 }, (_unused, index) => ({
      ghl_contact_id: `crowd-${broker.id}-${index}`,
      vertical: broker.vertical,
      credit_score: 700,
      funding_amount: 50_000,
    }));
    await service.post('/api/leads/incoming/batch', { leads });
    await service.post('/api/leads/incoming/batch', {
      leads: leads.map((lead) => ({ ...lead, ghl_contact_id: `${lead.ghl_contact_id}-more` })),
    });
    await service.service.deliverDue();
    expect(crm.requests).toHaveLength(0);
    const health = await service.get(`/api/brokers/${broker.id}/health`);
    expect(health.body).toMatchObject({
      all_deliveries_paused: true,
      waiting: { pending: 0, queued: 1000, held: 0 },
    });
    await service.post('/api/delivery/resume');
    await service.service.deliverDue();
    expect(new Set(crm.requests.map((request) => request.headers['webhook-id'])).size).toBe(1000);
    expect(crm.requests).toHaveLength(1000);
  });
});
