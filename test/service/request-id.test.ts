import { silentLog } from '../../scoring-service/src/core/log.js';
import { sendRaw } from '../support/raw-http.js';
import { startTestService, type TestService } from '../support/service.js';

describe('X-Request-Id', () => {
  let service: TestService;
  let logged: (string | undefined)[] = [];

  beforeAll(async () => {
    const log = {
      ...silentLog,
      info: (_message: string, fields?: { request_id?: string }) => {
        logged.push(fields?.request_id);
      },
    };
    service = await startTestService('sqlite', { log });
  });
  afterAll(() => service.stop());
  beforeEach(() => {
    logged = [];
  });

  const ask = async (id: string): Promise<string | null> => {
    const answer = await service.get('/healthz', { headers: { 'x-request-id': id } });
    return answer.headers.get('x-request-id');
  };

  test.each(['a', 'n8n-42.node_7', 'A'.repeat(128), '0197a1b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b'])(
    '%s is taken over, answered and logged',
    async (id) => {
      expect(await ask(id)).toBe(id);
      expect(logged).toEqual([id]);
    },
  );

  test.each([
    ['129 characters', 'A'.repeat(129)],
    ['a blank', 'one two'],
    ['a phone number', '+12025550123'],
    ['an e-mail', 'someone@example.com'],
    ['JSON', '{"level":50}'],
    ['a colon', 'key:value'],
    ['a letter outside ASCII', 'caf\u00e9'],
  ])('%s is not: a new one is made, answered and logged', async (_what, id) => {
    const made = await ask(id);
    expect(made).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    expect(logged).toEqual([made]);
  });

  test('sent twice, it is not taken over', async () => {
    const answer = await sendRaw(service.address, {
      method: 'GET',
      path: '/healthz',
      headers: { 'x-request-id': ['one', 'two'] as never },
    });
    expect(answer.status).toBe(200);
    expect(logged).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
  });
});
