import { gzipSync } from 'node:zlib';

import { intake, leadOf, makeOrder, wipe } from '../support/builders.js';
import { DATABASES } from '../support/databases.js';
import { sendRaw, type RawAnswer, type RawRequest } from '../support/raw-http.js';
import { startTestService, type TestService } from '../support/service.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const KIB = 1024;

/** Every refusal is a code and a sentence, never a place in our code. */
function refusal(answer: RawAnswer): { status: number; error: string; text: string } {
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  const body = JSON.parse(answer.text) as { error: string; message: string };
  expect(body).toMatchObject({
    error: expect.stringMatching(/^[a-z_]+$/),
    message: expect.stringMatching(/\.$/),
  });
  expect(answer.text).not.toMatch(/\.[jt]s:\d|node_modules|SQLITE|syntax error/);
  return { status: answer.status, error: body.error, text: answer.text };
}

describe.each(DATABASES)('bodies that break the rules on %s', (database) => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService(database);
  });
  afterEach(async () => {
    await makeOrder(service);
    expect((await intake(service)).assignment?.status).toBe('assigned');
    await wipe(service);
  });
  afterAll(() => service.stop());

  const post = (
    body: RawRequest['body'],
    headers: Record<string, string> = JSON_TYPE,
    path = '/api/leads/incoming',
  ) => sendRaw(service.address, { method: 'POST', path, headers, body });
  const countLeads = async () =>
    (await service.store.db.selectFrom('leads').select('id').execute()).length;

  test.each([
    ['{'],
    ['{"ghl_contact_id":"a"'],
    ["{'ghl_contact_id':'a'}"],
    ['{"a":1}}'],
    ['{"a":NaN}'],
    ['{"a":01}'],
    ['{"a":"\n"}'],
    ['nonsense'],
    ['"text"'],
    ['17'],
    ['null'],
    ['{"a":"\\u00"}'],
  ])('%j is invalid_json', async (body) => {
    expect(refusal(await post(body))).toMatchObject({ status: 400, error: 'invalid_json' });
    expect(await countLeads()).toBe(0);
  });

  test.each([['[]'], ['[{"ghl_contact_id":"a"}]'], ['{}'], ['']])(
    '%j lacks the contact id',
    async (body) => {
      expect(refusal(await post(body))).toMatchObject({ status: 400, error: 'invalid_payload' });
    },
  );

  test('a body that is not UTF-8 is invalid_json, because it could not be kept as received', async () => {
    const latin1 = Buffer.from('{"ghl_contact_id":"u","first_name":"Zo\xeb"}', 'latin1');
    expect(refusal(await post(latin1))).toMatchObject({ status: 400, error: 'invalid_json' });
    expect(await countLeads()).toBe(0);
  });

  test.each(['utf-16', 'utf-16le', 'utf-32', 'utf-7', 'iso-8859-1', 'x-unknown'])(
    'charset %s is a 415',
    async (charset) => {
      const body = Buffer.from(
        '{"ghl_contact_id":"u"}',
        charset.startsWith('utf-16') ? 'utf16le' : 'latin1',
      );
      const answer = await post(body, { 'content-type': `application/json; charset=${charset}` });
      expect(refusal(answer)).toMatchObject({ status: 415, error: 'unsupported_media_type' });
      expect(await countLeads()).toBe(0);
    },
  );

  test.each(['UTF-8', '"utf-8"', 'utf8'])('charset %s is taken', async (charset) => {
    const answer = await post('{"ghl_contact_id":"u"}', {
      'content-type': `application/json; charset=${charset}`,
    });
    expect(answer.status).toBe(200);
  });

  test('a byte order mark is no fault', async () => {
    expect((await post('\ufeff{"ghl_contact_id":"u"}')).status).toBe(200);
  });

  test.each([
    [undefined],
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=x'],
    ['application/jsonp'],
    ['nonsense'],
  ])('content type %s is a 415', async (type) => {
    const answer = await post(
      '{"ghl_contact_id":"t"}',
      type === undefined ? {} : { 'content-type': type },
    );
    expect(refusal(answer)).toMatchObject({ status: 415, error: 'unsupported_media_type' });
    const chunked = await post(
      ['{"ghl_contact_id":', '"t"}'],
      type === undefined ? {} : { 'content-type': type },
    );
    expect(refusal(chunked).status).toBe(415);
  });

  test.each(['application/json', 'APPLICATION/JSON', 'application/problem+json'])(
    'content type %s is taken',
    async (type) => {
      expect((await post('{"ghl_contact_id":"t"}', { 'content-type': type })).status).toBe(200);
    },
  );

  test('chunked and gzipped bodies are taken, and kept as what they hold', async () => {
    const text = JSON.stringify(leadOf());
    const chunked = await post([text.slice(0, 10), text.slice(10)]);
    const zipped = JSON.stringify(leadOf());
    const gzipped = await post(gzipSync(zipped), { ...JSON_TYPE, 'content-encoding': 'gzip' });
    expect([chunked.status, gzipped.status]).toEqual([200, 200]);
    const events = await service.store.db
      .selectFrom('source_events')
      .select('raw')
      .orderBy('id')
      .execute();
    expect(events.map((event) => event.raw)).toEqual([text, zipped]);
  });

  test('a body that says it is gzipped and is not is a 400 that says so', async () => {
    const answer = refusal(
      await post('{"ghl_contact_id":"z"}', { ...JSON_TYPE, 'content-encoding': 'gzip' }),
    );
    expect(answer).toMatchObject({ status: 400, error: 'invalid_encoding' });
    const cut = gzipSync(JSON.stringify(leadOf())).subarray(0, 30);
    expect(refusal(await post(cut, { ...JSON_TYPE, 'content-encoding': 'gzip' })).status).toBe(400);
  });

  test('an unknown content encoding is a 415', async () => {
    const answer = await post('{}', { ...JSON_TYPE, 'content-encoding': 'zstd-x' });
    expect(refusal(answer)).toMatchObject({ status: 415, error: 'unsupported_media_type' });
  });

  const padded = (bytes: number): string => {
    const start = JSON.stringify(leadOf()).slice(0, -1) + ',"pad":"';
    return `${start}${'x'.repeat(bytes - start.length - 2)}"}`;
  };

  test('256 KiB are taken and one byte more is a 413', async () => {
    expect((await post(padded(256 * KIB))).status).toBe(200);
    expect(refusal(await post(padded(256 * KIB + 1)))).toMatchObject({
      status: 413,
      error: 'payload_too_large',
    });
    expect(refusal(await post([padded(256 * KIB), ' ']))).toMatchObject({ status: 413 });
    expect(await countLeads()).toBe(1);
  });

  test('a small gzip that holds much is a 413', async () => {
    const bomb = gzipSync(`{"ghl_contact_id":"bomb","pad":"${'x'.repeat(20 * KIB * KIB)}"}`);
    expect(bomb.length).toBeLessThan(100 * KIB);
    const answer = await post(bomb, { ...JSON_TYPE, 'content-encoding': 'gzip' });
    expect(refusal(answer)).toMatchObject({ status: 413, error: 'payload_too_large' });
  });

  test('a batch may have 5 MiB and one byte more is a 413', async () => {
    const path = '/api/leads/incoming/batch';
    const batch = (bytes: number): string => {
      const start = '{"leads":[{"ghl_contact_id":"big","pad":"';
      return `${start}${'x'.repeat(bytes - start.length - 4)}"}]}`;
    };
    expect((await post(batch(5 * KIB * KIB), JSON_TYPE, path)).status).toBe(200);
    expect(refusal(await post(batch(5 * KIB * KIB + 1), JSON_TYPE, path)).status).toBe(413);
  });

  const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

  test('64 levels of nesting are kept and 65 are refused, in unknown fields and batch elements too', async () => {
    expect((await post(`{"ghl_contact_id":"n","x":${nested(63)}}`)).status).toBe(200);
    expect(refusal(await post(`{"ghl_contact_id":"n2","x":${nested(64)}}`))).toMatchObject({
      status: 400,
      error: 'invalid_json',
    });
    const path = '/api/leads/incoming/batch';
    const batch = (levels: number) => `{"leads":[{"ghl_contact_id":"n3","x":${nested(levels)}}]}`;
    expect((await post(batch(61), JSON_TYPE, path)).status).toBe(200);
    expect(refusal(await post(batch(62), JSON_TYPE, path)).status).toBe(400);
  });

  test.each([['['], ['{"a":']])(
    '100,000 opened %j are refused and hurt nobody',
    async (opening) => {
      const body = `{"ghl_contact_id":"n","x":${opening.repeat(100_000 / opening.length)}`;
      expect(refusal(await post(body))).toMatchObject({ status: 400, error: 'invalid_json' });
    },
  );

  test('brackets and escaped quotes within text are not nesting', async () => {
    const body = JSON.stringify(leadOf({ first_name: `"\\${'[{'.repeat(90)}` }));
    expect((await post(body)).status).toBe(200);
  });

  test('of a repeated name the last value counts', async () => {
    const answer = await post('{"ghl_contact_id":"one","ghl_contact_id":"two"}');
    expect(answer.status).toBe(200);
    const leads = await service.store.db.selectFrom('leads').select('ghl_contact_id').execute();
    expect(leads).toEqual([{ ghl_contact_id: 'two' }]);
  });

  test('__proto__ and constructor as names reach nothing', async () => {
    const body =
      '{"__proto__":{"ghl_contact_id":"p","credit_score":"x"},"constructor":{"prototype":{"polluted":1}},"funding_amount":1}';
    expect(refusal(await post(body))).toMatchObject({ status: 400, error: 'invalid_payload' });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect((await post('{"ghl_contact_id":"p","__proto__":{"credit_score":"x"}}')).status).toBe(
      200,
    );
  });

  test.each(['constructor', 'toString', 'made_up'])(
    'the unknown field %s is named in the refusal',
    async (name) => {
      const answer = await post(`{"name":"Example","${name}":1}`, JSON_TYPE, '/api/brokers');
      expect(refusal(answer)).toMatchObject({ status: 400, error: 'validation_error' });
      const { details } = JSON.parse(answer.text) as { details: object };
      expect(Object.keys(details)).toEqual([name]);
    },
  );

  test.each([
    ['names', { first_name: 'x'.repeat(201) }, 'first_name'],
    ['a contact id', { ghl_contact_id: 'x'.repeat(256) }, 'ghl_contact_id'],
    ['notes', { ai_call_notes: 'x'.repeat(50_001) }, 'ai_call_notes'],
    ['an e-mail', { email: `${'x'.repeat(250)}@example.com` }, 'email'],
    ['a phone', { phone: '5'.repeat(51) }, 'phone'],
    ['a slow e-mail', { email: `${'a.'.repeat(50_000)}@` }, 'email'],
    ['a number of 100,000 digits', { credit_score: '9'.repeat(100_000) }, 'credit_score'],
  ])('%s of too many characters are a 400', async (_case, fields, field) => {
    const answer = await post(JSON.stringify(leadOf(fields)));
    expect(refusal(answer)).toMatchObject({ status: 400, error: 'invalid_payload' });
    expect(JSON.parse(answer.text)).toMatchObject({ details: { [field]: expect.any(String) } });
  });

  test.each([
    ['10,000 verticals', Array.from({ length: 10_000 }, (_unused, index) => `v${index}`)],
    ['a blank vertical', ['MCA', ' ']],
    ['a vertical of 101 characters', ['x'.repeat(101)]],
    ['verticals that are no texts', [1, null, {}]],
    ['verticals in one text', 'MCA,SBA'],
    ['no vertical', []],
  ])('%s are a 400', async (_case, verticals) => {
    const body = JSON.stringify({
      broker_id: crypto.randomUUID(),
      name: 'x',
      total_leads: 1,
      verticals,
    });
    const answer = refusal(await post(body, JSON_TYPE, '/api/orders'));
    expect(answer).toMatchObject({ status: 400, error: 'validation_error' });
    expect(answer.text.length).toBeLessThan(1000);
  });
});
