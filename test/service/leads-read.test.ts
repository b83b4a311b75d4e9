import {
  intake,
  leadOf,
  makeBroker,
  makeOrder,
  readLead,
  readPages,
  wipe,
  type LeadBody,
  type PageBody,
} from '../support/builders.js';
import { DATABASES } from '../support/databases.js';
import { startTestService, type TestService } from '../support/service.js';

interface LogEntry {
  order_id: string;
  broker_id: string;
  decision_id: string;
  eligible: boolean;
  selected: boolean;
  score: { total: number };
}

describe.each(DATABASES)('reading leads on %s', (database) => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService(database);
  });
  afterEach(() => wipe(service));
  afterAll(() => service.stop());

  const list = async (query: string): Promise<string[]> => {
    const answer = await service.get<PageBody<LeadBody>>(`/api/leads?${query}`);
    expect(answer.status).toBe(200);
    return answer.body.data.map((lead) => lead.id);
  };

  test('a lead is answered with its fields and its decisions, and nothing internal', async () => {
    const broker = await makeBroker(service);
    const order = await makeOrder(service, { broker_id: broker.id });
    const fields = {
      ghl_contact_id: 'full',
      first_name: 'Pat',
      last_name: 'Doe',
      business_name: 'Doe LLC',
      email: 'pat@example.com',
      phone: '(202) 555-0123',
      state: 'TX',
      vertical: 'MCA',
      credit_score: 700,
      funding_amount: 50_000,
      funding_purpose: 'equipment',
      ai_call_notes: 'notes',
      ai_call_status: 'done',
    };
    const { lead_id } = await intake(service, fields);
    const at = '2026-03-10T15:00:00.000Z';
    const lead = await readLead(service, lead_id);
    for (const internal of [
      'email_key',
      'phone_key',
      'dedupe_key',
      'broker_pool',
      'source_key_id',
      'delivery_hold',
      'assigned_period',
    ]) {
      expect(lead).not.toHaveProperty(internal);
    }
    expect(lead).toMatchObject({
      ...fields,
      id: lead_id,
      kind: 'distribution',
      status: 'assigned',
      name: 'Pat Doe',
      assigned_broker_id: broker.id,
      assigned_order_id: order.id,
      assigned_at: at,
      rejection_reason: null,
      source: 'LEADLOOP_ADMIN_KEY',
      created_at: at,
      updated_at: at,
      version: 1,
      decisions: [
        {
          id: expect.any(String),
          at,
          status: 'assigned',
          order_id: order.id,
          broker_id: broker.id,
          reason_code: null,
          reason: null,
          trigger: 'intake',
          considered_count: 1,
        },
      ],
    });
  });

  test('the list is paged without gap or repetition, newest first, while leads come in', async () => {
    const sent: string[] = [];
    for (let batch = 0; batch < 2; batch += 1) {
      const leads = Array.from({ length: 115 }, () => leadOf());
      const answer = await service.post<{ results: { lead_id: string }[] }>(
        '/api/leads/incoming/batch',
        { leads },
      );
      sent.push(...answer.body.results.map((result) => result.lead_id));
    }
    for (const limit of [200, 50, 7]) {
      const pages = await readPages<LeadBody>(service, `/api/leads?limit=${limit}`);
      expect(pages.map((page) => page.length)).toEqual(
        Array.from({ length: Math.ceil(230 / limit) }, (_unused, page) =>
          Math.min(limit, 230 - page * limit),
        ),
      );
      expect(pages.flat().map((lead) => lead.id)).toEqual(sent.toReversed());
    }
    const first = await service.get<PageBody<LeadBody>>('/api/leads');
    expect(first.body.data).toHaveLength(50);
    await intake(service);
    const second = await service.get<PageBody<LeadBody>>(
      `/api/leads?cursor=${first.body.next_cursor}`,
    );
    expect(second.body.data[0]?.id).toBe(sent.toReversed()[50]);
  });

  test('a list whose last page is full ends there', async () => {
    await intake(service);
    await intake(service);
    const answer = await service.get<PageBody>('/api/leads?limit=2');
    expect(answer.body).toMatchObject({ next_cursor: null });
    expect(answer.body.data).toHaveLength(2);
  });

  test('filters by status, kind, vertical, broker and order, alone and together', async () => {
    const broker = await makeBroker(service);
    const mca = await makeOrder(service, { broker_id: broker.id, verticals: ['MCA'] });
    const sba = await makeOrder(service, { verticals: ['SBA'] });
    const one = (await intake(service, { vertical: 'MCA' })).lead_id;
    const two = (await intake(service, { vertical: 'sba ' })).lead_id;
    const waiting = (await intake(service, { vertical: 'Equipment' })).lead_id;
    const rejected = (await intake(service, { vertical: 'mca', credit_score: 400 })).lead_id;
    expect(await list('status=assigned')).toEqual([two, one]);
    expect(await list('status=unassigned')).toEqual([waiting]);
    expect(await list('status=rejected')).toEqual([rejected]);
    expect(await list('vertical=%20Mca')).toEqual([rejected, one]);
    expect(await list('vertical=SBA')).toEqual([two]);
    expect(await list(`broker_id=${broker.id}`)).toEqual([one]);
    expect(await list(`order_id=${sba.id}`)).toEqual([two]);
    expect(await list(`order_id=${mca.id}&status=rejected`)).toEqual([]);
    expect(await list('kind=distribution')).toEqual([rejected, waiting, two, one]);
    expect(await list('kind=response')).toEqual([]);
  });

  test('since includes its moment and until does not', async () => {
    const early = (await intake(service)).lead_id;
    service.runtime.advance(1000);
    const late = (await intake(service)).lead_id;
    expect(await list('since=2026-03-10T15:00:00Z')).toEqual([late, early]);
    expect(await list('since=2026-03-10T15:00:00.001Z')).toEqual([late]);
    expect(await list('until=2026-03-10T15:00:01Z')).toEqual([early]);
    expect(await list('since=2026-03-10T16:00:01%2B01:00')).toEqual([late]);
  });

  test.each([
    ['pat', true],
    ['PAT DOE', true],
    ['t d', true],
    ['doe llc', true],
    ['@example.', true],
    ['555-01', true],
    ['2025550123', true],
    ['contact-q', true],
    ['élodie', false],
    ['Élodie', false],
    ['100%', false],
    ['%', false],
    ['_', false],
    ['\\', false],
    ["'", false],
  ])('q=%s finds %s', async (q, found) => {
    const { lead_id } = await intake(service, {
      ghl_contact_id: 'contact-q',
      first_name: 'Pat',
      last_name: 'Doe',
      business_name: 'Doe LLC',
      email: 'pat@example.com',
      phone: '(202) 555-0123',
    });
    expect(await list(`q=${encodeURIComponent(q)}`)).toEqual(found ? [lead_id] : []);
  });

  test.each([
    ['Élodie', 'Élodie'],
    ['ÖZGÜR', 'ÖZGÜR'],
    ['50%_off\\', '%_off\\'],
    ["O'Hara", "o'har"],
  ])('a name %s is found by %s', async (first_name, q) => {
    const { lead_id } = await intake(service, { first_name });
    await intake(service, { first_name: '50 off' });
    expect(await list(`q=${encodeURIComponent(q)}`)).toEqual([lead_id]);
  });

  test('a vertical in letters beyond ASCII is found as it was written', async () => {
    const { lead_id } = await intake(service, { vertical: 'Énergie' });
    expect(await list(`vertical=${encodeURIComponent('Énergie')}`)).toEqual([lead_id]);
  });

  test('routing logs are paged across decisions, newest decision first, each order once', async () => {
    const broker = await makeBroker(service);
    const orders: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      orders.push((await makeOrder(service, { broker_id: broker.id, verticals: ['SBA'] })).id);
    }
    const { lead_id } = await intake(service);
    const path = `/api/leads/${lead_id}/routing-logs`;
    await service.post(`/api/leads/${lead_id}/reroute`);
    await makeOrder(service, { broker_id: broker.id, verticals: ['MCA'] });
    await service.service.retriesIdle();
    const { decisions } = await readLead(service, lead_id);
    expect(decisions.map((decision) => decision.trigger)).toEqual(['intake', 'reroute', 'retry']);
    const all = (await readPages<LogEntry>(service, path)).flat();
    expect(all).toHaveLength(16);
    expect(all.map((entry) => entry.decision_id)).toEqual([
      ...Array<string>(6).fill(decisions[2]?.id ?? ''),
      ...Array<string>(5).fill(decisions[1]?.id ?? ''),
      ...Array<string>(5).fill(decisions[0]?.id ?? ''),
    ]);
    expect(all[0]).toMatchObject({ eligible: true, selected: true, broker_id: broker.id });
    expect(all.slice(6, 11).map((entry) => entry.order_id)).toEqual(orders);
    for (const limit of [1, 4, 5, 6]) {
      expect((await readPages<LogEntry>(service, `${path}?limit=${limit}`)).flat()).toEqual(all);
    }
    const one = await readPages<LogEntry>(
      service,
      `${path}?decision_id=${decisions[1]?.id}&limit=2`,
    );
    expect(one.flat()).toEqual(all.slice(6, 11));
  });

  test('routing logs tell what was decided then, whatever became of the orders since', async () => {
    const order = await makeOrder(service, { verticals: ['MCA'], credit_score_min: 650 });
    const { lead_id } = await intake(service, { credit_score: 750 });
    const read = () => service.get<PageBody<LogEntry>>(`/api/leads/${lead_id}/routing-logs`);
    const before = (await read()).body;
    expect(before.data).toMatchObject([{ eligible: true, selected: true, score: { total: 65 } }]);
    const { version } = (await service.get<{ version: number }>(`/api/orders/${order.id}`)).body;
    await service.patch(`/api/orders/${order.id}`, {
      version,
      verticals: ['SBA'],
      credit_score_min: 800,
    });
    await service.post(`/api/orders/${order.id}/cancel`);
    expect((await read()).body).toEqual(before);
  });
});
