import { ghlEventKey, parseGhlCall } from '../../../scoring-service/src/providers/ghl/index.js';
import { DATABASES } from '../../support/databases.js';
import { openOutside } from '../../support/seed.js';
import { ANN, BUSINESS_PHONE, newSid, startResponse, type ResponseService } from './support.js';

const NO_ANSWER = { CallStatus: 'in-progress', DialCallStatus: 'no-answer' };
const RECORDED = { CallStatus: 'completed', RecordingSid: 'RE1' };
const SAID = {
  CallStatus: 'completed',
  RecordingSid: 'RE1',
  TranscriptionSid: 'TR1',
  TranscriptionText: 'Please call me about a cleaning.',
};

/** How many of the answers are of a first time, and of how many. */
const firsts = (answers: readonly { repeated: boolean }[]): [number, number] => [
  answers.filter(({ repeated }) => !repeated).length,
  answers.length,
];

describe.each(DATABASES)('answers that say whether an event is a repetition, on %s', (database) => {
  let service: ResponseService;

  beforeEach(async () => {
    service = await startResponse(database);
  });
  afterEach(() => service.stop());

  /** The events of the only lead, oldest first. */
  const events = async () => {
    const [lead] = await service.leads();
    const timeline = await service.timeline(lead?.id ?? '');
    return timeline.filter(({ type }) => type === 'source_event');
  };
  const ghl = (params: Record<string, string>) =>
    service
      .post<{ repeated: boolean; lead_id: string | null; missed: boolean }>('/api/calls/missed', {
        provider: 'ghl',
        params: { phone: ANN, ...params },
      })
      .then(({ body }) => body);

  /** The same at once from two replicas, and once more. */
  const postAll = async (post: (to: ResponseService) => Promise<{ repeated: boolean }>) => {
    const { database: db, runtime, twilio } = service;
    const other = await startResponse(database, { database: db, runtime, twilio });
    try {
      const both = [service, other, service, other, service];
      const answers = await Promise.all(both.map(post));
      return [...answers, await post(other)];
    } finally {
      await other.stop();
    }
  };

  test('of a call that is reported several times at once, one answer is the first', async () => {
    const params = { CallSid: newSid(), ...NO_ANSWER };
    expect(firsts(await postAll((to) => to.missed(ANN, params)))).toEqual([1, 6]);
    expect(await events()).toHaveLength(1);
  });

  test('of a form that is sent several times at once, one answer is the first', async () => {
    const fields = { name: 'Ann Example', phone: ANN };
    expect(firsts(await postAll((to) => to.form(fields)))).toEqual([1, 6]);
    const named = await postAll((to) => to.form(fields, { submission_id: 's-1' }));
    expect(firsts(named)).toEqual([1, 6]);
    expect(await events()).toHaveLength(2);
  });

  test('of different callbacks at once that make one call missed, one answer is the first', async () => {
    const CallSid = newSid();
    const answers = await Promise.all(
      ['no-answer', 'busy', 'failed', 'canceled'].map((DialCallStatus) =>
        service.missed(ANN, { CallSid, DialCallStatus }),
      ),
    );
    expect(firsts(answers)).toEqual([1, 4]);
    expect(await events()).toHaveLength(4);
  });

  test('a call that rang and was then missed is news twice', async () => {
    const CallSid = newSid();
    const ringing = { CallSid, CallStatus: 'ringing' };
    expect(await service.missed(ANN, ringing)).toMatchObject({ missed: false, repeated: false });
    expect(await service.missed(ANN, ringing)).toMatchObject({ missed: false, repeated: true });
    const missed = await service.missed(ANN, { CallSid, CallStatus: 'no-answer' });
    expect(missed).toMatchObject({ missed: true, repeated: false });
  });

  test('once a call is known to be missed, only what was said on it is news, and once', async () => {
    const CallSid = newSid();
    const report = (params: Record<string, string>) => service.missed(ANN, { CallSid, ...params });
    const { lead_id } = await report(NO_ANSWER);
    expect(await report({ CallStatus: 'completed' })).toMatchObject({ lead_id, repeated: true });
    expect(await report(RECORDED)).toMatchObject({ missed: true, repeated: true });
    expect(await report({ ...SAID, TranscriptionText: ' ' })).toMatchObject({ repeated: true });
    const said = { ...SAID, TranscriptionSid: 'TR2' };
    expect(await report(said)).toMatchObject({ lead_id, missed: true, repeated: false });
    expect(await report(said)).toMatchObject({ lead_id, missed: true, repeated: true });
    // A repetition all the same is kept.
    expect(await events()).toHaveLength(5);
  });

  test('a call of a withheld number is new under its own id only', async () => {
    const params = { CallSid: newSid(), ...NO_ANSWER };
    expect(await service.missed('anonymous', params)).toMatchObject({ repeated: false });
    expect(await service.missed('anonymous', params)).toMatchObject({ repeated: true });
    expect(await service.missed('anonymous', NO_ANSWER)).toMatchObject({ repeated: false });
  });

  test('a call of GoHighLevel is new once, by its id or within its two minutes', async () => {
    expect(await ghl({ call_id: 'k-1' })).toMatchObject({ repeated: false });
    expect(await ghl({ call_id: 'k-1' })).toMatchObject({ repeated: true });
    expect(await ghl({})).toMatchObject({ repeated: false });
    expect(await ghl({})).toMatchObject({ repeated: true });
    service.runtime.advance(200_000);
    expect(await ghl({})).toMatchObject({ repeated: false });
  });

  test('what was said on a call of GoHighLevel is new once, when it comes later', async () => {
    const { body } = await service.get<{ data: [{ id: string; version: number }] }>(
      '/api/businesses',
    );
    const [{ id, version }] = body.data;
    await service.patch(`/api/businesses/${id}`, { version, urgent_keywords: ['urgent'] });
    for (const call of [{ call_id: 'k-2' }, {}] as Record<string, string>[]) {
      const said = { ...call, transcription: 'My tooth hurts, this is urgent.' };
      const first = await ghl(call);
      expect(first).toMatchObject({ missed: true, repeated: false });
      const words = await Promise.all([1, 2, 3].map(() => ghl(said)));
      expect(firsts(words)).toEqual([1, 3]);
      for (const answer of [...words, await ghl(call)]) {
        expect(answer).toMatchObject({ lead_id: first.lead_id, missed: true });
      }
    }
    expect(await service.tasks()).toMatchObject([{ reason: 'missed_call', needs_review: true }]);
    expect(await events()).toHaveLength(4);
  });

  test('words that came with the call, or after one that was answered, are no news', async () => {
    const call_id = 'k-3';
    expect(await ghl({ call_id, message: 'Hello' })).toMatchObject({ repeated: false });
    expect(await ghl({ call_id, message: 'Hello' })).toMatchObject({ repeated: true });
    expect(await ghl({ call_id })).toMatchObject({ repeated: true });
    const answered = { call_id: 'k-4', call_status: 'completed' };
    expect(await ghl(answered)).toMatchObject({ missed: false, repeated: false });
    for (let time = 0; time < 2; time += 1) {
      const late = await ghl({ ...answered, message: 'Hello' });
      expect(late).toMatchObject({ missed: false, repeated: true });
    }
  });

  test('an Idempotency-Key gets the first answer again: its caller has not heard it yet', async () => {
    const params = { CallSid: newSid(), From: ANN, To: BUSINESS_PHONE, ...NO_ANSWER };
    const form = { form_id: 'contact', fields: { name: 'Ann Example', phone: ANN } };
    for (const [path, body] of [
      ['/api/calls/missed', { provider: 'twilio', params }],
      ['/api/forms/submissions', form],
    ] as const) {
      const post = (key: string) =>
        service.post<{ repeated: boolean }>(path, body, {
          headers: { 'idempotency-key': `${path} ${key}` },
        });
      const [first, retried, again] = [await post('one'), await post('one'), await post('two')];
      expect(first.body).toMatchObject({ repeated: false });
      expect(retried.body).toEqual(first.body);
      expect(again.body).toEqual({ ...first.body, repeated: true });
    }
  });
});

test('on postgres, one that another unit takes meanwhile leaves no claim of its own behind', async () => {
  const service = await startResponse('postgres');
  const outside = await openOutside(service.database);
  try {
    const params = { phone: ANN };
    const post = () =>
      service.post<{ repeated: boolean; reason: string }>('/api/calls/missed', {
        provider: 'ghl',
        params,
      });
    const { claims } = ghlEventKey(parseGhlCall(params), service.runtime.clock.now(), 'US');
    const answer = JSON.stringify({ lead_id: null, missed: false, reason: 'of another business' });
    await outside.run('begin');
    await outside.run(`insert into source_events (id, kind, provider, received_at, raw, answer)
      values ('other', 'call', 'ghl', '2026', '{}', '${answer}')`);
    await outside.run(`insert into event_claims (key, source_event_id, created_at)
      values ('${claims.at(-1) ?? ''}', 'other', '2026')`);
    const posted = post();
    const watch = await openOutside(service.database);
    const blocked = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    while ((await watch.all(blocked)).length === 0);
    await watch.close();
    await outside.run('commit');
    for (const told of [await posted, await post()]) {
      expect(told).toMatchObject({
        status: 200,
        body: { repeated: true, reason: 'of another business' },
      });
    }
    // A claim without an event would make whatever comes under its key fail.
    const orphans = `select key from event_claims c
      where not exists (select 1 from source_events s where s.id = c.source_event_id)`;
    expect(await outside.all(orphans)).toEqual([]);
  } finally {
    await outside.close();
    await service.stop();
  }
});
