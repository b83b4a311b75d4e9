import { leadOf, makeBroker, makeOrder, wipe, type ErrorBody } from '../support/builders.js';
import { DATABASES } from '../support/databases.js';
import { startTestService, type TestService } from '../support/service.js';

/** What PostgreSQL cannot store, and what neither database gives back as it was. */
const UNSTORABLE = [
  ['NUL', 'text\0text'],
  ['half a surrogate pair', 'text\ud800text'],
  ['the other half', 'text\udc00text'],
] as const;

const LEAD_FIELDS = [
  'ghl_contact_id',
  'first_name',
  'last_name',
  'business_name',
  'email',
  'phone',
  'state',
  'vertical',
  'funding_purpose',
  'ai_call_notes',
  'ai_call_status',
];

describe.each(DATABASES)('text that a database cannot hold on %s', (database) => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService(database);
  });
  afterEach(() => wipe(service));
  afterAll(() => service.stop());

  const expectRefused = async (
    method: 'post' | 'patch',
    path: string,
    body: unknown,
    field: string,
  ): Promise<void> => {
    const answer = await service[method]<ErrorBody>(path, body);
    expect({ status: answer.status, body: answer.body }).toMatchObject({
      status: 400,
      body: { error: expect.any(String), message: expect.any(String) },
    });
    expect(Object.keys(answer.body.details ?? {})).toEqual([field]);
  };

  describe.each(UNSTORABLE)('%s', (_name, text) => {
    test('is refused in every field of a lead', async () => {
      for (const field of LEAD_FIELDS) {
        const value = field === 'email' ? `${text}@example.com` : text;
        await expectRefused('post', '/api/leads/incoming', leadOf({ [field]: value }), field);
      }
    });

    test('is refused in every field of an update', async () => {
      await service.post('/api/leads/incoming', leadOf({ ghl_contact_id: 'u' }));
      for (const field of LEAD_FIELDS) {
        const body = {
          ghl_contact_id: 'u',
          [field]: field === 'email' ? `${text}@example.com` : text,
        };
        await expectRefused('patch', '/api/leads/update', body, field);
      }
    });

    test('is refused in every field of a broker', async () => {
      const broker = await makeBroker(service);
      const cases: [string, Record<string, unknown>][] = [
        ['name', { name: text }],
        ['company', { company: text }],
        ['email', { email: `${text}@example.com` }],
        ['phone', { phone: `${text}1234567` }],
        ['timezone', { timezone: text }],
        ['crm_webhook_url', { crm_webhook_url: `https://crm.example.com/${text}` }],
        ['crm_headers.x-a', { crm_headers: { 'x-a': text } }],
        [`crm_headers.${text}`, { crm_headers: { [text]: 'a' } }],
      ];
      for (const [field, fields] of cases) {
        await expectRefused('post', '/api/brokers', { name: 'Example', ...fields }, field);
        const edit = { version: broker.version, ...fields };
        await expectRefused('patch', `/api/brokers/${broker.id}`, edit, field);
      }
    });

    test('is refused in every field of an order', async () => {
      const order = await makeOrder(service);
      const base = { broker_id: order.broker_id, name: 'x', verticals: ['All'], total_leads: 1 };
      const cases: [string, Record<string, unknown>][] = [
        ['name', { name: text }],
        ['verticals.1', { verticals: ['MCA', text] }],
      ];
      for (const [field, fields] of cases) {
        await expectRefused('post', '/api/orders', { ...base, ...fields }, field);
        const edit = { version: order.version, ...fields };
        await expectRefused('patch', `/api/orders/${order.id}`, edit, field);
      }
    });

    test('is refused in the name of a key and in a simulation', async () => {
      await expectRefused('post', '/api/api-keys', { name: text, scopes: ['read'] }, 'name');
      await expectRefused(
        'post',
        '/api/routing/simulate',
        { lead: { vertical: text } },
        'lead.vertical',
      );
    });

    test('is kept in unknown fields, where it is only part of the payload', async () => {
      const payload = leadOf({ custom: text, [`custom ${text}`]: [text] });
      const answer = await service.post('/api/leads/incoming', payload);
      expect(answer.status).toBe(200);
      const [event] = await service.store.db.selectFrom('source_events').select('raw').execute();
      expect(JSON.parse(event?.raw ?? '')).toEqual(payload);
    });
  });

  test.each([
    '/api/leads?q=%00',
    '/api/leads?q=a%00b',
    '/api/leads?vertical=%00',
    '/api/unassigned?reason_code=a%00b',
    '/api/activity?subject_id=a%00b',
    '/api/activity?subject_type=a%00b',
    '/api/leads/lookup?phone=1234567%00',
    `/api/leads?cursor=${Buffer.from('["\\u0000"]').toString('base64url')}`,
    `/api/unassigned?cursor=${Buffer.from('["\\u0000","a"]').toString('base64url')}`,
  ])('%s is a 400', async (path) => {
    const answer = await service.get<ErrorBody>(path);
    expect(answer).toMatchObject({ status: 400, body: { error: 'validation_error' } });
  });

  test('half a surrogate pair within a cursor does no harm', async () => {
    const cursor = Buffer.from('["\\ud800"]').toString('base64url');
    expect([200, 400]).toContain((await service.get(`/api/leads?cursor=${cursor}`)).status);
  });
});
