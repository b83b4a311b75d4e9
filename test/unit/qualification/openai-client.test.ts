import {
  createOpenAiChat,
  type ChatQuestion,
} from '../../../scoring-service/src/providers/openai/index.js';
import { startFakeOpenAi, type FakeMode, type FakeOpenAi } from '../../fakes/openai.js';

const question: ChatQuestion<{ score: number }> = {
  messages: [{ role: 'user', content: 'hello' }],
  schema: { name: 'answer', schema: { type: 'object' } },
  parse: (value) =>
    typeof value === 'object' && value !== null && 'score' in value
      ? { score: Number(value.score) }
      : null,
};

let fake: FakeOpenAi;
beforeEach(async () => {
  fake = await startFakeOpenAi();
});
afterEach(() => fake.close());

function chat(settings: Partial<Parameters<typeof createOpenAiChat>[0]> = {}) {
  return createOpenAiChat({
    apiKey: 'sk-test',
    baseUrl: fake.baseUrl,
    timeoutMs: 10_000,
    retryDelayMs: 0,
    ...settings,
  });
}

/** Short where the time limit is what is tested, else far away, so that a slow machine passes. */
function limitFor(mode: FakeMode): number {
  return mode.kind === 'hang' || mode.kind === 'drip' ? 1000 : 10_000;
}

describe('the OpenAI client', () => {
  it('asks with the key, model and limits it was given', async () => {
    const result = await chat({ model: 'local', temperature: 0, maxTokens: 7 }).ask(question);
    expect(result).toMatchObject({ ok: true, value: { score: 55 }, attempts: 1 });
    const [request] = fake.requests;
    expect(request?.path).toBe('/v1/chat/completions');
    expect(request?.headers.authorization).toBe('Bearer sk-test');
    expect(request?.body).toMatchObject({ model: 'local', temperature: 0, max_tokens: 7 });
  });

  it('treats a setting that is undefined as absent', async () => {
    await chat({ model: undefined }).ask(question);
    expect(fake.requests[0]?.body.model).toBe('gpt-4o-mini');
  });

  it('reads no OpenAI settings from the environment', async () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
      OPENAI_API_KEY: 'sk-environment',
      OPENAI_ORG_ID: 'org-environment',
      OPENAI_PROJECT_ID: 'project-environment',
    });
    try {
      expect((await chat().ask(question)).ok).toBe(true);
    } finally {
      process.env = before;
    }
    expect(JSON.stringify(fake.requests[0]?.headers)).not.toContain('environment');
  });

  it.each<[string, FakeMode, boolean, number]>([
    ['refusal', { kind: 'refusal' }, false, 1],
    ['length', { kind: 'length' }, false, 1],
    ['content_filter', { kind: 'content_filter' }, false, 1],
    ['content_filter', { kind: 'status', status: 400, code: 'content_filter' }, false, 1],
    ['auth', { kind: 'status', status: 401 }, false, 1],
    ['auth', { kind: 'status', status: 403 }, false, 1],
    ['bad_request', { kind: 'status', status: 400 }, false, 1],
    ['bad_request', { kind: 'status', status: 404, code: 'model_not_found' }, false, 1],
    ['quota_exhausted', { kind: 'status', status: 429, code: 'insufficient_quota' }, false, 1],
    ['rate_limited', { kind: 'status', status: 429 }, true, 2],
    ['server_error', { kind: 'status', status: 500 }, true, 2],
    ['server_error', { kind: 'status', status: 503 }, true, 2],
    ['invalid_json', { kind: 'content', content: '{"score":' }, true, 2],
    ['invalid_json', { kind: 'content', content: '' }, true, 2],
    ['invalid_json', { kind: 'body', body: '{not json' }, true, 2],
    ['invalid_shape', { kind: 'content', content: '{"points":3}' }, true, 2],
    ['invalid_shape', { kind: 'body', body: '{"choices":[]}' }, true, 2],
    ['invalid_shape', { kind: 'body', body: '<html>', contentType: 'text/html' }, true, 2],
    ['timeout', { kind: 'hang' }, true, 2],
    ['timeout', { kind: 'drip' }, true, 2],
    ['connection', { kind: 'malformed_http' }, true, 2],
    ['connection', { kind: 'reset' }, true, 2],
  ])('reports %s for %j', async (error_class, mode, retryable, attempts) => {
    fake.setMode(mode);
    const result = await chat({ timeoutMs: limitFor(mode) }).ask(question);
    expect(result).toMatchObject({ ok: false, error_class, retryable, attempts });
    expect(fake.requests).toHaveLength(attempts);
  });

  it('reports a server that is not there as a connection error', async () => {
    const { baseUrl } = fake;
    await fake.close();
    expect(await chat({ baseUrl }).ask(question)).toMatchObject({ error_class: 'connection' });
    fake = await startFakeOpenAi();
  });

  it('stops reading a body that never ends instead of filling the memory', async () => {
    fake.setMode({ kind: 'flood' });
    const result = await chat({ timeoutMs: 5000 }).ask(question);
    expect(result).toMatchObject({ ok: false, error_class: 'connection' });
  });

  it('does not follow a redirect with the enquiry', async () => {
    const elsewhere = await startFakeOpenAi();
    try {
      const location = `${elsewhere.baseUrl}/chat/completions`;
      fake.setMode({ kind: 'status', status: 307, headers: { location } });
      expect((await chat().ask(question)).ok).toBe(false);
      expect(elsewhere.requests).toHaveLength(0);
    } finally {
      await elsewhere.close();
    }
  });

  it.each<[FakeMode]>([
    [{ kind: 'status', status: 500 }],
    [{ kind: 'hang' }],
    [{ kind: 'reset' }],
    [{ kind: 'content', content: 'oops' }],
    [{ kind: 'status', status: 429, headers: { 'retry-after': '0' } }],
    [{ kind: 'status', status: 429, headers: { 'retry-after-ms': '5' } }],
    [{ kind: 'status', status: 429, headers: { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' } }],
  ])('succeeds on its second attempt after %j', async (mode) => {
    fake.next(mode);
    expect(await chat({ timeoutMs: limitFor(mode) }).ask(question)).toMatchObject({
      ok: true,
      attempts: 2,
    });
  });

  it('gives up at once when asked to wait longer than it may', async () => {
    fake.setMode({ kind: 'status', status: 429, headers: { 'retry-after': '3' } });
    expect(await chat().ask(question)).toMatchObject({ error_class: 'rate_limited', attempts: 1 });
  });

  it('waits its own delay, varied by the random source, before the second attempt', async () => {
    fake.next({ kind: 'status', status: 500 });
    let drawn = 0;
    const client = createOpenAiChat(
      { apiKey: 'k', baseUrl: fake.baseUrl, retryDelayMs: 1 },
      { random: () => ((drawn += 1), 0) },
    );
    expect((await client.ask(question)).ok).toBe(true);
    expect(drawn).toBe(1);
  });

  it('ends as soon as the caller’s signal fires', async () => {
    fake.setMode({ kind: 'hang' });
    const controller = new AbortController();
    const asked = chat({ timeoutMs: 50_000 }).ask(question, { signal: controller.signal });
    controller.abort();
    expect(await asked).toMatchObject({ ok: false, error_class: 'aborted', attempts: 1 });
  });

  it('sends nothing when the signal has already fired', async () => {
    const result = await chat().ask(question, { signal: AbortSignal.abort() });
    expect(result).toMatchObject({ error_class: 'aborted', retryable: false });
    expect(fake.requests).toHaveLength(0);
  });

  it('accepts a server that counts no tokens', async () => {
    const choices = [{ finish_reason: 'stop', message: { content: '{"score":3}' } }];
    fake.setMode({ kind: 'body', body: JSON.stringify({ choices }) });
    expect(await chat().ask(question)).toMatchObject({
      ok: true,
      value: { score: 3 },
      usage: null,
    });
  });
});
