import {
  call,
  forgedCall,
  ghlCall,
  newCallSid,
  newPhone,
  post,
  postCall,
  twilioCallback,
} from '../support/posts.js';
import { eventually } from '../support/executions.js';
import { leadsOf, said, taskOf, tellChat, textsTo, type Score, scored } from '../support/facts.js';
import type { Stage } from '../support/stage.js';

const GHL_SECRET = { 'x-leadloop-secret': 'secret-of-the-workflow' };
const TWIML = { status: 200, text: '<Response/>', type: expect.stringContaining('text/xml') };

export function missedCallSuite(stage: () => Stage): void {
  const withWords = (score: Score, words: string, more = {}) => {
    stage().openai.next(scored(score));
    return call(stage(), { From: newPhone(), TranscriptionText: words, ...more });
  };

  it('runs unedited: one lead, one task, one text, and an answer to Twilio', async () => {
    const From = newPhone();
    const { execution, ...answer } = await call(stage(), { From });
    expect(answer).toMatchObject(TWIML);
    expect(execution.status).toBe('success');
    expect(execution.ran.at(-1)).toBe('Connect Chat or Email Here');
    const [lead, ...others] = await leadsOf(stage(), From);
    expect(others).toEqual([]);
    expect(await taskOf(stage(), lead)).toMatchObject({ state: 'open', reason: 'missed_call' });
    await eventually('the text', () => (textsTo(stage(), From).length === 1 ? true : undefined));
  });

  describe('with an address for messages', () => {
    beforeAll(() =>
      stage().edit('missed-call', {
        notify_url: stage().chat.url('/calls'),
        ghl_secret: GHL_SECRET['x-leadloop-secret'],
        dashboard_url: 'https://leads.example.com',
      }),
    );

    it('tells staff of a missed call once, however often Twilio reports it', async () => {
      const From = newPhone();
      const params = { CallSid: newCallSid(), From, DialCallStatus: 'busy' };
      const id = stage().idOf('missed-call');
      const before = await stage().executions.newest(id);
      const told = tellChat(stage());
      const sent = twilioCallback(stage(), params);
      const answers = await Promise.all([1, 2, 3].map(() => post(stage(), sent)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      const runs = await stage().executions.after(id, before, 3);
      for (const run of runs) stage().seen.add('missed-call', run);
      expect(runs.flatMap((run) => run.branches('First Time')).sort()).toEqual([0, 1, 1]);
      const [lead, ...others] = await leadsOf(stage(), From);
      expect(others).toEqual([]);
      await taskOf(stage(), lead);
      expect(told()).toEqual([expect.stringContaining(`/leads/${lead?.id}`)]);
      await eventually('the text', () => (textsTo(stage(), From).length === 1 ? true : undefined));
    });

    it('takes what was said for news, once, and no other report of a known call', async () => {
      const params = { CallSid: newCallSid(), From: newPhone() };
      await call(stage(), params);
      const told = tellChat(stage());
      const recorded = { ...params, DialCallStatus: '', RecordingSid: 'RE1' };
      const silent = await call(stage(), recorded);
      expect(silent.execution.ran.at(-1)).toBe('Nothing to Do');
      expect(told()).toEqual([]);
      const words = { ...recorded, TranscriptionSid: 'TR1', TranscriptionText: 'A cleaning?' };
      const { execution } = await withWords('follow_up', 'A cleaning?', words);
      expect(execution.branches('First Time')).toEqual([0]);
      expect(told()).toEqual([expect.stringContaining('Score')]);
      const again = await call(stage(), words);
      expect(again.execution.branches('First Time')).toEqual([1]);
      expect(told()).toHaveLength(1);
    });

    it('does nothing about a call that was answered', async () => {
      const From = newPhone();
      const { execution, ...answer } = await call(stage(), { From, DialCallStatus: 'completed' });
      expect(answer).toMatchObject(TWIML);
      expect(execution.ran.at(-1)).toBe('Nothing to Do');
      expect(await leadsOf(stage(), From)).toEqual([]);
    });

    it('asks for a callback of a withheld caller, and texts nobody', async () => {
      const told = tellChat(stage());
      const sent = stage().twilio.messages.length;
      const { execution } = await call(stage(), { From: 'anonymous' });
      const { task_id, acknowledgement } = said(execution, 'Capture Twilio Call');
      expect(acknowledgement).toMatchObject({ reason_code: 'no_textable_number' });
      expect(task_id).toEqual(expect.any(String));
      expect(told()).toHaveLength(1);
      expect(stage().twilio.messages).toHaveLength(sent);
    });

    it('texts nobody who opted out, and says why', async () => {
      const From = newPhone();
      await stage().call('POST', '/suppressions', { phone: From, reason: 'asked by phone' });
      const { execution } = await call(stage(), { From });
      const { lead_id, acknowledgement } = said(execution, 'Capture Twilio Call');
      expect(acknowledgement).toMatchObject({ reason_code: 'suppressed' });
      expect(await taskOf(stage(), { id: lead_id })).toMatchObject({ state: 'open' });
      expect(textsTo(stage(), From)).toEqual([]);
    });

    it('qualifies what was said: ready to book', async () => {
      const told = tellChat(stage());
      const { execution } = await withWords('book_now', 'Please book me a cleaning this week.');
      expect(execution.branches('Qualify Call')).toEqual([0]);
      expect(stage().openai.requests.at(-1)?.rawBody).toContain('book me a cleaning');
      expect(said(execution, 'Qualify Call').booking_url).toContain('utm_content=');
      expect(told()).toEqual([expect.stringContaining('ready to book')]);
    });

    it('qualifies what was said: to be called back', async () => {
      const told = tellChat(stage());
      const { execution } = await withWords('follow_up', 'I have a question about prices.');
      expect(execution.branches('Qualify Call')).toEqual([1]);
      expect(told()).toEqual([expect.stringContaining('Score')]);
    });

    it('qualifies what was said: nothing to alert anybody about', async () => {
      const told = tellChat(stage());
      const { execution } = await withWords('low_quality', 'We sell search engine optimization.');
      expect(execution.branches('Qualify Call')).toEqual([2]);
      expect(execution.ran.at(-1)).toBe('Leave It on the Task List');
      expect(told()).toEqual([]);
    });

    it('still asks for a callback when qualifying fails', async () => {
      const told = tellChat(stage());
      stage().line.failNext(/POST \/api\/qualify/, 'unheard', 'unheard', 'unheard');
      const { execution } = await call(stage(), {
        From: newPhone(),
        TranscriptionText: 'Please call me about a cleaning.',
      });
      expect(execution.branches('Qualify Call')).toEqual([3]);
      expect(told()).toHaveLength(1);
    });

    it('refuses what proves nothing, and what was forged', async () => {
      const From = newPhone();
      const { path, headers, body } = twilioCallback(stage(), { CallSid: newCallSid(), From });
      const unsigned = { path, body, headers: { ...headers, 'x-twilio-signature': '' } };
      expect(await postCall(stage(), unsigned)).toMatchObject({ status: 403 });
      const forged = await forgedCall(stage(), { From });
      expect(forged.status).toBe(403);
      expect(forged.execution.branches('Why Not Twilio')).toEqual([0]);
      expect(await leadsOf(stage(), From)).toEqual([]);
    });

    it('tells Twilio when a callback cannot be read', async () => {
      const { status, execution } = await call(stage(), {
        From: newPhone(),
        CallSid: `CA${'0'.repeat(10_000)}`,
      });
      expect(status).toBe(400);
      expect(execution.branches('Why Not Twilio')).toEqual([1]);
    });

    it('stores a call once when the answer to n8n is lost', async () => {
      const From = newPhone();
      const told = tellChat(stage());
      stage().line.failNext(/POST \/api\/calls\/missed/, 'answer lost');
      const { status, execution } = await call(stage(), { From });
      expect(status).toBe(200);
      expect(told()).toHaveLength(1);
      expect(said(execution, 'Capture Twilio Call')).toMatchObject({ missed: true, created: true });
      const leads = await leadsOf(stage(), From);
      expect(leads).toHaveLength(1);
      const { data } = await stage().call('GET', `/leads/${leads[0]?.id}/timeline`);
      const events = data.filter((one: { type: string }) => one.type === 'source_event');
      expect(events).toHaveLength(1);
    });

    it('asks Twilio to call its fallback when the service is away, and tells the error handler', async () => {
      const handler = stage().idOf('error-handler');
      const before = await stage().executions.newest(handler);
      await stage().stopService();
      const { status, execution } = await call(stage(), { From: newPhone() });
      await stage().startService();
      expect(status).toBe(503);
      expect(execution).toMatchObject({ status: 'error' });
      const [handled] = await stage().executions.after(handler, before);
      if (handled === undefined) throw new Error('The error handler did not run.');
      stage().seen.add('error-handler', handled);
      expect(said(handled, 'Failure Message').text).toContain('LeadLoop: Missed Call');
    });

    describe('from GoHighLevel', () => {
      const body = (phone: string, more = {}) => ({
        contact_id: `contact-${phone}`,
        full_name: 'Alex Example',
        phone,
        call_id: `call-${phone}`,
        call_status: 'no-answer',
        ...more,
      });

      it('takes a call whose sender knows the secret', async () => {
        const phone = newPhone();
        const answer = await ghlCall(stage(), body(phone), GHL_SECRET);
        expect(answer).toMatchObject({ status: 200, json: { missed: true } });
        expect(await leadsOf(stage(), phone)).toHaveLength(1);
      });

      it('knows a call again, and takes what was said for news, once', async () => {
        const phone = newPhone();
        await ghlCall(stage(), body(phone), GHL_SECRET);
        const told = tellChat(stage());
        const said = body(phone, { transcription: 'I have a question about prices.' });
        for (const [reported, branch] of [
          [body(phone), 1],
          [said, 0],
          [said, 1],
        ] as const) {
          if (branch === 0) stage().openai.next(scored('follow_up'));
          const { status, execution } = await ghlCall(stage(), reported, GHL_SECRET);
          expect(status).toBe(200);
          expect(execution.branches('First Time')).toEqual([branch]);
        }
        expect(told()).toEqual([expect.stringContaining('Score')]);
      });

      it('refuses a sender without it, and a false signature', async () => {
        const phone = newPhone();
        expect(await ghlCall(stage(), body(phone))).toMatchObject({ status: 403 });
        const signed = { 'x-ghl-signature': Buffer.alloc(64).toString('base64') };
        const forged = await ghlCall(stage(), body(phone), signed);
        expect(forged.status).toBe(403);
        expect(forged.execution.branches('Why Not GoHighLevel')).toEqual([0]);
        expect(await leadsOf(stage(), phone)).toEqual([]);
      });

      it('says when an event cannot be read', async () => {
        const huge = body(newPhone(), { notes: 'x'.repeat(400_000) });
        const signed = { 'x-ghl-signature': Buffer.alloc(64).toString('base64') };
        const { status, execution } = await ghlCall(stage(), huge, signed);
        expect(status).toBe(400);
        expect(execution.branches('Why Not GoHighLevel')).toEqual([1]);
      });

      it('asks for it again when the service is away', async () => {
        const phone = newPhone();
        await stage().stopService();
        const away = await ghlCall(stage(), body(phone), GHL_SECRET);
        await stage().startService();
        expect(away.status).toBe(429);
        expect(await ghlCall(stage(), body(phone), GHL_SECRET)).toMatchObject({ status: 200 });
        expect(await leadsOf(stage(), phone)).toHaveLength(1);
      });
    });

    it('knows a call again after n8n was restarted', async () => {
      const params = { CallSid: newCallSid(), From: newPhone() };
      await call(stage(), params);
      await stage().restartN8n();
      const told = tellChat(stage());
      const { status, execution } = await call(stage(), { ...params, CallStatus: 'completed' });
      expect(status).toBe(200);
      expect(execution.branches('First Time')).toEqual([1]);
      expect(told()).toEqual([]);
      const { data } = await stage().call('GET', '/subscriptions');
      expect(data).toHaveLength(1);
    });
  });
}
