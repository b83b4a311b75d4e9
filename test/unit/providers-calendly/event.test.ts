import fc from 'fast-check';
import { parseCalendlyWebhook } from '../../../scoring-service/src/providers/calendly/index.js';
import {
  eventUri,
  inviteeCanceled,
  inviteeCreated,
  inviteeNoShow,
  inviteeRescheduled,
  inviteeUri,
  signedWebhook,
} from '../../fakes/calendly.js';

const atMs = Date.parse('2026-03-05T12:00:00Z');
const booking = {
  id: 'A',
  email: 'Alex@Example.com',
  phone: '+1 202-555-0123',
  startsAt: '2026-03-10T10:00:00.000000-05:00',
  utmContent: 'r1_ref',
};

function eventOf(rawBody: Buffer) {
  const parsed = parseCalendlyWebhook(rawBody);
  if (!parsed.ok || parsed.event === null) throw new Error(JSON.stringify(parsed));
  return parsed.event;
}
/** A created webhook with parts of its payload replaced. */
function createdWith(changes: Record<string, unknown>): Buffer {
  const body = JSON.parse(inviteeCreated(booking, atMs).rawBody.toString()) as {
    payload: Record<string, unknown>;
  };
  return signedWebhook({ ...body, payload: { ...body.payload, ...changes } }, atMs).rawBody;
}

describe('a Calendly webhook', () => {
  it('tells of a booking in our words, with the time in UTC', () => {
    expect(eventOf(inviteeCreated(booking, atMs).rawBody)).toEqual({
      kind: 'booked',
      invitee_uri: inviteeUri(booking),
      old_invitee_uri: null,
      new_invitee_uri: null,
      rescheduled: false,
      scheduled_at: '2026-03-10T15:00:00.000Z',
      email: 'alex@example.com',
      name: 'Alex Example',
      phone: '+1 202-555-0123',
      utm_content: 'r1_ref',
      event_uri: eventUri(booking),
      service_type: 'New patient visit',
    });
  });

  it('tells of a cancellation for good', () => {
    expect(eventOf(inviteeCanceled(booking, atMs).rawBody)).toMatchObject({
      kind: 'canceled',
      rescheduled: false,
      new_invitee_uri: null,
    });
  });

  it('tells of a move as two halves that name each other', () => {
    const to = { ...booking, id: 'B' };
    const { canceled, created } = inviteeRescheduled(booking, to, atMs);
    expect(eventOf(canceled.rawBody)).toMatchObject({
      kind: 'canceled',
      invitee_uri: inviteeUri(booking),
      rescheduled: true,
      new_invitee_uri: inviteeUri(to),
    });
    expect(eventOf(created.rawBody)).toMatchObject({
      kind: 'booked',
      invitee_uri: inviteeUri(to),
      rescheduled: true,
      old_invitee_uri: inviteeUri(booking),
    });
  });

  it('tells of a no-show under the booking’s own identity', () => {
    expect(eventOf(inviteeNoShow(booking, atMs).rawBody)).toMatchObject({
      kind: 'no_show',
      invitee_uri: inviteeUri(booking),
    });
  });

  it('understands a no-show that only names its invitee', () => {
    const payload = {
      uri: 'https://api.calendly.com/invitee_no_shows/1',
      invitee: inviteeUri(booking),
    };
    const { rawBody } = signedWebhook({ event: 'invitee_no_show.created', payload }, atMs);
    expect(eventOf(rawBody)).toMatchObject({
      kind: 'no_show',
      invitee_uri: inviteeUri(booking),
      email: null,
      scheduled_at: null,
    });
  });

  it('makes a name of first and last name when there is no other', () => {
    const rawBody = createdWith({ name: '', first_name: 'Alex', last_name: 'Example' });
    expect(eventOf(rawBody).name).toBe('Alex Example');
  });

  it('reads unknown, missing and blank details as absent', () => {
    const rawBody = createdWith({
      email: '',
      name: null,
      text_reminder_number: '  ',
      tracking: null,
      rescheduled: null,
      something_new: { a: 1 },
    });
    expect(eventOf(rawBody)).toMatchObject({
      email: null,
      name: null,
      phone: null,
      utm_content: null,
      rescheduled: false,
    });
  });

  it('of another type is to be acknowledged and ignored', () => {
    const { rawBody } = signedWebhook(
      { event: 'routing_form_submission.created', payload: {} },
      atMs,
    );
    expect(parseCalendlyWebhook(rawBody)).toEqual({
      ok: true,
      event: null,
      ignored: 'routing_form_submission.created',
    });
  });

  it.each([
    ['no invitee', { uri: null }, 'payload.uri'],
    ['no scheduled event', { scheduled_event: null }, 'payload.scheduled_event.start_time'],
    [
      'no real time',
      { scheduled_event: { start_time: 'soon' } },
      'payload.scheduled_event.start_time',
    ],
  ])('that books with %s is refused with the field at fault', (_what, changes, field) => {
    expect(parseCalendlyWebhook(createdWith(changes))).toEqual({
      ok: false,
      reason: 'unexpected_shape',
      fields: [field],
    });
  });

  it('that is not JSON, or any other JSON, is refused without an exception', () => {
    expect(parseCalendlyWebhook('{')).toEqual({ ok: false, reason: 'not_json', fields: [] });
    fc.assert(
      fc.property(fc.jsonValue(), (payload) => {
        for (const event of ['invitee.created', 'invitee_no_show.created']) {
          expect(parseCalendlyWebhook(JSON.stringify({ event, payload })).ok).toBe(false);
        }
        parseCalendlyWebhook(JSON.stringify(payload));
      }),
    );
  });
});
