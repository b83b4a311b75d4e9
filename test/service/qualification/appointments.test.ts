import { DATABASES } from '../../support/databases.js';
import { ANN } from '../response/support.js';
import {
  REVIEW_URL,
  startFollowUp,
  type AppointmentBody,
  type FollowUpService,
} from './support.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Three in the afternoon of the next day in Washington. */
const TOMORROW = '2026-03-11T15:00:00-04:00';

describe.each(DATABASES)('appointments on %s', (database) => {
  let service: FollowUpService;
  afterEach(() => service.stop());

  const start = async (options: Parameters<typeof startFollowUp>[1] = {}): Promise<string> => {
    service = await startFollowUp(database, { asItBegins: true, ...options });
    const { lead_id: id } = await service.form({
      name: 'Ann Example',
      email: 'ann@example.com',
      phone: ANN,
    });
    await service.service.sendDue();
    return id;
  };
  const reviews = async () =>
    (await service.messages()).filter(({ kind }) => kind === 'review_request');
  const textsWithLink = () =>
    service.twilio.messages.filter(({ body }) => body.includes(REVIEW_URL));

  test('a booking schedules its review request and completes the callback task', async () => {
    const id = await start();
    const booked = await service.book(id, TOMORROW);
    expect(booked).toMatchObject({
      appointment_id: booked.id,
      lead_id: id,
      status: 'scheduled',
      scheduled_at: '2026-03-11T19:00:00.000Z',
      service_type: 'Cleaning',
      review_request: { status: 'scheduled', scheduled_for: '2026-03-12T19:00:00.000Z' },
    });
    expect(await service.tasks()).toMatchObject([
      { state: 'completed', outcome: 'callback_booked' },
    ]);
    expect(await service.lead(id)).toMatchObject({ status: 'closed' });
    expect(await service.events('appointment.booked')).toMatchObject([
      { data: { appointment_id: booked.id, lead_id: id, scheduled_at: booked.scheduled_at } },
    ]);
    const timeline = await service.timeline(id);
    expect(timeline.find(({ type }) => type === 'appointment')).toMatchObject({ id: booked.id });
  });

  test('the review text goes out when the clock passes, once, with the same link for everyone', async () => {
    const id = await start();
    const booked = await service.book(id, TOMORROW);
    service.runtime.set('2026-03-12T18:59:59.999Z');
    await service.work();
    expect(textsWithLink()).toHaveLength(0);
    service.runtime.set('2026-03-12T19:00:00.000Z');
    await service.work();
    await service.work();
    expect(textsWithLink()).toMatchObject([{ to: ANN }]);
    expect(textsWithLink()[0]?.body).not.toMatch(/Cleaning/);
    expect((await service.appointment(booked.id)).review_request).toMatchObject({ status: 'sent' });
  });

  test('posted twice, at once or later, one lead has one appointment at a time', async () => {
    const id = await start();
    const answers = await Promise.all([1, 2, 3].map(() => service.book(id, TOMORROW)));
    expect(new Set(answers.map((answer) => answer.id)).size).toBe(1);
    const again = await service.post('/api/appointments', {
      lead_id: id,
      scheduled_at: '2026-03-11T19:00:00Z',
    });
    expect(again.status).toBe(200);
    const uri = 'https://api.calendly.com/scheduled_events/EV-1/invitees/INV-1';
    const first = await service.book(id, '2026-03-20T10:00:00Z', { calendly_invitee_uri: uri });
    const same = await service.book(id, '2026-03-21T10:00:00Z', { calendly_invitee_uri: uri });
    expect(same.id).toBe(first.id);
    expect(await service.appointments()).toHaveLength(2);
  });

  test('moved, its review request moves along', async () => {
    const id = await start();
    const booked = await service.book(id, TOMORROW);
    const moved = await service.change(booked, { scheduled_at: '2026-03-13T10:00:00-04:00' });
    expect(moved).toMatchObject({
      moves: 1,
      review_request: { status: 'scheduled', scheduled_for: '2026-03-14T14:00:00.000Z' },
    });
    service.runtime.set('2026-03-12T19:00:00.000Z');
    await service.work();
    expect(textsWithLink()).toHaveLength(0);
    service.runtime.set('2026-03-14T14:00:00.000Z');
    await service.work();
    expect(textsWithLink()).toHaveLength(1);
    expect(await service.events('appointment.changed')).toMatchObject([
      { data: { appointment_id: booked.id, change: 'rescheduled' } },
    ]);
  });

  test('said twice, the second answer says so; under its key a lost answer is given again', async () => {
    const id = await start();
    const booked = await service.book(id, TOMORROW);
    const say = async (status: string, key: string, version?: number) =>
      service.patch<AppointmentBody & { repeated: boolean; error?: string }>(
        `/api/appointments/${booked.id}`,
        { status, version: version ?? (await service.appointment(booked.id)).version },
        { headers: { 'idempotency-key': key } },
      );
    const first = await say('no_show', 'one');
    expect(first).toMatchObject({ status: 200, body: { status: 'no_show', repeated: false } });
    // It read the version anew, which is another by now.
    expect((await say('no_show', 'one')).body).toEqual(first.body);
    expect((await say('no_show', 'two')).body).toEqual({ ...first.body, repeated: true });
    expect((await say('completed', 'one')).body).toMatchObject({ error: 'idempotency_mismatch' });
    // Refused for an old version, it may try again with a new one.
    expect((await say('completed', 'three', 1)).body).toMatchObject({ error: 'stale_version' });
    const after = await say('completed', 'three');
    expect(after.body).toMatchObject({ status: 'completed', repeated: false });
  });

  test.each(['cancelled', 'no_show'])('%s: nobody is asked how it was', async (status) => {
    const id = await start();
    const booked = await service.book(id, TOMORROW);
    const ended = await service.change(booked, { status });
    expect(ended).toMatchObject({ status, review_request: { status: 'cancelled' } });
    service.runtime.advance(3 * DAY_MS);
    await service.work();
    expect(await reviews()).toEqual([]);
  });

  test('a no-show that was a mistake is asked all the same; completed changes nothing', async () => {
    const id = await start();
    const booked = await service.book(id, TOMORROW);
    await service.change(booked, { status: 'no_show' });
    await service.change(booked, { status: 'completed' });
    service.runtime.set('2026-03-12T19:00:00.000Z');
    await service.work();
    expect(textsWithLink()).toHaveLength(1);
  });

  test('cancelled while the text waits for the morning, it does not go', async () => {
    const id = await start();
    // 23:00 in Washington, and asked a day later at the same hour.
    const booked = await service.book(id, '2026-03-11T23:00:00-04:00');
    service.runtime.set('2026-03-13T03:00:00.000Z');
    await service.work();
    expect(await reviews()).toMatchObject([
      { status: 'deferred', reason_code: 'quiet_hours', send_at: '2026-03-13T12:00:00.000Z' },
    ]);
    await service.change(booked, { status: 'cancelled' });
    service.runtime.set('2026-03-13T12:00:00.000Z');
    await service.work();
    expect(textsWithLink()).toHaveLength(0);
    expect(await reviews()).toMatchObject([
      { status: 'skipped', reason_code: 'appointment_not_kept' },
    ]);
  });

  test('moved while the text waits, it is asked after the new time only', async () => {
    const id = await start();
    const booked = await service.book(id, '2026-03-11T23:00:00-04:00');
    service.runtime.set('2026-03-13T03:00:00.000Z');
    await service.work();
    await service.change(booked, { scheduled_at: '2026-03-14T12:00:00-04:00' });
    service.runtime.set('2026-03-13T12:00:00.000Z');
    await service.work();
    expect(textsWithLink()).toHaveLength(0);
    service.runtime.set('2026-03-15T16:00:00.000Z');
    await service.work();
    expect(textsWithLink()).toHaveLength(1);
  });

  test('a text that is out stays out: a later cancellation changes nothing of it', async () => {
    const id = await start();
    const booked = await service.book(id, TOMORROW);
    service.runtime.set('2026-03-12T19:00:00.000Z');
    await service.work();
    const ended = await service.change(booked, { status: 'cancelled' });
    expect(ended.review_request).toMatchObject({ status: 'sent' });
    const back = await service.change(booked, {
      status: 'scheduled',
      scheduled_at: '2026-03-20T10:00:00Z',
    });
    service.runtime.set('2026-03-25T16:00:00.000Z');
    await service.work();
    expect(back.review_request.message_id).not.toBeNull();
    expect(textsWithLink()).toHaveLength(1);
  });

  test('the delay is 24 hours by the clock, also when the clocks change in between', async () => {
    const id = await start({ at: '2026-10-30T15:00:00.000Z' });
    // Saturday 15:00 in summer time; the clocks go back that night, so 24 hours later it is 14:00.
    const booked = await service.book(id, '2026-10-31T15:00:00-04:00');
    expect(booked.review_request.scheduled_for).toBe('2026-11-01T19:00:00.000Z');
  });

  test('with a delay of 0 it is asked at the appointment itself', async () => {
    const id = await start({ env: { REVIEW_DELAY_HOURS: '0' } });
    const booked = await service.book(id, TOMORROW);
    expect(booked.review_request.scheduled_for).toBe(booked.scheduled_at);
    service.runtime.set(booked.scheduled_at);
    await service.work();
    expect(textsWithLink()).toHaveLength(1);
  });

  test('one phone is asked once in ninety days, whatever the number of appointments', async () => {
    const id = await start();
    await service.book(id, TOMORROW);
    await service.book(id, '2026-04-20T15:00:00-04:00');
    await service.book(id, '2026-06-20T15:00:00-04:00');
    for (const day of [
      '2026-03-12T19:00:00.000Z',
      '2026-04-21T19:00:00.000Z',
      '2026-06-21T19:00:00.000Z',
    ]) {
      service.runtime.set(day);
      await service.work();
    }
    expect((await reviews()).map(({ status, reason_code }) => [status, reason_code])).toEqual([
      ['sent', null],
      ['skipped', 'already_acknowledged'],
      ['sent', null],
    ]);
  });

  test('the number of days is a setting', async () => {
    const id = await start({ env: { REVIEW_REPEAT_DAYS: '7' } });
    await service.book(id, TOMORROW);
    await service.book(id, '2026-03-20T15:00:00-04:00');
    for (const day of ['2026-03-12T19:00:00.000Z', '2026-03-21T19:00:00.000Z']) {
      service.runtime.set(day);
      await service.work();
    }
    expect(textsWithLink()).toHaveLength(2);
  });

  test('what the settings lack is judged when it is sent, not when it is scheduled', async () => {
    const id = await start({ env: { REVIEW_URL: '' } });
    await service.book(id, TOMORROW);
    const other = await service.book(id, '2026-03-13T15:00:00-04:00');
    service.runtime.set('2026-03-12T19:00:00.000Z');
    await service.work();
    expect(await reviews()).toMatchObject([{ status: 'skipped', reason_code: 'not_configured' }]);
    await service.business({ review_url: REVIEW_URL });
    service.runtime.set(other.review_request.scheduled_for);
    await service.work();
    expect(textsWithLink()).toHaveLength(1);
  });

  test('an appointment that is entered long afterwards is not asked about', async () => {
    const id = await start();
    const old = await service.book(id, '2026-02-01T15:00:00-05:00');
    const recent = await service.book(id, '2026-03-08T15:00:00-04:00');
    await service.work();
    expect((await service.appointment(old.id)).review_request.status).toBe('cancelled');
    expect((await service.appointment(recent.id)).review_request.status).toBe('sent');
  });

  test('somebody who opted out is not asked', async () => {
    const id = await start();
    await service.book(id, TOMORROW);
    await service.text(ANN, 'STOP');
    service.runtime.set('2026-03-12T19:00:00.000Z');
    await service.work();
    expect(await reviews()).toMatchObject([{ status: 'skipped', reason_code: 'suppressed' }]);
  });

  test('edits name the version they were made on; a taken time is refused', async () => {
    const id = await start();
    const booked = await service.book(id, TOMORROW);
    const other = await service.book(id, '2026-03-12T10:00:00Z');
    const path = `/api/appointments/${booked.id}`;
    expect((await service.patch(path, { status: 'completed' })).status).toBe(400);
    await service.change(booked, { service_type: null });
    expect(await service.patch(path, { version: 1, status: 'completed' })).toMatchObject({
      status: 409,
      body: { error: 'stale_version' },
    });
    expect(
      await service.patch(path, { version: 2, scheduled_at: other.scheduled_at }),
    ).toMatchObject({
      status: 409,
      body: { error: 'already_booked', details: { appointment_id: other.id } },
    });
    expect(await service.appointment(booked.id)).toMatchObject({ service_type: null, version: 2 });
  });

  test('a time without an offset, an unknown lead and a distribution lead are refused', async () => {
    const id = await start();
    const bad = await service.post('/api/appointments', {
      lead_id: id,
      scheduled_at: '2026-03-11T15:00:00',
    });
    expect(bad).toMatchObject({
      status: 400,
      body: { details: { scheduled_at: expect.any(String) } },
    });
    const distribution = await service.distributionLead();
    expect(
      (await service.post('/api/appointments', { lead_id: distribution, scheduled_at: TOMORROW }))
        .status,
    ).toBe(400);
    expect(
      (await service.get<AppointmentBody>('/api/appointments/01890000-0000-7000-8000-000000000000'))
        .status,
    ).toBe(404);
  });
});
