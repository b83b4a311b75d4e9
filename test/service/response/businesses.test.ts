import { createDatabase, DATABASES } from '../../support/databases.js';
import { startTestService, type TestService } from '../../support/service.js';
import { ANN, startResponse, type ResponseService } from './support.js';

interface Business {
  id: string;
  name: string;
  phones: string[];
  version: number;
  locked: string[];
  is_default: boolean;
  [field: string]: unknown;
}

async function businesses(service: Pick<TestService, 'get'>): Promise<Business[]> {
  return (await service.get<{ data: Business[] }>('/api/businesses')).body.data;
}

describe.each(DATABASES)('businesses on %s', (database) => {
  test('without any setting there is one unnamed business, whose texts are not sent', async () => {
    const service = await startTestService(database);
    try {
      expect(await businesses(service)).toMatchObject([
        { name: 'Unnamed business', is_default: true, locked: [], timezone: 'UTC' },
      ]);
    } finally {
      await service.stop();
    }
  });

  test('the environment wins over what is stored, shows as locked, and leaves the rest alone', async () => {
    const db = await createDatabase(database);
    const start = (env: Record<string, string>) =>
      startTestService(database, { database: db, env });
    const first = await start({
      BUSINESS_NAME: 'Example Dental',
      BUSINESS_PHONE: '(202) 555-0100',
    });
    const [made] = await businesses(first);
    expect(made).toMatchObject({
      name: 'Example Dental',
      phones: ['+12025550100'],
      locked: ['name', 'phones'],
    });
    const path = `/api/businesses/${made?.id ?? ''}`;
    const refused = await first.patch(path, { version: made?.version, name: 'Other' });
    expect(refused).toMatchObject({
      status: 409,
      body: { error: 'set_by_environment', details: { fields: ['name'] } },
    });
    const edited = await first.patch<Business>(path, {
      version: made?.version,
      name: 'Example Dental',
      phones: ['+12025550100', '+12025550101'],
      urgent_route: 'Call 911',
      callback_number: '+12025550102',
    });
    expect(edited).toMatchObject({
      status: 200,
      body: { urgent_route: 'Call 911', locked: ['name', 'phones'] },
    });
    expect((await first.patch(path, { version: edited.body.version, phones: [] })).status).toBe(
      409,
    );
    await first.stop();

    const second = await start({
      BUSINESS_NAME: 'Example Dental & Co',
      BUSINESS_PHONE: '+12025550109',
      BUSINESS_HOURS: 'Mon-Sun 00:00-24:00',
      CALLBACK_NUMBER: '+12025550108',
    });
    expect(await businesses(second)).toMatchObject([
      {
        id: made?.id,
        name: 'Example Dental & Co',
        phones: ['+12025550109', '+12025550100', '+12025550101'],
        urgent_route: 'Call 911',
        callback_number: '+12025550108',
        locked: ['name', 'phones', 'hours', 'callback_number'],
      },
    ]);
    await second.stop();

    // What was set stays when the variable goes, and may be edited again.
    const third = await start({});
    const [left] = await businesses(third);
    expect(left).toMatchObject({ name: 'Example Dental & Co', locked: [] });
    const renamed = await third.patch(path, { version: left?.version, name: 'Renamed' });
    expect(renamed.status).toBe(200);
    await third.stop();
    await db.drop();
  });

  test('services that start at once make one default business', async () => {
    const db = await createDatabase(database);
    const started = await Promise.all(
      [1, 2, 3].map(() =>
        startTestService(database, { database: db, env: { BUSINESS_NAME: 'Example' } }),
      ),
    );
    const [service] = started;
    if (service === undefined) throw new Error('No service.');
    expect(await businesses(service)).toHaveLength(1);
    for (const one of started) await one.stop();
    await db.drop();
  });
});

describe.each(DATABASES)('several businesses on %s', (database) => {
  let service: ResponseService;

  beforeAll(async () => {
    service = await startResponse(database);
  });
  afterAll(() => service.stop());

  test('the number that was called says whose lead it is', async () => {
    const spa = await service.post<Business>('/api/businesses', {
      name: 'Example Spa',
      phones: ['+1 202 555 0177'],
      timezone: 'America/Los_Angeles',
      hours: [{ days: [1, 2, 3, 4, 5, 6, 7], start: '00:00', end: '24:00' }],
      response_window_minutes: 120,
      ghl_location_id: 'loc-1',
    });
    expect(spa).toMatchObject({ status: 201, body: { phones: ['+12025550177'], version: 1 } });
    const called = await service.missed(ANN, { To: '+12025550177' });
    const lead = await service.get(`/api/leads/${called.lead_id ?? ''}`);
    expect(lead.body).toMatchObject({ business_id: spa.body.id });
    const ghl = await service.post<{ lead_id: string }>('/api/calls/missed', {
      provider: 'ghl',
      params: { phone: '+12025550147', location: { id: 'loc-1' } },
    });
    expect((await service.get(`/api/leads/${ghl.body.lead_id}`)).body).toMatchObject({
      business_id: spa.body.id,
    });
    expect((await service.tasks(`?business_id=${spa.body.id}`))[0]).toMatchObject({
      due_at: '2026-03-10T17:00:00.000Z',
    });
    const taken = await service.post('/api/businesses', {
      name: 'Other',
      phones: ['+12025550177'],
    });
    expect(taken).toMatchObject({ status: 409, body: { error: 'phone_taken' } });
  });

  test.each([
    [{ templates: { acknowledgement: 'Hi {{nmae}}, {{business}}' } }, 'templates.acknowledgement'],
    [{ templates: { acknowledgement: 'No business named' } }, 'templates.acknowledgement'],
    [
      { templates: { acknowledgement: '{{business}} {{review_url}}' } },
      'templates.acknowledgement',
    ],
    [{ templates: { acknowledgement: '{{business' } }, 'templates.acknowledgement'],
    [
      { templates: { acknowledgement: `{{business}}${'x'.repeat(500)}` } },
      'templates.acknowledgement',
    ],
    [{ timezone: '+05:00' }, 'timezone'],
    [{ hours: [{ days: [8], start: '09:00', end: '17:00' }] }, 'hours.0.days.0'],
    [{ booking_url: 'javascript:alert(1)' }, 'booking_url'],
    [{ phones: ['not a number'] }, 'phones'],
    [{ response_window_minutes: 0 }, 'response_window_minutes'],
    [{ default_owner_id: '018f0000-0000-7000-8000-000000000000' }, 'default_owner_id'],
  ])('a business with %j is refused with the field', async (fields, name) => {
    const answer = await service.post<{ details: Record<string, string> }>('/api/businesses', {
      name: 'Example',
      ...fields,
    });
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.body.details)).toContain(name);
  });

  test('its own template makes the text, and values cannot smuggle in placeholders or links', async () => {
    const [business] = (await businesses(service)).filter(({ is_default }) => is_default);
    const saved = await service.patch(`/api/businesses/${business?.id ?? ''}`, {
      version: business?.version,
      templates: { acknowledgement: '{{business}}: hi {{name}}! We look {{response_window}}.' },
    });
    expect(saved.status).toBe(200);
    await service.form({ name: 'www.example.com {{callback_number}}', phone: '+12025550148' });
    const [message] = await service.messages();
    expect(message?.body).toBe('Example Dental: hi! We look within 30 minutes.');
  });

  test('who may do what: reading needs read, writing needs admin', async () => {
    const key = await service.post<{ token: string }>('/api/api-keys', {
      name: 'op',
      scopes: ['operate'],
    });
    const options = { key: key.body.token };
    expect((await service.get('/api/businesses', options)).status).toBe(200);
    expect((await service.post('/api/businesses', { name: 'x' }, options)).status).toBe(403);
    expect((await service.post('/api/staff', { name: 'x' }, options)).status).toBe(403);
    expect((await service.get('/api/forms', options)).status).toBe(403);
  });

  test('edits leave who, when and what in the activity log', async () => {
    const made = await service.post<{ id: string; version: number }>('/api/staff', {
      name: 'Ann Desk',
    });
    await service.patch(`/api/staff/${made.body.id}`, { version: 1, on_duty: false });
    expect(
      await service.patch(`/api/staff/${made.body.id}`, { version: 1, on_duty: true }),
    ).toMatchObject({
      status: 409,
      body: { error: 'stale_version' },
    });
    const log = await service.get<{ data: unknown[] }>(`/api/activity?subject_id=${made.body.id}`);
    expect(log.body.data).toMatchObject([
      { action: 'staff.updated', before: { on_duty: true }, after: { on_duty: false } },
      { action: 'staff.created' },
    ]);
  });
});
