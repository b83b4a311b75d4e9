import { startFakeCrm, type FakeCrm } from '../../fakes/crm.js';
import { DATABASES } from '../../support/databases.js';
import { ANN, startResponse, type ResponseService } from './support.js';

describe.each(DATABASES)('a receiver that times out, on %s', (database) => {
  let service: ResponseService;
  let crm: FakeCrm;

  beforeEach(async () => {
    crm = await startFakeCrm();
    service = await startResponse(database, {
      env: { EGRESS_ALLOW_CIDRS: '127.0.0.0/8', DELIVERY_TIMEOUT_SECONDS: '0.3' },
    });
  });
  afterEach(async () => {
    await service.stop();
    await crm.close();
  });

  test('a broker gets a distributed lead by the automatic retry, once', async () => {
    const broker = await service.post<{ id: string }>('/api/brokers', {
      name: 'Example Funding',
      crm_webhook_url: crm.url(),
    });
    await service.post('/api/orders', {
      broker_id: broker.body.id,
      name: 'MCA leads',
      verticals: ['MCA'],
      total_leads: 5,
    });
    const { lead_id: leadId } = await service.missed(ANN);
    crm.next({ kind: 'hang' });
    const made = await service.post<{ lead_id: string }>(`/api/leads/${leadId ?? ''}/distribute`, {
      vertical: 'MCA',
      credit_score: 700,
      funding_amount: 40_000,
    });
    await service.service.deliverDue();
    service.runtime.advance(3_600_000);
    await service.service.deliverDue();
    service.runtime.advance(3_600_000);
    await service.service.deliverDue();
    expect(crm.requests).toHaveLength(2);
    expect(new Set(crm.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    const timeline = await service.timeline(made.body.lead_id);
    expect(
      timeline.filter(({ type }) => type === 'delivery').map(({ data }) => data.status),
    ).toEqual(['sent']);
    const attempts = timeline.filter(({ type }) => type === 'delivery_attempt');
    expect(attempts.map(({ data }) => data.outcome)).toEqual([
      expect.stringContaining('timeout'),
      'sent',
    ]);
  });

  test('a subscriber gets the event of a new task by the automatic retry, once', async () => {
    await service.post('/api/subscriptions', { url: crm.url('/hook'), events: ['task.created'] });
    crm.next({ kind: 'hang' });
    const { task_id: taskId } = await service.missed(ANN);
    await service.service.handOnDue();
    service.runtime.advance(3_600_000);
    await service.service.handOnDue();
    service.runtime.advance(3_600_000);
    await service.service.handOnDue();
    expect(crm.requests).toHaveLength(2);
    expect(new Set(crm.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(JSON.parse(crm.requests[1]?.body ?? '{}')).toMatchObject({
      type: 'task.created',
      data: { task_id: taskId },
    });
  });
});
