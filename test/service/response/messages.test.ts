import { startFakeTwilio } from '../../fakes/twilio.js';
import { createDatabase, DATABASES } from '../../support/databases.js';
import { testRuntime } from '../../support/runtime.js';
import {
  ANN,
  BOB,
  newSid,
  NIGHT,
  OPEN,
  PUBLIC_URL,
  startResponse,
  type ResponseService,
} from './support.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe.each(DATABASES)('messages on %s', (database) => {
  let service: ResponseService;

  beforeEach(async () => {
    service = await startResponse(database);
  });
  afterEach(() => service.stop());

  const only = async () => {
    const messages = await service.messages();
    expect(messages).toHaveLength(1);
    return messages[0] ?? never();
  };

  test('every check of a message is recorded, denials first and delays last', async () => {
    await service.missed(ANN);
    expect((await only()).checks.map(({ code, passed }) => [code, passed])).toEqual([
      ['not_configured', true],
      ['no_textable_number', true],
      ['suppressed', true],
      ['no_consent', true],
      ['already_acknowledged', true],
      ['quiet_hours', true],
      ['provider_paused', true],
    ]);
  });

  test('a call at night is answered in the morning, with what is true then', async () => {
    service.runtime.set(NIGHT);
    const { acknowledgement } = await service.missed(ANN);
    expect(acknowledgement).toMatchObject({
      status: 'deferred',
      reason_code: 'quiet_hours',
      send_at: '2026-03-11T12:00:00.000Z',
    });
    expect((await only()).body).toContain('when we open Wednesday at 9:00 AM');
    service.runtime.set('2026-03-11T11:59:59.999Z');
    await service.service.sendDue();
    expect(service.twilio.messages).toEqual([]);
    service.runtime.set('2026-03-11T12:00:00.000Z');
    await service.service.sendDue();
    expect(service.twilio.messages.map(({ to }) => to)).toEqual([ANN]);
    expect(service.twilio.messages[0]?.body).toContain('when we open Wednesday at 9:00 AM');
    expect(await only()).toMatchObject({ status: 'sent', rule_version: expect.any(String) });
  });

  test('a deferred text promises the time that is true when it goes', async () => {
    // Closed from 17:00; the number is of Hawaii, where quiet hours end at 14:00 in Washington.
    service.runtime.set('2026-03-11T07:30:00.000Z');
    const { acknowledgement } = await service.missed('+18085550123');
    expect(acknowledgement.status).toBe('deferred');
    expect((await only()).body).toContain('when we open Wednesday');
    service.runtime.set(acknowledgement.send_at ?? '');
    await service.service.sendDue();
    expect(service.twilio.messages[0]?.body).toContain('as soon as we can');
  });

  test('a deferred text is dropped when its task has been closed', async () => {
    service.runtime.set(NIGHT);
    const { task_id } = await service.missed(ANN);
    await service.post(`/api/tasks/${task_id ?? ''}/complete`, { outcome: 'callback_booked' });
    service.runtime.advance(12 * HOUR);
    await service.service.sendDue();
    expect(await only()).toMatchObject({ status: 'skipped', reason_code: 'task_closed' });
    expect(service.twilio.messages).toEqual([]);
  });

  test('a STOP between the decision and the sending wins', async () => {
    service.runtime.set(NIGHT);
    await service.missed(ANN);
    await service.text(ANN, 'Stop');
    service.runtime.advance(12 * HOUR);
    await service.service.sendDue();
    const message = await only();
    expect(message).toMatchObject({ status: 'skipped', reason_code: 'suppressed' });
    expect(message.checks.find(({ code }) => code === 'suppressed')).toMatchObject({
      passed: false,
    });
    expect(service.twilio.messages).toEqual([]);
  });

  test('after an opt-out a call makes a lead and a task, no text, and says why', async () => {
    await service.text(ANN, 'please stop texting me');
    expect(await service.leads()).toEqual([]);
    const answer = await service.missed(ANN);
    expect(answer).toMatchObject({
      missed: true,
      created: true,
      acknowledgement: { status: 'skipped', reason_code: 'suppressed' },
    });
    await service.service.sendDue();
    expect(service.twilio.requests).toEqual([]);
    const entries = await service.timeline(answer.lead_id ?? '');
    expect(entries.find(({ type }) => type === 'message')?.data).toMatchObject({
      status: 'skipped',
      reason_code: 'suppressed',
    });
  });

  test('START lifts what STOP made, and nothing that staff made', async () => {
    await service.text(ANN, 'STOP');
    await service.text(ANN, 'start');
    expect((await service.missed(ANN)).acknowledgement.status).toBe('queued');
    await service.post('/api/suppressions', { phone: BOB, reason: 'asked at the desk' });
    await service.text(BOB, 'START');
    expect((await service.missed(BOB)).acknowledgement).toMatchObject({
      reason_code: 'suppressed',
    });
  });

  test('an ordinary text joins the lead, keeps its task and alerts', async () => {
    const { lead_id: leadId, task_id: taskId } = await service.missed(ANN);
    await service.text(ANN, 'My tooth hurts, stop by tomorrow?');
    expect(await service.tasks()).toMatchObject([{ id: taskId, state: 'open' }]);
    expect(await service.events('message.received')).toMatchObject([
      { data: { lead_id: leadId, class: 'other' } },
    ]);
    const texts = (await service.timeline(leadId ?? '')).filter(({ type }) => type === 'message');
    expect(texts.map(({ data }) => [data.direction, data.status])).toEqual([
      ['outbound', 'queued'],
      ['inbound', 'received'],
    ]);
  });

  test('a text of somebody unknown makes a lead and a task, and is not acknowledged', async () => {
    await service.text(BOB, 'Do you take walk-ins?');
    expect(await service.leads()).toMatchObject([{ phone: BOB, source: 'text' }]);
    expect(await service.tasks()).toMatchObject([{ reason: 'text' }]);
    expect(await service.messages()).toEqual([]);
  });

  test('HELP is answered with the business and its number', async () => {
    await service.text(ANN, 'HELP');
    await service.service.sendDue();
    expect(service.twilio.messages).toMatchObject([
      { to: ANN, body: expect.stringMatching(/Example Dental.*\+12025550100/) },
    ]);
    // What Twilio has answered itself is not answered again.
    await service.text(ANN, 'HELP', { OptOutType: 'HELP' });
    await service.service.sendDue();
    expect(service.twilio.messages).toHaveLength(1);
  });

  test('status callbacks move a message forward only', async () => {
    await service.ring(ANN);
    await service.service.sendDue();
    const sid = service.twilio.messages[0]?.sid ?? '';
    const deliverTo = (service.twilio.messages[0]?.status_callback ?? '').replace(
      PUBLIC_URL,
      service.address,
    );
    const heard = [];
    for (const status of ['sent', 'delivered', 'sent', 'failed', 'undelivered']) {
      const answer = await service.twilio.report(sid, status, { deliverTo });
      expect(answer.status).toBe(200);
      heard.push((await only()).status);
    }
    expect(heard).toEqual(['sent', 'delivered', 'delivered', 'delivered', 'delivered']);
    expect(await service.events('message.failed')).toEqual([]);
  });

  test('a report of failure is told, and 21610 in it suppresses', async () => {
    await service.ring(ANN);
    await service.service.sendDue();
    const sid = service.twilio.messages[0]?.sid ?? '';
    const deliverTo = (service.twilio.messages[0]?.status_callback ?? '').replace(
      PUBLIC_URL,
      service.address,
    );
    await service.twilio.report(sid, 'undelivered', { deliverTo, errorCode: 21610 });
    expect(await only()).toMatchObject({ status: 'undelivered', error_code: '21610' });
    expect(await service.events('message.failed')).toHaveLength(1);
    const check = await service.post('/api/suppressions/check', { phone: ANN });
    expect(check.body).toMatchObject({ suppressed: true });
  });

  test('a signed report for another message changes nothing', async () => {
    await service.ring(ANN);
    await service.service.sendDue();
    const { id } = await only();
    const path = `/api/webhooks/twilio/message-status?mid=${id}`;
    await service.webhook(path, { MessageSid: newSid('SM'), MessageStatus: 'failed' });
    expect(await only()).toMatchObject({ status: 'sent' });
  });

  test.each([
    ['accepted and lost', { kind: 'reset', accepted: true }, 'sent', 1],
    ['lost before it arrived', { kind: 'reset' }, 'unknown', 0],
    ['answered by a gateway', { kind: 'gateway_error', accepted: true }, 'sent', 1],
    ['answered with garbage', { kind: 'garbage' }, 'sent', 1],
  ] as const)(
    'a text that was %s is looked for and never sent again',
    async (_name, fault, status, sent) => {
      service.twilio.failNext(fault);
      await service.ring(ANN);
      await service.service.sendDue();
      expect(await only()).toMatchObject({ status: 'sending' });
      service.runtime.advance(2 * MINUTE - 1);
      await service.service.sendDue();
      expect(await only()).toMatchObject({ status: 'sending' });
      service.runtime.advance(1);
      await service.service.sendDue();
      expect(await only()).toMatchObject({ status });
      service.runtime.advance(48 * HOUR);
      await service.service.sendDue();
      expect(service.twilio.messages).toHaveLength(sent);
      expect(await service.events('message.failed')).toHaveLength(status === 'unknown' ? 1 : 0);
    },
  );

  test('two texts that look alike leave it unknown which one was ours', async () => {
    service.twilio.failNext({ kind: 'reset', accepted: true });
    await service.ring(ANN);
    await service.service.sendDue();
    const { to, body } = service.twilio.messages[0] ?? never();
    service.twilio.add({ to, body });
    service.runtime.advance(2 * MINUTE);
    await service.service.sendDue();
    expect(await only()).toMatchObject({ status: 'unknown', reason_code: 'several_at_provider' });
  });

  test('a late report still says what became of an unknown text', async () => {
    service.twilio.failNext({ kind: 'reset' });
    await service.ring(ANN);
    await service.service.sendDue();
    service.runtime.advance(2 * MINUTE);
    await service.service.sendDue();
    const { id } = await only();
    await service.webhook(`/api/webhooks/twilio/message-status?mid=${id}`, {
      MessageSid: newSid('SM'),
      MessageStatus: 'delivered',
    });
    expect(await only()).toMatchObject({ status: 'delivered' });
  });

  test('a text by hand may go at night with a warning, and never to who opted out', async () => {
    service.runtime.set(NIGHT);
    const warned = await service.post('/api/messages', { to: ANN, kind: 'manual', body: 'Hello' });
    expect(warned).toMatchObject({
      status: 201,
      body: { status: 'queued', warnings: ['quiet_hours'] },
    });
    await service.post('/api/suppressions', { phone: BOB, reason: 'asked' });
    const refused = await service.post('/api/messages', { to: BOB, body: 'Hello' });
    expect(refused).toMatchObject({
      status: 201,
      body: { status: 'skipped', reason_code: 'suppressed' },
    });
    await service.service.sendDue();
    expect(service.twilio.messages.map(({ to }) => to)).toEqual([ANN]);
    const other = await service.post('/api/messages', {
      to: ANN,
      kind: 'acknowledgement',
      body: 'x',
    });
    expect(other.status).toBe(400);
  });

  test('the suppression list: added, checked, lifted with a reason that is kept', async () => {
    const added = await service.post<{ id: string }>('/api/suppressions', {
      phone: '(202) 555-0123',
      reason: 'asked on the phone',
    });
    expect(added).toMatchObject({ status: 201, body: { phone: ANN, source: 'api' } });
    const again = await service.post('/api/suppressions', { phone: ANN, reason: 'again' });
    expect(again.body).toMatchObject({ id: added.body.id, reason: 'asked on the phone' });
    const path = `/api/suppressions/${added.body.id}`;
    expect((await service.request('DELETE', path, {})).status).toBe(400);
    expect((await service.request('DELETE', path, { reason: 'came back' })).status).toBe(204);
    expect((await service.request('DELETE', path, { reason: 'came back' })).status).toBe(404);
    expect((await service.post('/api/suppressions/check', { phone: ANN })).body).toMatchObject({
      suppressed: false,
    });
    const kept = await service.get<{ data: unknown[] }>('/api/suppressions?removed=true');
    expect(kept.body.data).toMatchObject([{ removed_reason: 'came back' }]);
  });

  test('a form without the SMS box is not texted; without a textable number it is e-mailed if it may', async () => {
    const silent = await service.form(
      { name: 'Ann Example', phone: ANN },
      { consent: { sms: false, email: true } },
    );
    expect(silent.acknowledgement).toMatchObject({ status: 'skipped', reason_code: 'no_consent' });
    const mailed = await service.form(
      { name: 'Bob Sample', email: 'bob@example.com' },
      { consent: { sms: true, email: true } },
    );
    expect(mailed.acknowledgement).toMatchObject({
      status: 'skipped',
      reason_code: 'not_configured',
    });
    expect((await service.messages())[0]).toMatchObject({
      channel: 'email',
      to: 'bob@example.com',
    });
  });

  test('after a day the same phone may be acknowledged again', async () => {
    await service.missed(ANN);
    await service.service.sendDue();
    service.runtime.advance(24 * HOUR - 1);
    expect((await service.missed(ANN)).acknowledgement.reason_code).toBe('already_acknowledged');
    service.runtime.advance(1);
    expect((await service.missed(ANN)).acknowledgement.status).toBe('queued');
  });

  test('a manual pause holds texts back until somebody resumes', async () => {
    await service.post('/api/providers/twilio/pause', { reason: 'moving numbers' });
    expect((await service.missed(ANN)).acknowledgement).toMatchObject({
      status: 'queued',
      reason_code: 'provider_paused',
    });
    service.runtime.advance(HOUR);
    await service.service.probeDue();
    await service.service.sendDue();
    expect(service.twilio.requests).toEqual([]);
    await service.post('/api/providers/twilio/resume');
    await service.service.sendDue();
    expect(service.twilio.messages).toHaveLength(1);
    expect((await service.post('/api/providers/unknown/pause', {})).status).toBe(404);
  });
});

describe.each(DATABASES)('a crash while a text is on its way, on %s', (database) => {
  test.each([
    ['Twilio had taken it', true, 'sent', 1],
    ['Twilio had not taken it', false, 'unknown', 0],
  ] as const)(
    '%s: the next process finds out and sends nothing twice',
    async (_name, accepted, status, sent) => {
      const runtime = testRuntime(OPEN);
      const twilio = await startFakeTwilio({ now: () => runtime.clock.now() });
      const db = await createDatabase(database);
      const options = { runtime, twilio, database: db, textTimeoutMs: 1000 };
      const first = await startResponse(database, options);
      try {
        twilio.failNext({ kind: 'hang', accepted });
        await first.ring(ANN);
        const sending = first.service.sendDue();
        while (twilio.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
        // A second process on the same database, as after `kill -9` of the first.
        const second = await startResponse(database, options);
        try {
          expect(await second.messages()).toMatchObject([{ status: 'sending' }]);
          await second.service.sendDue();
          runtime.advance(2 * MINUTE);
          await second.service.sendDue();
          expect(await second.messages()).toMatchObject([{ status }]);
          expect(twilio.messages).toHaveLength(sent);
          await sending;
          // What the first one hears in the end takes nothing back.
          expect(await second.messages()).toMatchObject([{ status }]);
        } finally {
          await second.stop();
        }
      } finally {
        await first.stop();
        await twilio.close();
        await db.drop();
      }
    },
  );
});

function never(): never {
  throw new Error('There should be one.');
}
