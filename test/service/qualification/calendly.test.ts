import {
  inviteeCanceled,
  inviteeCreated,
  inviteeNoShow,
  inviteeRescheduled,
  inviteeUri,
  signedWebhook,
  type CalendlyBooking,
  type SignedWebhook,
} from '../../fakes/calendly.js';
import { DATABASES } from '../../support/databases.js';
import { ANN, BOB } from '../response/support.js';
import { startFollowUp, WANTS_TO_BOOK, type BookingBody, type FollowUpService } from './support.js';

/** Every order of the list. */
function orders<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) =>
    orders([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}

describe.each(DATABASES)('Calendly on %s', (database) => {
  let service: FollowUpService;
  beforeAll(async () => {
    service = await startFollowUp(database);
  });
  afterAll(() => service.stop());

  let serial = 0;
  let email = '';
  let booking: CalendlyBooking;
  beforeEach(() => {
    serial += 1;
    email = `ann${serial}@example.com`;
    booking = { id: `A${serial}`, email, startsAt: '2026-03-16T15:00:00.000000Z' };
  });
  const now = (): number => service.runtime.clock.now();
  const mine = async () => {
    const all = await service.get<{ data: { id: string; email: string }[] }>(
      '/api/leads?kind=response&limit=200',
    );
    const ids = all.body.data.filter((lead) => lead.email === email).map(({ id }) => id);
    const lists = await Promise.all(
      ids.map((id) =>
        service.get<{ data: Awaited<ReturnType<FollowUpService['appointments']>> }>(
          `/api/appointments?lead_id=${id}`,
        ),
      ),
    );
    return lists.flatMap(({ body }) => body.data);
  };

  test('a booking through the link finds its lead by the signed reference, whatever else it says', async () => {
    const asked = await service.qualify({
      name: 'Ann Example',
      phone: ANN,
      message: WANTS_TO_BOOK,
    });
    await service.missed(ANN);
    const utmContent = new URL(asked.booking_url ?? '').searchParams.get('utm_content');
    const answer = await service.calendly(inviteeCreated({ ...booking, utmContent }, now()));
    expect(answer).toMatchObject({
      status: 200,
      body: { outcome: 'booked', lead_id: asked.lead_id },
    });
    const tasks = await service.tasks(`?lead_id=${asked.lead_id}`);
    expect(tasks).toMatchObject([{ state: 'completed', outcome: 'callback_booked' }]);
    const timeline = await service.timeline(asked.lead_id);
    expect(timeline.map(({ type }) => type)).toContain('appointment');
    // The e-mail came back through a booking: from now on it identifies the person.
    const { lead_id: written } = await service.form({
      name: 'A. Example',
      email,
      phone: '+12025550177',
    });
    expect(written).not.toBeUndefined();
    const form = await service.form({ name: 'Ann Example', email });
    expect([asked.lead_id, written]).toContain(form.lead_id);
  });

  test('without a reference the exact e-mail decides, else a lead is made', async () => {
    const { lead_id: id } = await service.form({ name: 'Ann Example', email, phone: BOB });
    const byEmail = await service.calendly(
      inviteeCreated({ ...booking, email: email.toUpperCase(), utmContent: 'r1_forged' }, now()),
    );
    expect(byEmail.body).toMatchObject({ outcome: 'booked', lead_id: id });
    const stranger = {
      id: `S${serial}`,
      email: `new${serial}@example.com`,
      name: 'Newcomer Sample',
      phone: '+1 202-555-0161',
    };
    const made = await service.calendly(inviteeCreated(stranger, now()));
    expect(made.body.outcome).toBe('booked');
    expect(await service.lead(made.body.lead_id ?? '')).toMatchObject({
      kind: 'response',
      source: 'calendly',
      status: 'closed',
      first_name: 'Newcomer',
      phone: '+12025550161',
    });
  });

  test('a wrong, old or missing signature changes nothing and is counted', async () => {
    const good = inviteeCreated(booking, now());
    const forged = {
      ...good,
      rawBody: Buffer.from(good.rawBody.toString().replace(email, 'x@example.com')),
    };
    const old = inviteeCreated(booking, now() - 181_000);
    for (const webhook of [forged, old]) {
      expect(await service.calendly(webhook)).toMatchObject({
        status: 403,
        body: { error: 'invalid_signature' },
      });
    }
    const unsigned = await service.post('/api/webhooks/calendly', {});
    expect(unsigned.status).toBe(403);
    expect(await mine()).toEqual([]);
    expect((await service.calendly(inviteeCreated(booking, now() - 179_000))).status).toBe(200);
  });

  test('delivered three times at once and once more later, a booking is one appointment', async () => {
    const webhook = inviteeCreated(booking, now());
    const answers = await Promise.all([1, 2, 3].map(() => service.calendly(webhook)));
    answers.push(await service.calendly(inviteeCreated(booking, now())));
    expect(new Set(answers.map(({ body }) => body.appointment_id)).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(answers.filter(({ body }) => !body.repeated)).toHaveLength(1);
    expect(await mine()).toHaveLength(1);
  });

  test('cancelled and missed bookings end their appointment and its review request', async () => {
    await service.calendly(inviteeCreated(booking, now()));
    await service.calendly(inviteeCanceled(booking, now()));
    expect(await mine()).toMatchObject([
      { status: 'cancelled', review_request: { status: 'cancelled' } },
    ]);
    const next = { ...booking, id: `N${serial}`, startsAt: '2026-03-17T15:00:00Z' };
    await service.calendly(inviteeCreated(next, now()));
    await service.calendly(inviteeNoShow(next, now()));
    expect((await mine())[0]).toMatchObject({
      status: 'no_show',
      review_request: { status: 'cancelled' },
    });
  });

  test('a cancellation that comes before its booking is remembered', async () => {
    const cancel = await service.calendly(inviteeCanceled(booking, now()));
    const remembered = { outcome: 'remembered', appointment_id: null, lead_id: null };
    expect(cancel.body).toEqual({ ...remembered, repeated: false });
    await service.calendly(inviteeCreated(booking, now()));
    expect(await mine()).toMatchObject([{ status: 'cancelled' }]);
  });

  const to = (): CalendlyBooking => ({
    ...booking,
    id: `B${serial}`,
    startsAt: '2026-03-18T15:00:00Z',
  });
  const ROUTES = orders(['created', 'canceled', 'moved']).map(
    (order) => [order.join(', '), order] as const,
  );

  test.each(ROUTES)('a move is one appointment that moved: %s', async (_name, order) => {
    const move = inviteeRescheduled(booking, to(), now());
    const webhooks: Record<string, SignedWebhook> = {
      created: inviteeCreated(booking, now()),
      canceled: move.canceled,
      moved: move.created,
    };
    for (const step of [...order, ...order]) {
      expect((await service.calendly(webhooks[step] as SignedWebhook)).status).toBe(200);
    }
    const all = await mine();
    expect(all.filter(({ status }) => status !== 'cancelled')).toMatchObject([
      {
        scheduled_at: '2026-03-18T15:00:00.000Z',
        calendly_invitee_uri: inviteeUri(to()),
        status: 'scheduled',
        moving: false,
        review_request: { status: 'scheduled', scheduled_for: '2026-03-19T15:00:00.000Z' },
      },
    ]);
    expect(all).toHaveLength(1);
  });

  test('two moves in any order leave one appointment at the last time', async () => {
    const last = { ...booking, id: `C${serial}`, startsAt: '2026-03-20T15:00:00Z' };
    const first = inviteeRescheduled(booking, to(), now());
    const second = inviteeRescheduled(to(), last, now());
    const webhooks = [
      inviteeCreated(booking, now()),
      first.canceled,
      first.created,
      second.canceled,
      second.created,
    ];
    let turn = 0;
    for (const order of orders(webhooks).filter((_order, index) => index % 10 === serial % 10)) {
      turn += 1;
      // Each order with bookings of its own.
      const renamed = order.map(({ rawBody }) =>
        signedWebhook(
          JSON.parse(
            rawBody
              .toString()
              .replaceAll(/(EV|INV)-([ABC])(\d+)/g, `$1-$2$3x${turn}`)
              .replaceAll(email, `t${turn}.${email}`),
          ),
          now(),
        ),
      );
      let leadId = '';
      for (const webhook of renamed) {
        const { status, body } = await service.calendly(webhook);
        expect(status).toBe(200);
        leadId = body.lead_id ?? leadId;
      }
      const list = await service.get<{
        data: { status: string; scheduled_at: string; moving: boolean }[];
      }>(`/api/appointments?lead_id=${leadId}`);
      expect(list.body.data.filter(({ status }) => status !== 'cancelled')).toMatchObject([
        { status: 'scheduled', scheduled_at: '2026-03-20T15:00:00.000Z', moving: false },
      ]);
    }
    expect(turn).toBe(12);
  });

  test('while a move is under way nobody is asked about the old time', async () => {
    await service.calendly(inviteeCreated(booking, now()));
    const move = inviteeRescheduled(booking, to(), now());
    expect((await service.calendly(move.canceled)).body.outcome).toBe('moving');
    const [moving] = await mine();
    expect(moving).toMatchObject({ status: 'scheduled', moving: true });
    const before = now();
    service.runtime.set('2026-03-17T15:00:00.000Z');
    await service.work();
    expect((await mine())[0]?.review_request).toMatchObject({
      status: 'scheduled',
      message_id: null,
    });
    service.runtime.advance(before - now());
  });

  test('the same time entered by hand before Calendly told of it stays one appointment', async () => {
    const { lead_id: id } = await service.form({ name: 'Ann Example', email });
    const posted = await service.book(id, '2026-03-16T11:00:00-04:00');
    const told = await service.calendly(inviteeCreated(booking, now()));
    expect(told.body.appointment_id).toBe(posted.id);
    expect(await mine()).toMatchObject([{ calendly_invitee_uri: inviteeUri(booking) }]);
  });

  test('a workflow hands a webhook on with its proof, which must verify', async () => {
    const { rawBody, headers } = inviteeCreated(booking, now());
    const proof = {
      signature: headers['calendly-webhook-signature'],
      raw_body_base64: rawBody.toString('base64'),
    };
    const hand = (key: string) =>
      service.post<BookingBody>(
        '/api/appointments/calendly-event',
        { provider_proof: proof },
        { headers: { 'idempotency-key': `${booking.id} ${key}` } },
      );
    const [answer, retried, again] = [await hand('one'), await hand('one'), await hand('two')];
    expect(answer).toMatchObject({ status: 200, body: { outcome: 'booked', repeated: false } });
    expect(retried.body).toEqual(answer.body);
    expect(again.body).toEqual({ ...answer.body, repeated: true });
    const broken = Buffer.from(`${rawBody.toString()} `).toString('base64');
    const refused = await service.post('/api/appointments/calendly-event', {
      provider_proof: { ...proof, raw_body_base64: broken },
    });
    expect(refused.status).toBe(403);
  });

  test('each event of a booking is new once, also when it changes nothing', async () => {
    const events = [inviteeCreated, inviteeCanceled, inviteeNoShow];
    for (const repeated of [false, true]) {
      for (const event of events) {
        const answer = await service.calendly(event(booking, now()));
        expect(answer).toMatchObject({ status: 200, body: { repeated } });
      }
    }
  });

  test('other events are acknowledged and ignored; a broken one is refused', async () => {
    const other = signedWebhook({ event: 'routing_form_submission.created', payload: {} }, now());
    expect(await service.calendly(other)).toMatchObject({
      status: 200,
      body: { outcome: 'ignored', repeated: false },
    });
    const broken = signedWebhook({ event: 'invitee.created', payload: { email } }, now());
    expect(await service.calendly(broken)).toMatchObject({
      status: 400,
      body: { error: 'invalid_payload' },
    });
  });

  test('the review text follows the booking as it stands', async () => {
    const before = now();
    await service.calendly(inviteeCreated({ ...booking, phone: '+12025550188' }, now()));
    service.runtime.set('2026-03-17T15:00:00.000Z');
    await service.work();
    expect(
      service.twilio.messages.filter(({ to: number }) => number === '+12025550188'),
    ).toHaveLength(1);
    service.runtime.advance(before - now());
  });
});
