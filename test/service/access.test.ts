import {
  dump,
  intake,
  leadOf,
  makeBroker,
  makeKey,
  readPages,
  until,
  wipe,
  type MadeKey,
  type PageBody,
} from '../support/builders.js';
import { DATABASES } from '../support/databases.js';
import { ROUTE_SCOPES } from '../support/route-scopes.js';
import { ADMIN_KEY, startTestService, type TestService } from '../support/service.js';

const SCOPES = ['intake', 'read', 'operate', 'admin'] as const;
const IMPLIED: Record<string, readonly string[]> = {
  intake: ['intake'],
  read: ['read'],
  operate: ['operate', 'read'],
  admin: ['admin', 'operate', 'read', 'intake'],
};
const ID = '01900000-0000-7000-8000-000000000000';

interface Operation {
  method: string;
  path: string;
  name: string;
}

async function operationsOf(service: TestService): Promise<Operation[]> {
  const { body } = await service.get<{ paths: Record<string, Record<string, unknown>> }>(
    '/openapi.json',
  );
  return Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((lower) => {
      const method = lower.toUpperCase();
      return { method, path, name: `${method} ${path.replace(/^\/api/, '')}` };
    }),
  );
}

describe('who may do what', () => {
  let service: TestService;
  let operations: Operation[];
  const keys: Record<string, MadeKey> = {};

  beforeAll(async () => {
    service = await startTestService('sqlite');
    operations = await operationsOf(service);
    for (const scope of SCOPES) keys[scope] = await makeKey(service, [scope]);
  });
  afterAll(() => service.stop());

  /** The status of a request that asks for nothing that exists. */
  const statusOf = async ({ method, path }: Operation, key: string | null): Promise<number> => {
    const address = path.replace(/\{\w+\}/g, ID);
    const body = method === 'GET' || method === 'DELETE' ? undefined : {};
    return (await service.call(method, address, body, { key })).status;
  };

  test('every route is one whose scope is written down', () => {
    expect(operations.map(({ name }) => name).filter((name) => !ROUTE_SCOPES.has(name))).toEqual(
      [],
    );
    expect(operations.length).toBeGreaterThan(20);
  });

  test('no route answers without a key, or with a wrong one', async () => {
    for (const operation of operations) {
      if (ROUTE_SCOPES.get(operation.name) === 'proof') continue;
      for (const key of [null, 'wrong', `ll_${'0'.repeat(32)}_${'x'.repeat(32)}`]) {
        expect([operation.name, key, await statusOf(operation, key)]).toEqual([
          operation.name,
          key,
          401,
        ]);
      }
    }
  });

  test.each(SCOPES)(
    'a key with the scope %s may do what its scope says and nothing else',
    async (scope) => {
      for (const operation of operations) {
        const needed = ROUTE_SCOPES.get(operation.name);
        // One that is not written down fails the first test, once.
        if (needed === undefined || needed === 'proof') continue;
        const allowed =
          needed === 'any' || needed.split(' or ').some((one) => IMPLIED[scope]?.includes(one));
        const status = await statusOf(operation, keys[scope]?.token ?? '');
        expect([operation.name, status === 403]).toEqual([operation.name, !allowed]);
        expect([operation.name, status]).not.toEqual([operation.name, 401]);
        expect([operation.name, status < 500 || status === 501]).toEqual([operation.name, true]);
      }
    },
  );
});

describe.each(DATABASES)('API keys on %s', (database) => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService(database);
  });
  afterEach(() => wipe(service));
  afterAll(() => service.stop());

  const whoami = (key: string) => service.get('/api/whoami', { key });

  test.each(SCOPES)('whoami tells a key with the scope %s who it is', async (scope) => {
    const { id, token } = await makeKey(service, [scope], { name: 'Example' });
    expect(await whoami(token)).toMatchObject({ status: 200 });
    expect((await whoami(token)).body).toEqual({
      service: 'leadloop',
      version: expect.any(String),
      key: { id, name: 'Example', scopes: [scope], broker_ids: null },
    });
  });

  test('whoami tells the brokers a key is limited to', async () => {
    const broker = await makeBroker(service);
    const { token } = await makeKey(service, ['intake'], { broker_ids: [broker.id] });
    expect((await whoami(token)).body).toMatchObject({ key: { broker_ids: [broker.id] } });
  });

  test('a new key is shown once: ll_, its id and its secret', async () => {
    const answer = await service.post<MadeKey>('/api/api-keys', {
      name: 'Example',
      scopes: ['operate', 'intake', 'intake'],
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.any(String),
      name: 'Example',
      scopes: ['intake', 'operate'],
      broker_ids: null,
      created_at: '2026-03-10T15:00:00.000Z',
      last_used_at: null,
      revoked_at: null,
      token: expect.stringMatching(
        new RegExp(`^ll_${answer.body.id.replaceAll('-', '')}_[\\w-]{32}$`),
      ),
    });
    const { token, ...key } = answer.body;
    const list = await service.get<PageBody>('/api/api-keys');
    expect(list.body).toEqual({ data: [key], next_cursor: null });
    expect(JSON.stringify(list.body)).not.toContain(token.slice(-32));
  });

  test('the list has pages, and refuses a cursor that is not its own', async () => {
    const made: string[] = [];
    for (let n = 0; n < 5; n += 1) made.unshift((await makeKey(service, ['read'])).id);
    const pages = await readPages<{ id: string }>(service, '/api/api-keys?limit=2');
    expect(pages.map((page) => page.map(({ id }) => id))).toEqual([
      made.slice(0, 2),
      made.slice(2, 4),
      made.slice(4),
    ]);
    for (const query of ['limit=0', 'limit=201', 'cursor=nothing', 'cursor=WzFd']) {
      const refused = await service.get(`/api/api-keys?${query}`);
      expect(refused).toMatchObject({ status: 400, body: { error: 'validation_error' } });
    }
  });

  test('no secret is in the database, not even when the creation can be repeated', async () => {
    const headers = { 'idempotency-key': 'k' };
    const body = { name: 'Example', scopes: ['read'] };
    const maker = await makeKey(service, ['admin']);
    const made = await service.post<MadeKey>('/api/api-keys', body, { headers, key: maker.token });
    const again = await service.post<MadeKey>('/api/api-keys', body, { headers, key: maker.token });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual(made.body);
    await whoami(made.body.token);
    const everything = await dump(service);
    expect(everything).toContain(made.body.id);
    const idLength = `ll_${'0'.repeat(32)}_`.length;
    for (const { token } of [made.body, maker]) {
      expect(everything).not.toContain(token);
      expect(everything).not.toContain(token.slice(idLength));
    }
    expect(everything).not.toContain(ADMIN_KEY);
  });

  test('a revoked key is refused at once, and revoking again changes nothing', async () => {
    const { id, token } = await makeKey(service, ['read']);
    expect((await whoami(token)).status).toBe(200);
    const revoked = await service.post(`/api/api-keys/${id}/revoke`);
    expect(revoked).toMatchObject({
      status: 200,
      body: { revoked_at: '2026-03-10T15:00:00.000Z' },
    });
    expect(await whoami(token)).toMatchObject({ status: 401, body: { error: 'unauthorized' } });
    service.runtime.advance(5000);
    const again = await service.post(`/api/api-keys/${id}/revoke`);
    expect(again.body).toMatchObject({ revoked_at: '2026-03-10T15:00:00.000Z' });
  });

  test('a key may revoke itself', async () => {
    const { id, token } = await makeKey(service, ['admin']);
    expect(
      (await service.post(`/api/api-keys/${id}/revoke`, undefined, { key: token })).status,
    ).toBe(200);
    expect((await whoami(token)).status).toBe(401);
  });

  test('X-API-Key does as well as a bearer token', async () => {
    const { token } = await makeKey(service, ['intake']);
    for (const key of [token, ADMIN_KEY]) {
      const answer = await service.post('/api/leads/incoming', leadOf(), {
        key: null,
        headers: { 'x-api-key': key },
      });
      expect(answer.status).toBe(200);
    }
    const lower = await service.get('/api/whoami', {
      key: null,
      headers: { authorization: `bearer  ${token} ` },
    });
    expect(lower.status).toBe(200);
  });

  test('the last use is kept, a minute at a time', async () => {
    const { id, token } = await makeKey(service, ['read']);
    const lastUse = async () => {
      const { body } =
        await service.get<PageBody<{ id: string; last_used_at: string | null }>>('/api/api-keys');
      return body.data.find((key) => key.id === id)?.last_used_at ?? null;
    };
    expect(await lastUse()).toBeNull();
    await whoami(token);
    await until(async () => (await lastUse()) === '2026-03-10T15:00:00.000Z');
    service.runtime.advance(60_000);
    await whoami(token);
    await until(async () => (await lastUse()) === '2026-03-10T15:01:00.000Z');
  });

  test.each([
    [{ scopes: [] }, 'scopes'],
    [{ scopes: ['root'] }, 'scopes.0'],
    [{ scopes: 'read' }, 'scopes'],
    [{ scopes: undefined }, 'scopes'],
    [{ name: '' }, 'name'],
    [{ broker_ids: [] }, 'broker_ids'],
    [{ broker_ids: ['x'] }, 'broker_ids.0'],
    [{ broker_ids: [ID] }, 'broker_ids'],
    [{ token: 'mine' }, 'token'],
  ])('a key with %j is a 400 about %s', async (fields, field) => {
    const answer = await service.post<{ details: object }>('/api/api-keys', {
      name: 'Example',
      scopes: ['read'],
      ...fields,
    });
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.body.details)).toEqual([field]);
  });

  test('a lead is tagged with the key it came by', async () => {
    const { token } = await makeKey(service, ['intake'], { name: 'Partner feed' });
    const { lead_id } = await intake(service, {}, { key: token });
    expect((await service.get(`/api/leads/${lead_id}`)).body).toMatchObject({
      source: 'Partner feed',
    });
  });
});

describe('LEADLOOP_ADMIN_KEY', () => {
  test.each([
    'correct horse battery staple',
    'ponies/and+colons:1234==',
    `ll_${'a'.repeat(32)}_${'b'.repeat(32)}`,
  ])('may be any text of 24 or more characters: %s', async (key) => {
    const service = await startTestService('sqlite', { env: { LEADLOOP_ADMIN_KEY: key } });
    try {
      const bearer = await service.get('/api/whoami', { key });
      expect(bearer).toMatchObject({ status: 200, body: { key: { scopes: ['admin'] } } });
      const header = await service.get('/api/whoami', { key: null, headers: { 'x-api-key': key } });
      expect(header.status).toBe(200);
      expect((await service.get('/api/whoami', { key: `${key}x` })).status).toBe(401);
    } finally {
      await service.stop();
    }
  });

  test('without it there is no key that works by itself', async () => {
    const service = await startTestService('sqlite', { env: { LEADLOOP_ADMIN_KEY: '' } });
    try {
      for (const key of ['', 'environment', 'undefined', 'null', ADMIN_KEY]) {
        expect((await service.get('/api/whoami', { key })).status).toBe(401);
      }
    } finally {
      await service.stop();
    }
  });
});
