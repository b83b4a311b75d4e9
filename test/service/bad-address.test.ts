import { makeOrder, type ErrorBody } from '../support/builders.js';
import { sendRaw } from '../support/raw-http.js';
import { startTestService, type TestService } from '../support/service.js';

// Nothing here reaches a database, except the look-ups of ids that are not there.
describe('addresses and queries that break the rules', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService('sqlite');
    await makeOrder(service);
  });
  afterAll(() => service.stop());

  const get = (path: string) => service.get<ErrorBody>(path);

  test.each([
    '/api/leads/%E0%A4%A',
    '/api/leads/%',
    '/api/orders/%ff',
    '/api/brokers/%C0%80/pause',
  ])('%s cannot be decoded: 400', async (path) => {
    const answer = await sendRaw(service.address, {
      method: path.endsWith('pause') ? 'POST' : 'GET',
      path,
    });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({
      error: 'bad_request',
      message: expect.any(String),
    });
  });

  test.each([
    'nonsense',
    '1',
    'null',
    '..%2f..%2fetc',
    '00000000-0000-0000-0000-00000000000',
    "';drop table leads;--",
    'x'.repeat(5000),
  ])('the id %s is a 400 for every resource', async (id) => {
    for (const path of ['leads', 'orders', 'brokers']) {
      const answer = await get(`/api/${path}/${encodeURIComponent(id)}`);
      expect(answer).toMatchObject({ status: 400, body: { error: 'validation_error' } });
      expect(answer.body.details).toHaveProperty('id');
    }
  });

  test.each([
    ['GET', '/api/leads/ID'],
    ['GET', '/api/leads/ID/routing-logs'],
    ['POST', '/api/leads/ID/assign'],
    ['POST', '/api/leads/ID/reassign'],
    ['POST', '/api/leads/ID/reroute'],
    ['GET', '/api/brokers/ID'],
    ['PATCH', '/api/brokers/ID'],
    ['POST', '/api/brokers/ID/pause'],
    ['POST', '/api/brokers/ID/resume'],
    ['GET', '/api/orders/ID'],
    ['PATCH', '/api/orders/ID'],
    ['POST', '/api/orders/ID/pause'],
    ['POST', '/api/orders/ID/resume'],
    ['POST', '/api/orders/ID/complete'],
    ['POST', '/api/orders/ID/cancel'],
    ['POST', '/api/api-keys/ID/revoke'],
  ])('%s %s of an id that nothing has is a 404', async (method, path) => {
    const id = '01900000-0000-7000-8000-000000000000';
    const bodies: Record<string, unknown> = { PATCH: { version: 1 }, POST: { order_id: id } };
    const answer = await service.call<ErrorBody>(method, path.replace('ID', id), bodies[method]);
    expect(answer).toMatchObject({
      status: 404,
      body: { error: 'not_found', message: expect.any(String) },
    });
  });

  test.each(['/api', '/api/nothing', '/api/leads/a/b/c', '/apis/leads', '/api/orders/x/y'])(
    'there is nothing at %s: 404',
    async (path) => {
      expect(await get(path)).toMatchObject({ status: 404, body: { error: 'not_found' } });
    },
  );

  test.each([
    ['DELETE', '/api/leads', ['GET']],
    ['PUT', '/api/orders', ['GET', 'POST']],
    ['GET', '/api/leads/incoming', ['POST']],
    ['GET', '/api/leads/update', ['PATCH']],
    ['POST', '/api/leads/lookup', ['GET']],
    ['GET', '/api/leads/incoming/batch', ['POST']],
    ['DELETE', '/api/orders/01900000-0000-7000-8000-000000000000', ['GET', 'PATCH']],
    ['GET', '/api/orders/01900000-0000-7000-8000-000000000000/pause', ['POST']],
  ])('%s %s is a 405 that says what is possible', async (method, path, allowed) => {
    const answer = await service.call<ErrorBody>(method, path);
    expect(answer).toMatchObject({
      status: 405,
      body: { error: 'method_not_allowed', details: { allowed } },
    });
    expect(answer.headers.get('allow')).toBe(allowed.join(', '));
  });

  test.each([
    '/api/leads?cursor=nonsense',
    `/api/leads?cursor=${'A'.repeat(501)}`,
    `/api/leads?cursor=${Buffer.from('{}').toString('base64url')}`,
    `/api/leads?cursor=${Buffer.from('["a","b"]').toString('base64url')}`,
    `/api/leads?cursor=${Buffer.from('[1]').toString('base64url')}`,
    `/api/unassigned?cursor=${Buffer.from('["a"]').toString('base64url')}`,
    '/api/orders?cursor=*',
    '/api/brokers?cursor=*',
    '/api/activity?cursor=*',
  ])('%s is no cursor: 400', async (path) => {
    expect(await get(path)).toMatchObject({ status: 400, body: { error: 'validation_error' } });
  });

  test.each(['*', '["x"]', '["x","-5"]', '["x","1e9"]', '["x","1.5"]'])(
    'the cursor %s of routing logs is a 400',
    async (text) => {
      const { body } = await service.post<{ lead_id: string }>('/api/leads/incoming', {
        ghl_contact_id: 'logs',
        funding_amount: 1,
      });
      const cursor = text === '*' ? '*' : Buffer.from(text).toString('base64url');
      expect(await get(`/api/leads/${body.lead_id}/routing-logs?cursor=${cursor}`)).toMatchObject({
        status: 400,
      });
    },
  );

  test.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=ten', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['status=unknown', 'status'],
    ['status=assigned&status=rejected', 'status'],
    ['kind=other', 'kind'],
    ['broker_id=1', 'broker_id'],
    ['order_id=1', 'order_id'],
    ['since=yesterday', 'since'],
    ['since=2026-01-01', 'since'],
    ['until=2026-01-01T00:00:00', 'until'],
    ['since=2026-13-01T00:00:00Z', 'since'],
    [`q=${'x'.repeat(201)}`, 'q'],
    ['q=a&q=b', 'q'],
  ])('the query %s is a 400 that names %s', async (query, name) => {
    const answer = await get(`/api/leads?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { error: 'validation_error' } });
    expect(Object.keys(answer.body.details ?? {})).toEqual([name]);
  });

  test('a repeated phone of a look-up is a 400', async () => {
    expect((await get('/api/leads/lookup?phone=2025550123&phone=2025550124')).status).toBe(400);
  });

  test('blank and unknown query parameters count for nothing', async () => {
    expect((await get('/api/leads?q=&status=&limit=%20&__proto__=1&a[b]=c')).status).toBe(200);
  });

  test.each(['bad%', '%E0%A4%A', '%ff'])(
    'a query value %s that cannot be decoded is only text',
    async (q) => {
      expect(
        (await sendRaw(service.address, { method: 'GET', path: `/api/leads?q=${q}` })).status,
      ).toBe(200);
    },
  );
});
