import { DATABASES } from '../../support/databases.js';
import { ANN, BOB, newSid, startResponse, type ResponseService } from './support.js';

describe.each(DATABASES)('lead response on %s', (database) => {
  let service: ResponseService;

  beforeEach(async () => {
    service = await startResponse(database);
  });
  afterEach(() => service.stop());

  test('a missed call without a form becomes one lead, one task and one text', async () => {
    const answer = await service.ring(ANN);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/xml/);
    expect(await answer.text()).toBe('<Response/>');
    await service.service.sendDue();

    const leads = await service.leads();
    expect(leads).toMatchObject([
      { kind: 'response', status: 'open', phone: ANN, source: 'twilio call' },
    ]);
    expect(await service.tasks()).toMatchObject([
      {
        lead_id: leads[0]?.id,
        reason: 'missed_call',
        state: 'open',
        due_at: '2026-03-10T15:30:00.000Z',
      },
    ]);
    expect(service.twilio.messages).toMatchObject([
      {
        to: ANN,
        status_callback: expect.stringContaining('/api/webhooks/twilio/message-status?mid='),
      },
    ]);
    const body = service.twilio.messages[0]?.body ?? '';
    expect(body).toContain('Example Dental');
    expect(body).toContain('within 30 minutes');
    expect(await service.messages()).toMatchObject([{ kind: 'acknowledgement', status: 'sent' }]);
    expect((await service.timeline(leads[0]?.id ?? '')).map(({ type }) => type)).toEqual([
      'source_event',
      'task',
      'message',
    ]);
  });

  test.each([
    ['a form and then a call', ['form', 'call']],
    ['a call and then a form', ['call', 'form']],
  ])('%s from one number are one lead, one text, one task', async (_name, order) => {
    for (const step of order) {
      if (step === 'form') {
        await service.form({
          name: 'Ann Example',
          email: 'ann@example.com',
          phone: '(202) 555-0123',
        });
      } else await service.ring(ANN);
      service.runtime.advance(60_000);
      await service.service.sendDue();
    }
    const leads = await service.leads();
    expect(leads).toMatchObject([
      { phone: ANN, first_name: 'Ann', last_name: 'Example', email: 'ann@example.com' },
    ]);
    expect(await service.tasks()).toHaveLength(1);
    expect(service.twilio.messages).toHaveLength(1);
    const timeline = await service.timeline(leads[0]?.id ?? '');
    expect(timeline.filter(({ type }) => type === 'source_event')).toHaveLength(2);
    expect(
      (await service.messages()).map(({ status, reason_code }) => [status, reason_code]),
    ).toEqual([
      ['skipped', 'already_acknowledged'],
      ['sent', null],
    ]);
  });

  test('two people who share a business phone stay two leads, linked and suggested', async () => {
    const ann = await service.form({ name: 'Ann Example', email: 'ann@example.com', phone: ANN });
    const bob = await service.form({ name: 'Bob Sample', email: 'bob@example.com', phone: ANN });
    expect(bob).toMatchObject({ created: true });
    expect(bob.lead_id).not.toBe(ann.lead_id);
    expect(bob.acknowledgement).toMatchObject({
      status: 'skipped',
      reason_code: 'already_acknowledged',
    });
    const timeline = await service.timeline(bob.lead_id);
    expect(timeline.find(({ type }) => type === 'link')?.data).toMatchObject({
      kind: 'shares_phone',
      other_lead_id: ann.lead_id,
    });
    const suggestions = await service.get<{ data: unknown[] }>('/api/merge-suggestions');
    expect(suggestions.body.data).toMatchObject([
      { lead_id: bob.lead_id, other_lead_id: ann.lead_id, state: 'pending' },
    ]);
    // A call tells nothing of who it is: the most recently active one gets it.
    expect(await service.missed(ANN)).toMatchObject({ lead_id: bob.lead_id, created: false });
    // The form of either finds its own lead again.
    expect(
      await service.form({
        name: 'Ann Example',
        email: 'ann@example.com',
        phone: ANN,
        message: 'again',
      }),
    ).toMatchObject({ lead_id: ann.lead_id, created: false });
    expect(await service.tasks()).toHaveLength(2);
  });

  test.each(['anonymous', '', '+266696687', 'Restricted'])(
    'a withheld caller id (%j) makes a lead and a task each time, and no text',
    async (from) => {
      const one = await service.missed(from);
      const two = await service.missed(from);
      for (const answer of [one, two]) {
        expect(answer).toMatchObject({
          missed: true,
          created: true,
          acknowledgement: { status: 'skipped', reason_code: 'no_textable_number' },
        });
      }
      expect(one.lead_id).not.toBe(two.lead_id);
      expect(await service.tasks()).toMatchObject([
        { reason: 'caller_id_withheld' },
        { reason: 'caller_id_withheld' },
      ]);
      await service.service.sendDue();
      expect(service.twilio.requests).toEqual([]);
    },
  );

  test.each([
    ['complete', { outcome: 'transferred' }, 'completed'],
    ['cancel', { reason: 'a test call' }, 'cancelled'],
  ])(
    'after %s a new event opens a new task and leaves the old one as it is',
    async (verb, body, state) => {
      const first = await service.missed(ANN);
      const closed = await service.post(`/api/tasks/${first.task_id ?? ''}/${verb}`, body);
      expect(closed).toMatchObject({ status: 200, body: { state } });
      const lead = await service.get(`/api/leads/${first.lead_id ?? ''}`);
      expect(lead.body).toMatchObject({ status: 'closed' });
      service.runtime.advance(60_000);
      const second = await service.missed(ANN);
      expect(second).toMatchObject({ lead_id: first.lead_id, created: false });
      expect(second.task_id).not.toBe(first.task_id);
      expect((await service.tasks()).map((task) => task.state)).toEqual(['open', state]);
      expect((await service.get(`/api/leads/${first.lead_id ?? ''}`)).body).toMatchObject({
        status: 'open',
      });
    },
  );

  test('a text that Twilio refuses for an opt-out suppresses the number', async () => {
    service.twilio.failNext({ kind: 'opted_out' });
    await service.ring(ANN);
    await service.service.sendDue();
    expect(await service.messages()).toMatchObject([
      { status: 'failed', reason_code: 'suppressed', error_code: '21610' },
    ]);
    expect(await service.events('message.failed')).toHaveLength(1);
    service.runtime.advance(25 * 3_600_000);
    expect((await service.missed(ANN)).acknowledgement).toMatchObject({
      status: 'skipped',
      reason_code: 'suppressed',
    });
  });

  test('a text that Twilio refuses for good fails once and is told', async () => {
    service.twilio.failNext({ kind: 'unavailable' });
    await service.ring(ANN);
    await service.service.sendDue();
    expect(await service.messages()).toMatchObject([{ status: 'queued', error_code: 'http_503' }]);
    service.runtime.advance(10_000);
    await service.service.sendDue();
    expect(await service.messages()).toMatchObject([{ status: 'sent' }]);
    expect(service.twilio.messages).toHaveLength(1);
  });

  test('the same webhook three times at once is one lead, one task, one text', async () => {
    const params = { CallSid: newSid() };
    const answers = await Promise.all([1, 2, 3].map(() => service.ring(ANN, params)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await service.service.sendDue();
    expect(await service.leads()).toHaveLength(1);
    expect(await service.tasks()).toHaveLength(1);
    expect(service.twilio.messages).toHaveLength(1);
  });

  test('two replicas that are told of one person at once make one lead and send one text', async () => {
    const { database: db, runtime, twilio } = service;
    const other = await startResponse(database, { database: db, runtime, twilio });
    try {
      const params = { CallSid: newSid() };
      await Promise.all([
        service.ring(ANN, params),
        other.ring(ANN, params),
        other.ring(ANN),
        service.form({ name: 'Ann Example', phone: ANN }),
        other.form({ name: 'Ann Example', phone: ANN, email: 'ann@example.com' }),
      ]);
      await Promise.all([service.service.sendDue(), other.service.sendDue()]);
      expect(await service.leads()).toHaveLength(1);
      expect(await service.tasks()).toHaveLength(1);
      expect(service.twilio.messages).toHaveLength(1);
    } finally {
      await other.stop();
    }
  });

  test('different events of one person at once are one lead, one task, one text', async () => {
    await Promise.all([
      service.ring(ANN),
      service.ring(ANN),
      service.form({ name: 'Ann Example', email: 'ann@example.com', phone: ANN }),
      service.form({ name: 'Ann Example', phone: ANN, message: 'hello' }),
      service.text(ANN, 'Did you get my call?'),
      service.missed(BOB),
    ]);
    await service.service.sendDue();
    expect(await service.leads()).toHaveLength(2);
    expect(await service.tasks()).toHaveLength(2);
    expect(service.twilio.messages.map(({ to }) => to).sort()).toEqual([ANN, BOB]);
  });

  test('a provider that is down for an hour and then back gets each text once', async () => {
    service.twilio.failAll({ kind: 'unavailable' });
    const callers = Array.from({ length: 6 }, (_, i) => `+1202555017${i}`);
    for (const caller of callers) await service.ring(caller);
    await service.service.sendDue();
    const providers = await service.get<{ data: { name: string; status: string }[] }>(
      '/api/providers',
    );
    expect(providers.body.data.find(({ name }) => name === 'twilio')).toMatchObject({
      status: 'degraded',
    });
    const requests = service.twilio.requests.length;
    expect((await service.missed(BOB)).acknowledgement).toMatchObject({
      status: 'queued',
      reason_code: 'provider_paused',
    });
    for (let minute = 0; minute < 60; minute += 5) {
      service.runtime.advance(5 * 60_000);
      await service.service.probeDue();
      await service.service.sendDue();
    }
    // While it is paused only probes go out.
    expect(service.twilio.requests.slice(requests).every((line) => line.startsWith('GET'))).toBe(
      true,
    );
    service.twilio.failAll(null);
    service.runtime.advance(5 * 60_000);
    await service.service.probeDue();
    await service.service.sendDue();
    expect(service.twilio.messages.map(({ to }) => to).sort()).toEqual([...callers, BOB].sort());
    expect(await service.events('provider.degraded')).toHaveLength(1);
    expect(await service.events('provider.recovered')).toHaveLength(1);
    // What they promise is true now, not an hour ago.
    expect(service.twilio.messages.every(({ body }) => body.includes('as soon as we can'))).toBe(
      true,
    );
  });

  test('a voicemail is a missed call, and its recording is on the timeline', async () => {
    const CallSid = newSid();
    expect(await service.missed(ANN, { CallSid, CallStatus: 'ringing' })).toMatchObject({
      lead_id: null,
      missed: false,
      reason: 'not_final',
    });
    const recording = 'https://api.twilio.example.com/Recordings/RE1';
    const answer = await service.missed(ANN, {
      CallSid,
      CallStatus: 'completed',
      RecordingSid: 'RE1',
      RecordingUrl: recording,
    });
    expect(answer).toMatchObject({ missed: true, reason: 'voicemail', created: true });
    expect(await service.tasks()).toMatchObject([{ reason: 'voicemail' }]);
    const timeline = await service.timeline(answer.lead_id ?? '');
    expect(
      timeline.filter(({ type }) => type === 'source_event').map(({ data }) => data),
    ).toMatchObject([
      { outcome: 'waiting' },
      { outcome: 'missed', reason: 'voicemail', facts: { recording_url: recording } },
    ]);
  });

  test('ringing and then no-answer on one call are one missed call', async () => {
    const CallSid = newSid();
    for (const CallStatus of ['ringing', 'in-progress', 'no-answer', 'completed', 'no-answer']) {
      await service.ring(ANN, { CallSid, CallStatus });
    }
    await service.service.sendDue();
    const [lead] = await service.leads();
    expect(await service.tasks()).toHaveLength(1);
    expect(service.twilio.messages).toHaveLength(1);
    const events = (await service.timeline(lead?.id ?? '')).filter(
      ({ type }) => type === 'source_event',
    );
    expect(events.map(({ data }) => data.outcome)).toEqual([
      'waiting',
      'waiting',
      'missed',
      'answered',
    ]);
  });
});
