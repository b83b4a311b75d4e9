import { inviteePayload, noShowPayload, webhookEnvelope, type InviteePayload } from './payload.js';

export type CalendlyEventKind = 'booked' | 'canceled' | 'no_show';

/** One Calendly webhook in our words. Absent values are null. */
export type CalendlyEvent = {
  kind: CalendlyEventKind;
  /** Identifies the booking. */
  invitee_uri: string;
  /** On `booked`: the booking this one replaces. */
  old_invitee_uri: string | null;
  /** On `canceled`: the booking that replaces this one. */
  new_invitee_uri: string | null;
  /** This event is one half of a move: a cancel that is followed, or a create that replaces. */
  rescheduled: boolean;
  /** ISO 8601 UTC. */
  scheduled_at: string | null;
  email: string | null;
  name: string | null;
  /** As the person typed it; not yet normalised. */
  phone: string | null;
  utm_content: string | null;
  event_uri: string | null;
  service_type: string | null;
};

export type ParsedCalendlyWebhook =
  | { ok: true; event: CalendlyEvent }
  /** A webhook of another type: acknowledge it and do nothing. */
  | { ok: true; event: null; ignored: string }
  | { ok: false; reason: 'not_json' | 'unexpected_shape'; fields: string[] };

/**
 * Reads a verified webhook body. A booking without an invitee or a start time is refused
 * (`unexpected_shape`, with the fields at fault); everything else that is missing becomes null.
 * Never throws.
 */
export function parseCalendlyWebhook(rawBody: Buffer | string): ParsedCalendlyWebhook {
  let json: unknown;
  try {
    json = JSON.parse(rawBody.toString());
  } catch {
    return { ok: false, reason: 'not_json', fields: [] };
  }
  const envelope = webhookEnvelope.safeParse(json);
  if (!envelope.success) return unexpected(envelope.error.issues);
  const kind = KINDS.get(envelope.data.event);
  if (kind === undefined) return { ok: true, event: null, ignored: envelope.data.event };
  const payload = (kind === 'no_show' ? noShowPayload : inviteePayload).safeParse(
    envelope.data.payload,
  );
  if (!payload.success) return unexpected(payload.error.issues, ['payload']);
  const event = toEvent(kind, payload.data);
  if (kind === 'booked' && event.scheduled_at === null) {
    return {
      ok: false,
      reason: 'unexpected_shape',
      fields: ['payload.scheduled_event.start_time'],
    };
  }
  return { ok: true, event };
}

const KINDS: ReadonlyMap<string, CalendlyEventKind> = new Map([
  ['invitee.created', 'booked'],
  ['invitee.canceled', 'canceled'],
  ['invitee_no_show.created', 'no_show'],
]);

function toEvent(kind: CalendlyEventKind, payload: InviteePayload): CalendlyEvent {
  const start = payload.scheduled_event?.start_time;
  const fullName = [payload.first_name, payload.last_name]
    .filter((part) => part !== null)
    .join(' ');
  const oldInvitee = payload.old_invitee ?? null;
  return {
    kind,
    invitee_uri: payload.uri,
    old_invitee_uri: oldInvitee,
    new_invitee_uri: payload.new_invitee ?? null,
    // A moved booking says `rescheduled: false` about itself: what it replaces is in old_invitee.
    rescheduled: payload.rescheduled === true || (kind === 'booked' && oldInvitee !== null),
    scheduled_at: start == null ? null : new Date(start).toISOString(),
    email: payload.email?.toLowerCase() ?? null,
    name: payload.name ?? (fullName === '' ? null : fullName),
    phone: payload.text_reminder_number,
    utm_content: payload.tracking?.utm_content ?? null,
    event_uri: payload.scheduled_event?.uri ?? payload.event ?? null,
    service_type: payload.scheduled_event?.name ?? null,
  };
}

function unexpected(
  issues: readonly { path: readonly PropertyKey[] }[],
  prefix: readonly string[] = [],
): ParsedCalendlyWebhook {
  const fields = issues.map((issue) => [...prefix, ...issue.path].map(String).join('.'));
  return { ok: false, reason: 'unexpected_shape', fields: [...new Set(fields)] };
}
