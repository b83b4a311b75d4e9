import { randomBytes } from 'node:crypto';
import {
  createModelScorer,
  createQualifier,
  type ModelScore,
  type ModelScorer,
  type QualifierDeps,
} from '../../../scoring-service/src/qualification/index.js';
import { createOpenAiChat } from '../../../scoring-service/src/providers/openai/index.js';
import {
  enquirySent,
  startFakeOpenAi,
  type FakeMode,
  type FakeOpenAi,
} from '../../fakes/openai.js';
import { injections } from './fixtures.js';

const lead = {
  name: 'Alex Example',
  phone: '+12025550123',
  email: 'alex@example.com',
  source: 'form',
  message: 'I want to book a cleaning next Tuesday.',
  vertical: 'dental',
};
const good: ModelScore = {
  ok: true,
  score: 91,
  decision: 'book_now',
  reason: 'Wants a cleaning.',
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  attempts: 1,
  latency_ms: 5,
};

function scorer(score: ModelScorer['score']): ModelScorer {
  return { model: 'stand-in', score };
}
function qualifier(deps: Partial<QualifierDeps>) {
  return createQualifier({
    model: null,
    nowMs: () => 0,
    newNonce: () => randomBytes(16).toString('hex'),
    ...deps,
  });
}

describe('qualifying a lead', () => {
  it('gives the model’s answer with its model and prompt version', async () => {
    const { qualifyLead } = qualifier({ model: scorer(() => Promise.resolve(good)) });
    expect(await qualifyLead(lead)).toEqual({
      score: 91,
      decision: 'book_now',
      reason: 'Wants a cleaning.',
      source: 'openai',
      model: 'stand-in',
      prompt_version: 'dental.v1',
      rules_version: null,
      disagreement: null,
      steering: null,
      fallback_reason: null,
      requalify: false,
      latency_ms: 0,
      usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
    });
  });

  it('lets the score rule when the model contradicts itself, and says so', async () => {
    const model = scorer(() => Promise.resolve({ ...good, score: 62 }));
    const result = await qualifier({ model }).qualifyLead(lead);
    expect(result).toMatchObject({
      score: 62,
      decision: 'follow_up',
      source: 'openai',
      disagreement: { score: 62, model_decision: 'book_now', score_decision: 'follow_up' },
    });
  });

  it('uses the business’s own limits', async () => {
    const model = scorer(() => Promise.resolve(good));
    const thresholds = { bookNowMin: 95, followUpMin: 50 };
    expect(await qualifier({ model, thresholds }).qualifyLead(lead)).toMatchObject({
      decision: 'follow_up',
      disagreement: { model_decision: 'book_now' },
    });
  });

  it('answers by the rules without an API key, and asks to be run again', async () => {
    expect(await qualifier({}).qualifyLead(lead)).toMatchObject({
      decision: 'book_now',
      source: 'rules',
      model: null,
      prompt_version: null,
      rules_version: 'rules.v1',
      fallback_reason: 'not_configured',
      requalify: true,
      usage: null,
    });
  });

  it('does not bother a paused provider', async () => {
    let asked = 0;
    const model = scorer(() => {
      asked += 1;
      return Promise.resolve(good);
    });
    const result = await qualifier({ model, isPaused: () => true }).qualifyLead(lead);
    expect(result).toMatchObject({ source: 'rules', fallback_reason: 'provider_paused' });
    expect(asked).toBe(0);
  });

  it.each<[string, ModelScorer['score'], string]>([
    ['rejects', () => Promise.reject(new Error('x')), 'internal_error'],
    [
      'throws at once',
      () => {
        throw new Error('x');
      },
      'internal_error',
    ],
    [
      'never answers and ignores its signal',
      () => new Promise<ModelScore>(() => undefined),
      'timeout',
    ],
  ])('answers by the rules when the model %s', async (_how, score, fallback_reason) => {
    const result = await qualifier({ model: scorer(score), budgetMs: 20 }).qualifyLead(lead);
    expect(result).toMatchObject({ source: 'rules', decision: 'book_now', fallback_reason });
  });

  it('tells the model to stop when the budget ends', async () => {
    let stopped = false;
    const model = scorer(
      (_prompt, { signal }) =>
        new Promise(() => {
          signal.addEventListener('abort', () => (stopped = true));
        }),
    );
    await qualifier({ model, budgetMs: 10 }).qualifyLead(lead);
    expect(stopped).toBe(true);
  });

  it('gives a vertical without words of its own the generic prompt', async () => {
    const versions: string[] = [];
    const model = scorer((prompt) => {
      versions.push(prompt.prompt_version);
      return Promise.resolve(good);
    });
    for (const vertical of ['plumbing', null, 'Med Spa', 'medspa', 'DENTAL']) {
      await qualifier({ model }).qualifyLead({ ...lead, vertical });
    }
    expect(versions).toEqual(['generic.v1', 'generic.v1', 'med_spa.v1', 'med_spa.v1', 'dental.v1']);
  });

  it('tells the observer what happened, and survives one that throws', async () => {
    const seen: unknown[] = [];
    const observer = {
      modelAnswered: (result: unknown) => seen.push(result),
      qualified: () => {
        throw new Error('broken observer');
      },
    };
    const failing: ModelScore = {
      ok: false,
      error_class: 'refusal',
      retryable: false,
      attempts: 1,
      latency_ms: 3,
    };
    const model = scorer(() => Promise.resolve(failing));
    const result = await qualifier({ model, observer }).qualifyLead(lead);
    expect(result.fallback_reason).toBe('refusal');
    expect(seen).toEqual([{ ok: false, error_class: 'refusal', attempts: 1, latency_ms: 0 }]);
  });

  it.each(injections().map((item) => [item.id, item] as const))(
    'keeps %s below book_now even when the model obeys it, at any limit',
    async (_id, { vertical, enquiry }) => {
      for (const bookNowMin of [80, 10, 2]) {
        for (const model of [scorer(() => Promise.resolve({ ...good, score: 100 })), null]) {
          const { qualifyLead } = qualifier({ model, thresholds: { bookNowMin, followUpMin: 1 } });
          const result = await qualifyLead({ ...enquiry, vertical });
          expect(result.decision).not.toBe('book_now');
          expect(result.steering).toEqual({ model_score: model === null ? null : 100 });
        }
      }
    },
  );
});

describe('qualifying through the wire', () => {
  let fake: FakeOpenAi;
  beforeEach(async () => {
    fake = await startFakeOpenAi();
  });
  afterEach(() => fake.close());

  function overTheWire(timeoutMs = 10_000) {
    const settings = { apiKey: 'sk-test', baseUrl: fake.baseUrl, timeoutMs, retryDelayMs: 0 };
    return qualifier({ model: createModelScorer(createOpenAiChat(settings)), budgetMs: 30_000 });
  }

  it('sends the strict schema and nothing that identifies the person’s phone or email', async () => {
    const result = await overTheWire().qualifyLead(lead);
    expect(result).toMatchObject({ score: 91, decision: 'book_now', source: 'openai' });
    const [request] = fake.requests;
    expect(request?.body).toMatchObject({
      model: 'gpt-4o-mini',
      temperature: 0.3,
      max_tokens: 300,
    });
    expect(request?.body.response_format).toMatchObject({
      type: 'json_schema',
      json_schema: {
        strict: true,
        schema: { required: ['reason', 'score', 'decision'], additionalProperties: false },
      },
    });
    expect(request?.rawBody).not.toMatch(/5550123|alex@example/);
  });

  it('uses a fresh marker for every enquiry', async () => {
    const { qualifyLead } = overTheWire();
    await qualifyLead(lead);
    await qualifyLead(lead);
    const markers = fake.requests.map(
      (request) => request.body.messages?.[1]?.content.split('\n')[1],
    );
    expect(new Set(markers).size).toBe(2);
  });

  it('sends no free text in the health profile and still gets an answer', async () => {
    const result = await overTheWire().qualifyLead({ ...lead, profile: 'health' });
    expect(result).toMatchObject({ source: 'openai', prompt_version: 'dental.v1.health' });
    const sent = fake.requests.map(enquirySent).join();
    expect(sent).toContain('asks_to_book');
    expect(sent).not.toMatch(/cleaning|Tuesday|Alex/i);
  });

  it.each<[string, FakeMode]>([
    ['refusal', { kind: 'refusal' }],
    ['length', { kind: 'length' }],
    ['content_filter', { kind: 'content_filter' }],
    ['invalid_json', { kind: 'content', content: 'Sure! The score is 90.' }],
    [
      'invalid_shape',
      { kind: 'content', content: '{"score":101,"decision":"book_now","reason":"x"}' },
    ],
    [
      'invalid_shape',
      { kind: 'content', content: '{"score":90,"decision":"book_now","reason":" "}' },
    ],
    [
      'invalid_shape',
      { kind: 'content', content: '{"score":9.5,"decision":"book_now","reason":"x"}' },
    ],
    [
      'invalid_shape',
      { kind: 'content', content: '{"score":"90","decision":"book_now","reason":"x"}' },
    ],
    ['invalid_shape', { kind: 'content', content: '{"score":90,"decision":"vip","reason":"x"}' }],
    ['invalid_shape', { kind: 'content', content: 'null' }],
    ['rate_limited', { kind: 'status', status: 429, headers: { 'retry-after': '60' } }],
    ['server_error', { kind: 'status', status: 500 }],
    ['timeout', { kind: 'hang' }],
    ['timeout', { kind: 'drip' }],
    ['connection', { kind: 'malformed_http' }],
    ['auth', { kind: 'status', status: 401 }],
  ])('falls back to the rules on %s (%j)', async (fallback_reason, mode) => {
    fake.setMode(mode);
    const timeoutMs = fallback_reason === 'timeout' ? 60 : undefined;
    expect(await overTheWire(timeoutMs).qualifyLead(lead)).toMatchObject({
      source: 'rules',
      decision: 'book_now',
      fallback_reason,
      requalify: true,
    });
  });

  it('makes one clean sentence of a rambling reason', async () => {
    const reason = 'Dr. Example\nwants   a\u0000 cleaning. Also many other things. And more';
    fake.setMode({ kind: 'answer', answer: { reason, score: 85, decision: 'book_now' } });
    expect((await overTheWire().qualifyLead(lead)).reason).toBe('Dr. Example wants a cleaning.');
  });
});
