import { createHmac } from 'node:crypto';

/** Builds webhooks as Calendly sends them: the same envelope, fields and signature header. */

export type CalendlyBooking = {
  /** Distinguishes bookings; ends up in the URIs. */
  id: string;
  email?: string;
  name?: string;
  phone?: string | null;
  /** ISO 8601. */
  startsAt?: string;
  serviceType?: string;
  utmContent?: string | null;
};

export type SignedWebhook = {
  rawBody: Buffer;
  headers: { 'content-type': string; 'calendly-webhook-signature': string };
};

const API = 'https://api.calendly.com';
export const FAKE_SIGNING_KEY = 'calendly-test-signing-key';

/** The invitee URI of a booking, as the events name it. */
export function inviteeUri(booking: Pick<CalendlyBooking, 'id'>): string {
  return `${eventUri(booking)}/invitees/INV-${booking.id}`;
}

/** The scheduled event's URI of a booking. */
export function eventUri(booking: Pick<CalendlyBooking, 'id'>): string {
  return `${API}/scheduled_events/EV-${booking.id}`;
}

/** `Calendly-Webhook-Signature` of a body. */
export function calendlySignature(
  rawBody: Buffer | string,
  atMs: number,
  key = FAKE_SIGNING_KEY,
): string {
  const t = Math.floor(atMs / 1000);
  const v1 = createHmac('sha256', key).update(`${t}.`).update(rawBody).digest('hex');
  return `t=${t},v1=${v1}`;
}

/** Signs any JSON value as a webhook. */
export function signedWebhook(body: unknown, atMs: number, key = FAKE_SIGNING_KEY): SignedWebhook {
  const rawBody = Buffer.from(JSON.stringify(body), 'utf8');
  return {
    rawBody,
    headers: {
      'content-type': 'application/json',
      'calendly-webhook-signature': calendlySignature(rawBody, atMs, key),
    },
  };
}

/** `invitee.created`. */
export function inviteeCreated(booking: CalendlyBooking, atMs: number): SignedWebhook {
  return signedWebhook(envelope('invitee.created', invitee(booking), atMs), atMs);
}

/** `invitee.canceled` by the person, for good. */
export function inviteeCanceled(booking: CalendlyBooking, atMs: number): SignedWebhook {
  return signedWebhook(envelope('invitee.canceled', canceled(booking, atMs), atMs), atMs);
}

/** A move: the cancel of the old booking and the create of the new one, in the order Calendly makes them. */
export function inviteeRescheduled(
  from: CalendlyBooking,
  to: CalendlyBooking,
  atMs: number,
): { canceled: SignedWebhook; created: SignedWebhook } {
  const before = { ...canceled(from, atMs), rescheduled: true, new_invitee: inviteeUri(to) };
  const after = { ...invitee(to), old_invitee: inviteeUri(from) };
  return {
    canceled: signedWebhook(envelope('invitee.canceled', before, atMs), atMs),
    created: signedWebhook(envelope('invitee.created', after, atMs), atMs),
  };
}

/** `invitee_no_show.created`: the invitee resource with `no_show` filled. */
export function inviteeNoShow(booking: CalendlyBooking, atMs: number): SignedWebhook {
  const no_show = {
    uri: `${API}/invitee_no_shows/NS-${booking.id}`,
    created_at: new Date(atMs).toISOString(),
  };
  return signedWebhook(
    envelope('invitee_no_show.created', { ...invitee(booking), no_show }, atMs),
    atMs,
  );
}

function envelope(event: string, payload: Record<string, unknown>, atMs: number) {
  return {
    created_at: new Date(atMs).toISOString(),
    created_by: `${API}/users/USER`,
    event,
    payload,
  };
}

function canceled(booking: CalendlyBooking, atMs: number): Record<string, unknown> {
  return {
    ...invitee(booking),
    status: 'canceled',
    cancellation: {
      canceled_by: booking.name ?? 'Alex Example',
      canceler_type: 'invitee',
      created_at: new Date(atMs).toISOString(),
      reason: '',
    },
  };
}

function invitee(booking: CalendlyBooking): Record<string, unknown> {
  const {
    email = 'alex@example.com',
    name = 'Alex Example',
    phone = null,
    startsAt = '2026-03-10T15:00:00.000000Z',
    serviceType = 'New patient visit',
    utmContent = null,
  } = booking;
  const uri = inviteeUri(booking);
  return {
    cancel_url: `https://calendly.com/cancellations/INV-${booking.id}`,
    created_at: '2026-03-01T12:00:00.000000Z',
    email,
    event: eventUri(booking),
    first_name: null,
    invitee_scheduled_by: null,
    last_name: null,
    name,
    new_invitee: null,
    no_show: null,
    old_invitee: null,
    payment: null,
    questions_and_answers: [],
    reconfirmation: null,
    reschedule_url: `https://calendly.com/reschedulings/INV-${booking.id}`,
    rescheduled: false,
    routing_form_submission: null,
    scheduled_event: {
      uri: eventUri(booking),
      name: serviceType,
      start_time: startsAt,
      end_time: new Date(Date.parse(startsAt) + 30 * 60_000).toISOString(),
      event_type: `${API}/event_types/TYPE`,
      status: 'active',
      location: { type: 'physical', location: '1 Example Street' },
      event_guests: [],
      event_memberships: [{ user: `${API}/users/USER`, user_email: 'desk@example.com' }],
      invitees_counter: { total: 1, active: 1, limit: 1 },
    },
    scheduling_method: null,
    status: 'active',
    text_reminder_number: phone,
    timezone: 'America/New_York',
    tracking: {
      utm_campaign: null,
      utm_source: null,
      utm_medium: null,
      utm_content: utmContent,
      utm_term: null,
      salesforce_uuid: null,
    },
    updated_at: '2026-03-01T12:00:00.000000Z',
    uri,
  };
}
