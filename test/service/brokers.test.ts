import {
  makeBroker,
  readPages,
  wipe,
  type BrokerBody,
  type ErrorBody,
} from '../support/builders.js';
import { DATABASES } from '../support/databases.js';
import { startTestService, type TestService } from '../support/service.js';

const FULL = {
  name: 'Example Funding',
  company: 'Example LLC',
  email: 'desk@example.com',
  phone: '+1 202 555 0100',
  crm_webhook_url: 'https://crm.example.com/leads',
  crm_headers: { 'x-team': 'blue' },
  rate_limit_per_minute: 60,
  contact_hours: 'custom',
  custom_hours: [{ days: [1, 2, 3], start: '22:00', end: '02:00' }],
  weekend_pause: true,
  dates_off: ['2026-12-25'],
  timezone: 'America/New_York',
};

describe.each(DATABASES)('brokers on %s', (database) => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService(database, { env: { TIMEZONE: 'Europe/Berlin' } });
  });
  afterEach(() => wipe(service));
  afterAll(() => service.stop());

  const edit = (broker: BrokerBody, fields: Record<string, unknown>) =>
    service.patch<BrokerBody & ErrorBody>(`/api/brokers/${broker.id}`, {
      version: broker.version,
      ...fields,
    });

  test('a name is all it takes; the rest has defaults', async () => {
    const answer = await service.post<BrokerBody>('/api/brokers', { name: ' Example ' });
    expect(answer.status).toBe(201);
    const { webhook_secret, ...broker } = answer.body;
    expect(webhook_secret).toMatch(/^whsec_[A-Za-z0-9+/]{32,}=*$/);
    expect(broker).toMatchObject({
      id: expect.any(String),
      name: 'Example',
      company: null,
      email: null,
      phone: null,
      assignment_status: 'active',
      crm_webhook_url: null,
      crm_headers: {},
      rate_limit_per_minute: null,
      contact_hours: 'anytime',
      custom_hours: [],
      weekend_pause: false,
      dates_off: [],
      timezone: 'Europe/Berlin',
      version: 1,
      created_at: '2026-03-10T15:00:00.000Z',
      updated_at: '2026-03-10T15:00:00.000Z',
    });
    const read = await service.get(`/api/brokers/${broker.id}`);
    expect(read.body).toEqual(broker);
  });

  test('every field is kept, and the secret is shown at creation alone', async () => {
    const { webhook_secret, ...made } = await makeBroker(service, FULL);
    expect(made).toMatchObject(FULL);
    const edited = await edit(made as BrokerBody, { name: 'Renamed' });
    const answers = [
      await service.get(`/api/brokers/${made.id}`),
      await service.get('/api/brokers'),
      await service.get('/api/activity'),
      await service.post(`/api/brokers/${made.id}/pause`),
      edited,
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(JSON.stringify(answer.body)).not.toContain(webhook_secret);
    }
    const other = await makeBroker(service);
    expect(other.webhook_secret).not.toBe(webhook_secret);
  });

  test.each([
    [{ name: undefined }, 'name'],
    [{ name: ' ' }, 'name'],
    [{ name: 'x'.repeat(201) }, 'name'],
    [{ email: 'nobody' }, 'email'],
    [{ phone: '123' }, 'phone'],
    [{ assignment_status: 'asleep' }, 'assignment_status'],
    [{ crm_webhook_url: 'crm.example.com' }, 'crm_webhook_url'],
    [{ crm_webhook_url: 'ftp://crm.example.com/' }, 'crm_webhook_url'],
    [{ crm_webhook_url: 'javascript:alert(1)' }, 'crm_webhook_url'],
    [{ crm_webhook_url: 'https://' }, 'crm_webhook_url'],
    [{ crm_webhook_url: `https://crm.example.com/${'x'.repeat(2000)}` }, 'crm_webhook_url'],
    [{ crm_headers: 'x: y' }, 'crm_headers'],
    [{ crm_headers: { 'x-a': 1 } }, 'crm_headers.x-a'],
    [{ crm_headers: { 'x a': 'b' } }, 'crm_headers.x a'],
    [{ crm_headers: { 'x-a': 'b\r\nx-c: d' } }, 'crm_headers.x-a'],
    [{ crm_headers: { 'Content-Length': '1' } }, 'crm_headers.Content-Length'],
    [{ crm_headers: { 'webhook-signature': 'v1,x' } }, 'crm_headers.webhook-signature'],
    [{ rate_limit_per_minute: 0 }, 'rate_limit_per_minute'],
    [{ rate_limit_per_minute: 1.5 }, 'rate_limit_per_minute'],
    [{ contact_hours: 'sometimes' }, 'contact_hours'],
    [{ contact_hours: 'custom' }, 'custom_hours'],
    [{ custom_hours: [{ days: [8], start: '09:00', end: '17:00' }] }, 'custom_hours.0.days.0'],
    [{ custom_hours: [{ days: [1], start: '9:00', end: '17:00' }] }, 'custom_hours.0.start'],
    [{ custom_hours: [{ days: [1], start: '09:00', end: '09:00' }] }, 'custom_hours.0.end'],
    [{ weekend_pause: 'perhaps' }, 'weekend_pause'],
    [{ dates_off: ['2026-02-30'] }, 'dates_off.0'],
    [{ timezone: 'Mars/Olympus' }, 'timezone'],
    [{ timezone: '+05:00' }, 'timezone'],
    [{ timezone: 'GMT+25' }, 'timezone'],
    [{ version: 1 }, 'version'],
    [{ deliveries_paused: true }, 'deliveries_paused'],
  ])('a broker with %j is a 400 about %s', async (fields, field) => {
    const answer = await service.post<ErrorBody>('/api/brokers', { name: 'Example', ...fields });
    expect(answer).toMatchObject({ status: 400, body: { error: 'validation_error' } });
    expect(Object.keys(answer.body.details ?? {})).toEqual([field]);
    expect((await service.get('/api/brokers')).body).toMatchObject({ data: [] });
  });

  test('an edit changes what it names and nothing else', async () => {
    const { webhook_secret: _secret, ...broker } = await makeBroker(service, FULL);
    service.runtime.advance(1000);
    const answer = await edit(broker as BrokerBody, { company: 'Other LLC' });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      ...broker,
      company: 'Other LLC',
      version: 2,
      updated_at: '2026-03-10T15:00:01.000Z',
    });
  });

  test.each([[null], [''], ['  ']])('%j clears what may be empty', async (blank) => {
    const broker = await makeBroker(service, FULL);
    const names = ['company', 'email', 'phone', 'crm_webhook_url', 'rate_limit_per_minute'];
    const answer = await edit(broker, Object.fromEntries(names.map((name) => [name, blank])));
    expect(answer.status).toBe(200);
    for (const name of names) expect(answer.body[name]).toBeNull();
  });

  test('an edit on an outdated copy is a 409 that says which version is current', async () => {
    const broker = await makeBroker(service);
    expect((await edit(broker, { name: 'One' })).status).toBe(200);
    const stale = await edit(broker, { name: 'Two' });
    expect(stale).toMatchObject({
      status: 409,
      body: { error: 'stale_version', details: { current_version: 2 } },
    });
    expect((await service.get(`/api/brokers/${broker.id}`)).body).toMatchObject({ name: 'One' });
  });

  test('an edit that changes nothing makes no version', async () => {
    const broker = await makeBroker(service, FULL);
    expect(
      (await edit(broker, { name: FULL.name, crm_headers: { 'x-team': 'blue' } })).body.version,
    ).toBe(1);
    expect((await edit(broker, {})).body.version).toBe(1);
  });

  test.each([
    [{ name: ' ' }, 'name'],
    [{ timezone: 'Nowhere' }, 'timezone'],
    [{ contact_hours: 'custom', custom_hours: [] }, 'custom_hours'],
    [{ assignment_status: 'paused' }, 'assignment_status'],
    [{ id: 'x' }, 'id'],
    [{ version: undefined }, 'version'],
    [{ version: 0 }, 'version'],
    [{ version: 'one' }, 'version'],
  ])('an edit with %j is a 400 about %s', async (fields, field) => {
    const answer = await edit(await makeBroker(service), fields);
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.body.details ?? {})).toEqual([field]);
  });

  test('switching to custom hours without windows is refused, with the windows it had is not', async () => {
    const broker = await makeBroker(service);
    const refused = await edit(broker, { contact_hours: 'custom' });
    expect(refused).toMatchObject({
      status: 400,
      body: { details: { custom_hours: expect.any(String) } },
    });
    const given = await edit(broker, { custom_hours: FULL.custom_hours });
    expect((await edit(given.body, { contact_hours: 'custom' })).status).toBe(200);
  });

  test('pause and resume are versions, and what already is stays', async () => {
    const broker = await makeBroker(service);
    const act = async (verb: string) =>
      (await service.post<BrokerBody>(`/api/brokers/${broker.id}/${verb}`)).body;
    expect(await act('resume')).toMatchObject({ assignment_status: 'active', version: 1 });
    expect(await act('pause')).toMatchObject({ assignment_status: 'paused', version: 2 });
    expect(await act('pause')).toMatchObject({ assignment_status: 'paused', version: 2 });
    expect(await act('resume')).toMatchObject({ assignment_status: 'active', version: 3 });
  });

  test('the list is paged newest first and filtered by status', async () => {
    const made: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const assignment_status = n === 2 ? 'paused' : 'active';
      made.push((await makeBroker(service, { assignment_status })).id);
    }
    const pages = await readPages<BrokerBody>(service, '/api/brokers?limit=2');
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
    expect(pages.flat().map((broker) => broker.id)).toEqual(made.toReversed());
    const paused = await service.get('/api/brokers?assignment_status=paused');
    expect(paused.body).toMatchObject({ data: [{ id: made[2] }], next_cursor: null });
  });
});
