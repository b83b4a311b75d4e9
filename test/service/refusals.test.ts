import { leadOf, makeKey, type ErrorBody } from '../support/builders.js';
import { ADMIN_KEY, startTestService, type TestService } from '../support/service.js';

describe('requests without a right', () => {
  let service: TestService;
  let reader: { id: string; token: string };

  beforeAll(async () => {
    service = await startTestService('sqlite');
    reader = await makeKey(service, ['read']);
  });
  afterAll(() => service.stop());

  const withHeaders = (headers: Record<string, string>) =>
    service.get<ErrorBody>('/api/leads', { key: null, headers });

  test('no key is a 401', async () => {
    const answer = await withHeaders({});
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({ error: 'unauthorized', message: expect.any(String) });
  });

  test.each([
    [{ authorization: 'Bearer' }],
    [{ authorization: 'Bearer    ' }],
    [{ authorization: ADMIN_KEY }],
    [{ authorization: `Basic ${Buffer.from(`:${ADMIN_KEY}`).toString('base64')}` }],
    [{ authorization: 'Bearer wrong' }],
    [{ authorization: `Bearer ${ADMIN_KEY}x` }],
    [{ authorization: `Bearer ${ADMIN_KEY.slice(0, -1)}` }],
    [{ 'x-api-key': 'wrong' }],
    [{ 'x-api-key': '' }],
    [{ authorization: `Bearer ll_${'0'.repeat(32)}_${'x'.repeat(32)}` }],
    [{ authorization: 'Bearer ll__' }],
  ])('%j is a 401', async (headers) => {
    expect(await withHeaders(headers)).toMatchObject({
      status: 401,
      body: { error: 'unauthorized' },
    });
  });

  test('the id of a key with another secret is a 401', async () => {
    const [, id = '', secret = ''] = /^(ll_\w{32})_(.+)$/.exec(reader.token) ?? [];
    expect((await withHeaders({ authorization: `Bearer ${id}_${secret}` })).status).toBe(200);
    const other = secret.startsWith('A') ? `B${secret.slice(1)}` : `A${secret.slice(1)}`;
    expect((await withHeaders({ authorization: `Bearer ${id}_${other}` })).status).toBe(401);
    expect((await withHeaders({ authorization: `Bearer ${id}_` })).status).toBe(401);
  });

  test('a key without the scope is a 403 that says which one is lacking', async () => {
    const answer = await service.post<ErrorBody>('/api/leads/incoming', leadOf(), {
      key: reader.token,
    });
    expect(answer.status).toBe(403);
    expect(answer.body).toEqual({
      error: 'forbidden',
      message: expect.any(String),
      details: { needed: 'intake', granted: ['read'] },
    });
  });

  test('the right is checked before the body is looked at', async () => {
    const answer = await service.post('/api/leads/incoming', undefined, { key: null, raw: '{' });
    expect(answer.status).toBe(401);
  });
});

describe('too many refused requests from one address', () => {
  let service: TestService;

  beforeEach(async () => {
    service = await startTestService('sqlite', { failuresPerMinute: 3 });
  });
  afterEach(() => service.stop());

  test('are a 429 with Retry-After, whatever the address claims to be', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      const headers = { 'x-forwarded-for': `203.0.113.${n}` };
      statuses.push((await service.get('/api/leads', { key: 'wrong', headers })).status);
    }
    expect(statuses).toEqual([401, 401, 401, 429]);
    const refused = await service.get<ErrorBody>('/api/leads', { key: null });
    expect(refused).toMatchObject({
      status: 429,
      body: { error: 'too_many_failures', message: expect.any(String) },
    });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('missing scopes count, and a good request never does nor is refused', async () => {
    const { token } = await makeKey(service, ['intake']);
    for (let n = 0; n < 5; n += 1) expect((await service.get('/api/leads')).status).toBe(200);
    for (let n = 0; n < 3; n += 1) {
      expect((await service.get('/api/leads', { key: token })).status).toBe(403);
    }
    expect((await service.get('/api/leads', { key: token })).status).toBe(429);
    expect((await service.post('/api/leads/incoming', leadOf(), { key: token })).status).toBe(200);
    expect((await service.get('/api/leads')).status).toBe(200);
  });
});

describe('behind a trusted proxy', () => {
  test('refused requests count by the address the proxy tells', async () => {
    const service = await startTestService('sqlite', {
      failuresPerMinute: 1,
      env: { TRUST_PROXY: 'loopback' },
    });
    try {
      const from = (address: string) =>
        service.get('/api/leads', { key: null, headers: { 'x-forwarded-for': address } });
      expect((await from('203.0.113.1')).status).toBe(401);
      expect((await from('203.0.113.1')).status).toBe(429);
      expect((await from('203.0.113.2')).status).toBe(401);
    } finally {
      await service.stop();
    }
  });
});
