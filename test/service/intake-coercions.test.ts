import { intake, makeOrder, readLead, sendLead, wipe } from '../support/builders.js';
import { DATABASES } from '../support/databases.js';
import { startTestService, type TestService } from '../support/service.js';

const OPTIONAL = [
  'vertical',
  'first_name',
  'last_name',
  'business_name',
  'funding_purpose',
  'ai_call_notes',
  'ai_call_status',
  'email',
  'phone',
  'credit_score',
  'state',
];

describe.each(DATABASES)('what intake makes of values on %s', (database) => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService(database);
  });
  beforeEach(() => makeOrder(service));
  afterEach(() => wipe(service));
  afterAll(() => service.stop());

  const stored = async (fields: Record<string, unknown>) => {
    const { lead_id } = await intake(service, fields);
    return readLead(service, lead_id);
  };

  test.each([
    ['50000', 50_000],
    [' $50,000 ', 50_000],
    ['$ 1,234,567.89', 1_234_567.89],
    ['0050', 50],
    [0.01, 0.01],
    [1e3, 1000],
  ])('funding amount %j is %d', async (given, amount) => {
    expect(await stored({ funding_amount: given })).toMatchObject({
      status: 'assigned',
      funding_amount: amount,
    });
  });

  test.each([
    [undefined],
    [null],
    [''],
    [' '],
    [0],
    ['0'],
    [-1],
    ['-1'],
    ['$-5'],
    ['1e5'],
    ['0x10'],
    ['50k'],
    ['5,00'],
    ['50 000'],
    ['.5'],
    ['Infinity'],
    ['NaN'],
    ['٥٠'],
    [true],
    [[5000]],
    [{ amount: 5000 }],
    [1e300],
  ])('funding amount %j is missing: stored and rejected, no 400', async (given) => {
    expect(await stored({ funding_amount: given })).toMatchObject({
      status: 'rejected',
      rejection_reason: 'invalid_loan_amount',
      funding_amount: null,
    });
  });

  test('a funding amount beyond what a double holds is missing', async () => {
    const answer = await service.post('/api/leads/incoming', undefined, {
      raw: '{"ghl_contact_id":"huge","funding_amount":1e400}',
    });
    expect(answer).toMatchObject({ status: 200, body: { reason: 'invalid_loan_amount' } });
  });

  test.each([[700], ['700'], [' 700 ']])('credit score %j is 700', async (given) => {
    expect((await stored({ credit_score: given })).credit_score).toBe(700);
  });

  test.each([
    [299],
    [851],
    [0],
    [-700],
    [700.5],
    ['700.5'],
    ['700.0'],
    ['7e2'],
    ['0x2bc'],
    ['+700'],
    ['7,00'],
    ['good'],
    [true],
    [[700]],
    [{}],
    ['９９'],
  ])('credit score %j is a 400', async (given) => {
    expect(await sendLead(service, { credit_score: given })).toMatchObject({
      status: 400,
      body: {
        error: 'invalid_payload',
        details: { credit_score: 'must be a whole number from 300 to 850' },
      },
    });
  });

  test.each([[300], [850]])('credit score %j is on the scale', async (given) => {
    expect((await sendLead(service, { credit_score: given })).status).toBe(200);
  });

  test.each([[null], [''], ['  \t ']])('%j is absent for every optional field', async (blank) => {
    const lead = await stored(Object.fromEntries(OPTIONAL.map((name) => [name, blank])));
    expect(lead.status).toBe('assigned');
    for (const name of OPTIONAL) expect(lead[name]).toBeNull();
  });

  test.each([[null], [''], ['   '], [undefined]])('contact id %j is a 400', async (given) => {
    const answer = await sendLead(service, { ghl_contact_id: given });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: 'invalid_payload', details: { ghl_contact_id: 'is required' } },
    });
  });

  test.each([
    ['tx', 'TX'],
    ['Texas', 'TX'],
    [' new  york ', 'NY'],
    ['D.C.', 'DC'],
    ['puerto rico', 'PR'],
    ['Ontario', 'Ontario'],
  ])('state %j is stored as %s', async (given, state) => {
    expect((await stored({ state: given })).state).toBe(state);
  });

  test('text is stored trimmed, otherwise as typed', async () => {
    expect(
      await stored({
        first_name: '  Zoë ',
        last_name: 'O’Hara 🙂',
        vertical: ' Mca ',
        email: ' P@Example.com ',
      }),
    ).toMatchObject({
      first_name: 'Zoë',
      last_name: 'O’Hara 🙂',
      name: 'Zoë O’Hara 🙂',
      vertical: 'Mca',
      email: 'P@Example.com',
    });
  });

  test.each([
    ['email', 'not an address'],
    ['email', 'a@b'],
    ['email', 5],
    ['phone', '555012'],
    ['phone', 2_025_550_123],
    ['first_name', 5],
    ['vertical', ['MCA']],
    ['state', { code: 'TX' }],
    ['ai_call_notes', false],
  ])('%s %j is a 400 that names the field alone', async (field, value) => {
    const answer = await sendLead(service, { [field]: value });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      error: 'invalid_payload',
      message: expect.any(String),
      details: { [field]: expect.any(String) },
    });
  });

  test('a 400 names every field that is wrong and stores nothing', async () => {
    const answer = await sendLead(service, { credit_score: 'x', email: 'x', phone: 'x' });
    expect(Object.keys(answer.body.details ?? {}).sort()).toEqual([
      'credit_score',
      'email',
      'phone',
    ]);
    expect(await service.store.db.selectFrom('leads').select('id').execute()).toEqual([]);
  });

  test('seven characters are enough for a phone', async () => {
    expect((await stored({ phone: '5550123' })).phone).toBe('5550123');
  });
});
