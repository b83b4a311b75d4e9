import type { FakeMode } from '../../fakes/openai.js';
import { DATABASES } from '../../support/databases.js';
import { ANN } from '../response/support.js';
import { startFollowUp, WANTS_TO_BOOK, type FollowUpService } from './support.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const FAILURES: [string, FakeMode][] = [
  ['refusal', { kind: 'refusal' }],
  ['length', { kind: 'length' }],
  ['content_filter', { kind: 'content_filter' }],
  ['invalid_json', { kind: 'content', content: 'not json at all' }],
  ['invalid_shape', { kind: 'content', content: '{"score": 500}' }],
  ['rate_limited', { kind: 'status', status: 429, headers: { 'retry-after': '60' } }],
  ['quota_exhausted', { kind: 'status', status: 429, code: 'insufficient_quota' }],
  ['server_error', { kind: 'status', status: 500 }],
  ['auth', { kind: 'status', status: 401 }],
  ['connection', { kind: 'reset' }],
];

describe.each(DATABASES)('each way not to answer, on %s', (database) => {
  let service: FollowUpService;
  let number = 0;
  beforeAll(async () => {
    service = await startFollowUp(database);
  });
  afterAll(() => service.stop());

  test.each(FAILURES)(
    '%s: the rules answer, and the model once it can, beside them',
    async (reason, mode) => {
      service.openai.setMode(mode);
      number += 1;
      const phone = `+1202555${String(100 + number).padStart(4, '0')}`;
      const { lead_id: id } = await service.form({
        name: 'Ann Example',
        phone,
        message: WANTS_TO_BOOK,
      });
      await service.work();
      expect(await service.qualifications(id)).toMatchObject([
        { source: 'rules', decision: 'book_now', fallback_reason: reason, model: null },
      ]);
      expect((await service.lead(id)).booking_url).not.toBeNull();

      service.openai.setMode({ kind: 'answer' });
      service.runtime.advance(2 * 60 * MINUTE_MS);
      await service.work();
      expect(await service.qualifications(id)).toMatchObject([
        { source: 'rules' },
        { source: 'openai', decision: 'book_now', fallback_reason: null },
      ]);
      // One enquiry, one link sent, however often it was qualified.
      expect(await service.messages(`?lead_id=${id}&kind=booking_link`)).toHaveLength(1);
      const events = await service.events('qualification.completed');
      expect(events.filter(({ data }) => data.lead_id === id)).toMatchObject([
        { data: { repeated: false } },
        { data: { repeated: true } },
      ]);
    },
  );
});

test.each([
  ['sqlite', 'hang'],
  ['sqlite', 'drip'],
  ['postgres', 'hang'],
  ['postgres', 'drip'],
] as const)('on %s a model that answers too late (%s) holds nothing up', async (database, kind) => {
  const service = await startFollowUp(database, { env: { OPENAI_TIMEOUT_SECONDS: '0.2' } });
  service.openai.setMode({ kind });
  const { lead_id: id } = await service.form({
    name: 'Ann Example',
    phone: ANN,
    message: WANTS_TO_BOOK,
  });
  await service.work();
  expect(await service.qualifications(id)).toMatchObject([
    { source: 'rules', decision: 'book_now', fallback_reason: 'timeout' },
  ]);
  expect((await service.lead(id)).booking_url).not.toBeNull();
  service.openai.setMode({ kind: 'answer' });
  await service.stop();
});

describe.each(DATABASES)('when the model does not answer, on %s', (database) => {
  let service: FollowUpService;
  beforeEach(async () => {
    service = await startFollowUp(database);
  });
  afterEach(() => service.stop());

  const enquire = async (phone = ANN): Promise<string> =>
    (await service.form({ name: 'Ann Example', phone, message: WANTS_TO_BOOK })).lead_id;
  const openai = async () => {
    const { body } = await service.get<{ data: Record<string, unknown>[] }>('/api/providers');
    return body.data.find(({ name }) => name === 'openai');
  };
  const asked = (): number =>
    service.openai.requests.filter(({ method }) => method === 'POST').length;

  test('an enquiry that the model refuses is asked about once more and no further', async () => {
    service.openai.setMode({ kind: 'refusal' });
    const id = await enquire();
    await service.work();
    for (let day = 0; day < 6; day += 1) {
      service.runtime.advance(DAY_MS);
      await service.work();
    }
    expect(asked()).toBe(2);
    // A repetition that brings nothing new adds nothing.
    expect(await service.qualifications(id)).toHaveLength(1);
    expect(await service.events('qualification.completed')).toHaveLength(1);
  });

  test('five failures in a row pause it: nobody waits for it, and a probe brings it back', async () => {
    service.openai.setMode({ kind: 'status', status: 401 });
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push(await enquire(`+1202555011${n}`));
    await service.work();
    expect(await openai()).toMatchObject({ status: 'degraded', last_failure_code: 'auth' });
    expect(await service.events('provider.degraded')).toHaveLength(1);

    const before = asked();
    ids.push(await enquire('+12025550119'));
    await service.work();
    expect(asked()).toBe(before);
    expect(await service.qualifications(ids[5] ?? '')).toMatchObject([
      { source: 'rules', fallback_reason: 'provider_paused' },
    ]);
    expect(
      await service.qualify({ name: 'Ann Example', phone: ANN, message: 'Hello' }),
    ).toMatchObject({
      source: 'rules',
      fallback_reason: 'provider_paused',
    });
    service.runtime.advance(10 * MINUTE_MS);
    await service.service.probeDue();
    expect(await openai()).toMatchObject({ status: 'degraded' });

    service.openai.setMode({ kind: 'answer' });
    service.runtime.advance(60 * MINUTE_MS);
    await service.service.probeDue();
    expect(await openai()).toMatchObject({ status: 'ok' });
    await service.work();
    for (const id of ids) {
      expect(await service.qualifications(id)).toMatchObject([
        { source: 'rules' },
        { source: 'openai' },
      ]);
    }
  });

  test('what waited longer than a week is left to the people who have dealt with it', async () => {
    await service.post('/api/providers/openai/pause', { reason: 'too expensive' });
    const id = await enquire();
    await service.work();
    service.runtime.advance(8 * DAY_MS);
    await service.post('/api/providers/openai/resume');
    await service.work();
    expect(await service.qualifications(id)).toMatchObject([{ source: 'rules' }]);
    expect(asked()).toBe(0);
  });

  test('metrics tell results, latency, tokens and cost', async () => {
    await enquire();
    await service.work();
    const response = await fetch(`${service.address}/metrics`);
    const text = await response.text();
    expect(text).toMatch(
      /leadloop_qualifications_total\{source="openai",decision="book_now",vertical="dental"\} 1/,
    );
    expect(text).toMatch(/leadloop_qualification_model_calls_total\{outcome="ok"\} 1/);
    expect(text).toMatch(/leadloop_qualification_model_seconds_count 1/);
    expect(text).toMatch(/leadloop_qualification_tokens_total\{kind="prompt"\} 400/);
    expect(text).toMatch(/leadloop_qualification_cost_usd_total 0\.000084/);
  });
});
