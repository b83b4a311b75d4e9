import { intake, leadOf, makeOrder, sendLead, wipe } from '../support/builders.js';
import { DATABASES } from '../support/databases.js';
import { startTestService, type TestService } from '../support/service.js';

const EMAIL = 'pat@example.com';

describe.each(DATABASES)('duplicates on %s', (database) => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService(database);
  });
  beforeEach(() => makeOrder(service));
  afterEach(() => wipe(service));
  afterAll(() => service.stop());

  const countLeads = async () =>
    (await service.store.db.selectFrom('leads').select('id').execute()).length;

  test('a contact id that was seen is answered with the lead that has it, and no more', async () => {
    const first = await intake(service, { ghl_contact_id: 'same' });
    const again = await sendLead(service, { ghl_contact_id: ' same ', credit_score: 800 });
    expect(again.status).toBe(200);
    expect(again.body).toEqual({
      lead_id: first.lead_id,
      status: 'duplicate',
      message: 'lead already exists',
    });
    expect(await countLeads()).toBe(1);
  });

  test('contact ids that differ in case are different', async () => {
    await intake(service, { ghl_contact_id: 'abc' });
    expect((await intake(service, { ghl_contact_id: 'ABC' })).status).toBeUndefined();
  });

  test('a duplicate takes no capacity and gets no decision', async () => {
    const { lead_id } = await intake(service, { ghl_contact_id: 'same' });
    await intake(service, { ghl_contact_id: 'same' });
    const orders = await service.get('/api/orders');
    expect(orders.body).toMatchObject({ data: [{ leads_delivered: 1, leads_remaining: 9 }] });
    expect(
      (await service.get<{ decisions: unknown[] }>(`/api/leads/${lead_id}`)).body.decisions,
    ).toHaveLength(1);
  });

  test('what a duplicate brought is kept under the lead it repeats', async () => {
    const { lead_id } = await intake(service, { ghl_contact_id: 'same' });
    const repeat = leadOf({ ghl_contact_id: 'same', note: 'second time' });
    await service.post('/api/leads/incoming', repeat);
    const events = await service.store.db
      .selectFrom('source_events')
      .select(['kind', 'raw'])
      .where('lead_id', '=', lead_id)
      .orderBy('id')
      .execute();
    expect(events).toEqual([
      { kind: 'intake', raw: expect.anything() },
      { kind: 'duplicate', raw: JSON.stringify(repeat) },
    ]);
  });

  test.each([
    ['+1 202 555 0123', '(202) 555-0123'],
    ['+12025550123', '2025550123'],
    ['202.555.0123', '1-202-555-0123'],
    ['+442079460018', '+44 (0)20 7946 0018'],
    ['call me at 77', 'Call me AT 7 7!'],
  ])('the same e-mail with %s and with %s is one person', async (one, other) => {
    const first = await intake(service, { email: EMAIL, phone: one });
    expect(await intake(service, { email: ' Pat@Example.COM ', phone: other })).toEqual({
      lead_id: first.lead_id,
      status: 'duplicate',
      message: 'lead already exists',
    });
  });

  test.each([
    ['another phone', { email: EMAIL, phone: '+12025550124' }],
    ['another e-mail', { email: 'sam@example.com', phone: '+12025550123' }],
    ['the e-mail alone', { email: EMAIL }],
    ['the phone alone', { phone: '+12025550123' }],
    ['the e-mail and a blank phone', { email: EMAIL, phone: ' ' }],
    ['the same digits in another country', { email: EMAIL, phone: '+442025550123' }],
  ])('%s makes another lead', async (_case, fields) => {
    await intake(service, { email: EMAIL, phone: '+12025550123' });
    expect((await intake(service, fields)).status).toBeUndefined();
    expect(await countLeads()).toBe(2);
  });

  test('two leads without e-mail and phone are two leads', async () => {
    await intake(service);
    expect((await intake(service)).assignment?.status).toBe('assigned');
  });

  test('a repeat of a rejected lead is a duplicate, by either layer', async () => {
    const contact = { email: EMAIL, phone: '+12025550123' };
    const first = await intake(service, { ghl_contact_id: 'r', credit_score: 500, ...contact });
    expect(first.status).toBe('rejected');
    const byId = await intake(service, { ghl_contact_id: 'r', credit_score: 800 });
    const byPerson = await intake(service, { credit_score: 800, ...contact });
    expect([byId, byPerson]).toMatchObject([
      { status: 'duplicate', lead_id: first.lead_id },
      { status: 'duplicate', lead_id: first.lead_id },
    ]);
  });

  test('the contact id counts before the person', async () => {
    const byId = await intake(service, { ghl_contact_id: 'id' });
    await intake(service, { email: EMAIL, phone: '+12025550123' });
    const both = await intake(service, {
      ghl_contact_id: 'id',
      email: EMAIL,
      phone: '+12025550123',
    });
    expect(both).toMatchObject({ status: 'duplicate', lead_id: byId.lead_id });
  });

  test('of two leads that an update made alike, the older one is the original', async () => {
    const contact = { email: EMAIL, phone: '+12025550123' };
    const older = await intake(service, contact);
    await intake(service, { ghl_contact_id: 'younger' });
    const update = await service.patch('/api/leads/update', {
      ghl_contact_id: 'younger',
      ...contact,
    });
    expect(update.status).toBe(200);
    expect(await intake(service, contact)).toMatchObject({
      status: 'duplicate',
      lead_id: older.lead_id,
    });
  });

  test('a lead of the other kind is no duplicate', async () => {
    const contact = { ghl_contact_id: 'kind', email: EMAIL, phone: '+12025550123' };
    const first = await intake(service, contact);
    await service.store.unit(function* () {
      const { db } = service.store;
      const query = db.updateTable('leads').set({ kind: 'response', status: 'open' });
      yield { kind: 'query', query: query.where('id', '=', first.lead_id).compile() };
    });
    expect((await intake(service, contact)).assignment?.status).toBe('assigned');
  });
});

describe.each(DATABASES)('duplicates with another default region on %s', (database) => {
  test('numbers without + are read in DEFAULT_REGION', async () => {
    const service = await startTestService(database, { env: { DEFAULT_REGION: 'GB' } });
    try {
      const first = await intake(service, { email: EMAIL, phone: '020 7946 0018' });
      expect(await intake(service, { email: EMAIL, phone: '+44 20 7946 0018' })).toMatchObject({
        status: 'duplicate',
        lead_id: first.lead_id,
      });
    } finally {
      await service.stop();
    }
  });
});
