import { DATABASES } from '../support/databases.js';
import { startTestService, type TestService } from '../support/service.js';

describe.each(DATABASES)('the service on %s', (database) => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService(database);
  });
  afterAll(() => service.stop());

  test('routes a posted lead to the order that fits and tells why', async () => {
    const broker = await service.post<{ id: string }>('/api/brokers', { name: 'Example Funding' });
    expect(broker.status).toBe(201);
    const order = await service.post<{ id: string }>('/api/orders', {
      broker_id: broker.body.id,
      name: 'MCA leads',
      verticals: ['MCA'],
      total_leads: 5,
    });
    expect(order.status).toBe(201);
    const lead = await service.post<{ lead_id: string }>('/api/leads/incoming', {
      ghl_contact_id: 'contact-1',
      vertical: ' mca ',
      credit_score: '700',
      funding_amount: '$40,000',
    });
    expect(lead).toMatchObject({
      status: 200,
      body: {
        assignment: {
          status: 'assigned',
          order_id: order.body.id,
          broker_id: broker.body.id,
          delivery_ids: [],
          delivery_status: null,
        },
        broker: { id: broker.body.id, name: 'Example Funding', phone: null },
      },
    });
    const logs = await service.get<{ data: unknown[] }>(
      `/api/leads/${lead.body.lead_id}/routing-logs`,
    );
    expect(logs.body.data).toMatchObject([
      { order_id: order.body.id, eligible: true, selected: true, to_win: null },
    ]);
  });
});
