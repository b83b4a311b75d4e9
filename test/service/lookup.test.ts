import { intake, makeBroker, makeOrder, wipe, type ErrorBody } from '../support/builders.js';
import { DATABASES } from '../support/databases.js';
import { startTestService, type TestService } from '../support/service.js';

const PHONE = '+12025550123';

describe.each(DATABASES)('GET /api/leads/lookup on %s', (database) => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService(database);
  });
  afterEach(() => wipe(service));
  afterAll(() => service.stop());

  const lookup = (phone: string, more = '') =>
    service.get(`/api/leads/lookup?phone=${encodeURIComponent(phone)}${more}`);

  test('an assigned lead is answered with its broker and when to reach it, and no more', async () => {
    const broker = await makeBroker(service, {
      company: 'Example LLC',
      email: 'desk@example.com',
      phone: '+1 202 555 0100',
      contact_hours: 'business_hours',
      timezone: 'America/Chicago',
    });
    await makeOrder(service, { broker_id: broker.id });
    const { lead_id } = await intake(service, {
      phone: PHONE,
      first_name: 'Pat',
      last_name: 'Doe',
    });
    const answer = await lookup(PHONE);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      lead_id,
      lead_name: 'Pat Doe',
      status: 'assigned',
      assigned: true,
      broker: {
        id: broker.id,
        name: 'Example Funding',
        company: 'Example LLC',
        email: 'desk@example.com',
        phone: '+1 202 555 0100',
        assignment_status: 'active',
        contact_hours: 'business_hours',
        timezone: 'America/Chicago',
      },
    });
  });

  test.each([
    [{}, 'rejected'],
    [{ vertical: 'SBA' }, 'unassigned'],
  ])('a lead without a broker says so: %j is %s', async (fields, status) => {
    if (status === 'unassigned') await makeOrder(service, { verticals: ['MCA'] });
    const { lead_id } = await intake(service, { phone: PHONE, ...fields });
    expect((await lookup(PHONE)).body).toEqual({
      lead_id,
      lead_name: null,
      status,
      assigned: false,
      broker: null,
    });
  });

  test.each(['2025550123', '(202) 555-0123', '1 202 555 0123', '+1-202-555-0123', ' 12025550123'])(
    'the number written as %s is found',
    async (written) => {
      const { lead_id } = await intake(service, { phone: PHONE });
      expect((await lookup(written)).body).toMatchObject({ lead_id });
    },
  );

  test('a + that the caller did not escape is found too', async () => {
    const { lead_id } = await intake(service, { phone: PHONE });
    expect((await service.get(`/api/leads/lookup?phone=${PHONE}`)).body).toMatchObject({ lead_id });
  });

  test('a number that is none is compared by its digits', async () => {
    const { lead_id } = await intake(service, { phone: 'ext. 77-12' });
    expect((await lookup('(ext) 7712')).body).toMatchObject({ lead_id });
  });

  test('of several leads with the number the newest is answered', async () => {
    await intake(service, { phone: PHONE });
    const newer = await intake(service, { phone: PHONE });
    expect((await lookup(PHONE)).body).toMatchObject({ lead_id: newer.lead_id });
  });

  test('leads of the other kind are found only when asked for', async () => {
    const { lead_id } = await intake(service, { phone: PHONE });
    await service.store.unit(function* () {
      const query = service.store.db.updateTable('leads').set({ kind: 'response', status: 'open' });
      yield { kind: 'query', query: query.compile() };
    });
    expect((await lookup(PHONE)).status).toBe(404);
    expect((await lookup(PHONE, '&kind=response')).body).toMatchObject({ lead_id, status: 'open' });
  });

  test('a number that no lead has is a 404', async () => {
    await intake(service, { phone: PHONE });
    const answer = await lookup('+12025550124');
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({ error: 'not_found', message: expect.any(String) });
    expect((await lookup('no digits here')).status).toBe(404);
  });

  test.each(['', '?phone=', '?phone=%20%20', '?phone=12345'])(
    '%j is a 400 about the phone',
    async (query) => {
      const answer = await service.get<ErrorBody>(`/api/leads/lookup${query}`);
      expect(answer).toMatchObject({ status: 400, body: { error: 'validation_error' } });
      expect(Object.keys(answer.body.details ?? {})).toEqual(['phone']);
    },
  );
});
