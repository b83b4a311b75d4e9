import {
  inviteeCanceled,
  inviteeCreated,
  inviteeNoShow,
  inviteeRescheduled,
  signedWebhook,
  type CalendlyBooking,
} from '../../fakes/calendly.js';
import { leadsOf, said, tellChat } from '../support/facts.js';
import { calendly, newPhone, visit, type Outcome } from '../support/posts.js';
import type { Stage } from '../support/stage.js';

const SECRET = { 'x-leadloop-secret': 'secret-of-the-front-desk' };
const DAY = 24 * 3600 * 1000;

let bookings = 0;
const newBooking = (more: Partial<CalendlyBooking> = {}): CalendlyBooking => ({
  id: `n8n-${(bookings += 1)}`,
  email: `guest.${bookings}@example.com`,
  phone: newPhone(),
  startsAt: new Date(Date.now() + 3 * DAY).toISOString(),
  ...more,
});

export function appointmentSuite(stage: () => Stage): void {
  const book = (booking = newBooking()): Promise<Outcome> =>
    calendly(stage(), inviteeCreated(booking, Date.now()));
  const appointment = async (id: string) => stage().call('GET', `/appointments/${id}`);

  it('runs unedited: a booking becomes an appointment with a review request', async () => {
    const booking = newBooking();
    const { status, json, execution } = await book(booking);
    expect(status).toBe(200);
    expect(json).toMatchObject({ outcome: 'booked' });
    expect(execution.ran.at(-1)).toBe('Connect Chat or Email Here');
    expect(await leadsOf(stage(), booking.phone ?? '')).toHaveLength(1);
    expect(await appointment(json.appointment_id)).toMatchObject({
      status: 'scheduled',
      review_request: { status: 'scheduled' },
    });
  });

  it('refuses reports from the front desk as long as no secret is set', async () => {
    const refused = await visit(stage(), { appointment_id: 'x', status: 'completed' });
    expect(refused).toMatchObject({ status: 403, json: { reason_code: 'no_secret_set' } });
  });

  describe('with an address for messages and a secret', () => {
    beforeAll(() =>
      stage().edit('appointment', {
        notify_url: stage().chat.url('/appointments'),
        visit_secret: SECRET['x-leadloop-secret'],
      }),
    );

    it('tells staff of a booking once', async () => {
      const told = tellChat(stage());
      const booking = newBooking();
      await book(booking);
      const again = await book(booking);
      expect(again.status).toBe(200);
      expect(again.execution.branches('First Time')).toEqual([1]);
      expect(told()).toEqual([expect.stringContaining('Appointment booked')]);
    });

    it('tells staff of a booking whose first answer to n8n was lost', async () => {
      const told = tellChat(stage());
      stage().line.failNext(/POST \/api\/appointments\/calendly-event/, 'answer lost');
      expect(await book()).toMatchObject({ status: 200, json: { outcome: 'booked' } });
      expect(told()).toHaveLength(1);
    });

    it('moves one appointment when somebody takes another time', async () => {
      const told = tellChat(stage());
      const from = newBooking();
      const first = await book(from);
      const later = new Date(Date.now() + 5 * DAY).toISOString();
      const to = newBooking({ email: from.email, phone: from.phone, startsAt: later });
      const { canceled, created } = inviteeRescheduled(from, to, Date.now());
      await calendly(stage(), canceled);
      const { execution } = await calendly(stage(), created);
      expect(execution.branches('What Happened')).toEqual([1]);
      expect(said(execution, 'Handle Calendly Event').appointment_id).toBe(
        first.json.appointment_id,
      );
      expect(told().at(-1)).toContain('Appointment moved');
      expect(await appointment(first.json.appointment_id)).toMatchObject({ scheduled_at: later });
    });

    it('asks for a callback after a cancellation, and drops the review request', async () => {
      const told = tellChat(stage());
      const booking = newBooking();
      const { json } = await book(booking);
      const cancelled = await calendly(stage(), inviteeCanceled(booking, Date.now()));
      expect(cancelled.execution.branches('What Happened')).toEqual([2]);
      expect(told().at(-1)).toContain('cancelled');
      const { data } = await stage().call('GET', `/tasks?lead_id=${json.lead_id}&state=open`);
      expect(data).toHaveLength(1);
      expect(await appointment(json.appointment_id)).toMatchObject({
        status: 'cancelled',
        review_request: { status: 'cancelled' },
      });
    });

    it('asks for a callback after a no-show', async () => {
      const told = tellChat(stage());
      const booking = newBooking();
      await book(booking);
      const missed = await calendly(stage(), inviteeNoShow(booking, Date.now()));
      expect(missed.execution.branches('What Happened')).toEqual([3]);
      expect(told().at(-1)).toContain('Did not come');
    });

    it('says that no task was made when the service takes none', async () => {
      const told = tellChat(stage());
      const booking = newBooking();
      await book(booking);
      stage().line.failNext(/POST \/api\/tasks/, 'unheard', 'unheard', 'unheard');
      const { execution } = await calendly(stage(), inviteeNoShow(booking, Date.now()));
      expect(execution.branches('Ask for a Callback')).toEqual([1]);
      expect(told().at(-1)).toContain('No new callback task');
    });

    it('leaves the review request in place after a visit that was kept', async () => {
      const { json } = await book();
      const body = { appointment_id: json.appointment_id, status: 'completed' };
      const kept = await visit(stage(), body, SECRET);
      expect(kept).toMatchObject({
        status: 200,
        json: { status: 'completed', review_request: { status: 'scheduled' } },
      });
      expect(kept.execution.ran.at(-1)).toBe('Review Request Is Planned');
    });

    it('takes what the front desk reports once, also when the answer to n8n is lost', async () => {
      const { json } = await book();
      const told = tellChat(stage());
      const body = { appointment_id: json.appointment_id, status: 'no_show' };
      stage().line.failNext(/PATCH \/api\/appointments/, 'answer lost');
      const first = await visit(stage(), body, SECRET);
      expect(first).toMatchObject({ status: 200, json: { status: 'no_show' } });
      expect(first.execution.branches('What Happened')).toEqual([3]);
      const again = await visit(stage(), body, SECRET);
      expect(again.execution.ran.at(-1)).toBe('Nothing to Tell');
      expect(told()).toEqual([expect.stringContaining('Did not come')]);
    });

    it('refuses a wrong secret, and says what is missing, unknown or impossible', async () => {
      const { json } = await book();
      const body = { appointment_id: json.appointment_id, status: 'completed' };
      const wrong = await visit(stage(), body, { 'x-leadloop-secret': 'wrong' });
      expect(wrong).toMatchObject({ status: 403, json: { reason_code: 'wrong_secret' } });
      expect(await visit(stage(), { status: 'completed' }, SECRET)).toMatchObject({ status: 400 });
      const unknown = { ...body, appointment_id: '01990000-0000-7000-8000-000000000001' };
      expect(await visit(stage(), unknown, SECRET)).toMatchObject({ status: 404 });
      const odd = await visit(stage(), { ...body, appointment_id: 'not an id' }, SECRET);
      expect(odd.status).toBe(400);
    });

    it('refuses what proves nothing, and what was forged', async () => {
      const { rawBody } = inviteeCreated(newBooking(), Date.now());
      const headers = { 'content-type': 'application/json', 'calendly-webhook-signature': '' };
      expect(await calendly(stage(), { rawBody, headers })).toMatchObject({ status: 403 });
      const forged = signedWebhook({ event: 'invitee.created' }, Date.now(), 'another key');
      const refused = await calendly(stage(), forged);
      expect(refused.status).toBe(403);
      expect(refused.execution.branches('Why Not Calendly')).toEqual([0]);
    });

    it('says when a signed event cannot be read, and lets pass what is not about bookings', async () => {
      const empty = signedWebhook({ event: 'invitee.created' }, Date.now());
      expect(await calendly(stage(), empty)).toMatchObject({ status: 400 });
      const other = signedWebhook(
        { event: 'routing_form_submission.created', payload: {} },
        Date.now(),
      );
      const { status, execution } = await calendly(stage(), other);
      expect(status).toBe(200);
      expect(execution.ran.at(-1)).toBe('Nothing to Tell');
    });

    it('asks for an event again when the service is away, and then takes it once', async () => {
      const booking = newBooking();
      await stage().stopService();
      const away = await book(booking);
      const body = { appointment_id: '01990000-0000-7000-8000-000000000001', status: 'no_show' };
      const desk = await visit(stage(), body, SECRET);
      await stage().startService();
      expect([away.status, desk.status]).toEqual([503, 503]);
      expect(await book(booking)).toMatchObject({ json: { outcome: 'booked' } });
    });
  });
}
