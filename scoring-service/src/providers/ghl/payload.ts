import { z } from 'zod';

/** A webhook body is an object; what is in it depends on the workflow that made it. */
export const ghlBodySchema = z.record(z.string(), z.unknown());
export type GhlBody = z.infer<typeof ghlBodySchema>;

/** What a call reported by GoHighLevel says, whatever spelling its sender used. */
export interface GhlCall {
  /** As received; may be a word such as "anonymous". */
  phone: string | null;
  name: string | null;
  first_name: string | null;
  last_name: string | null;
  email: string | null;
  contact_id: string | null;
  location_id: string | null;
  location_name: string | null;
  /** The business's number that was called. */
  called: string | null;
  event_id: string | null;
  call_id: string | null;
  conversation_id: string | null;
  /** GHL's own call status in lower case, when it sends one. */
  call_status: string | null;
  state: string | null;
  postal_code: string | null;
  message: string | null;
}

type Path = readonly string[];

/** Where each value may be, most specific first; `a.b` is b inside a. */
const PATHS: Readonly<Record<keyof GhlCall, Path>> = {
  phone: ['phone_number', 'phoneNumber', 'phone', 'contact.phone', 'from', 'fromNumber', 'caller'],
  name: [
    'contact_name',
    'contactName',
    'full_name',
    'fullName',
    'contact.name',
    'contact.full_name',
    'name',
  ],
  first_name: ['first_name', 'firstName', 'contact.first_name', 'contact.firstName'],
  last_name: ['last_name', 'lastName', 'contact.last_name', 'contact.lastName'],
  email: ['email', 'contact.email'],
  contact_id: ['contact_id', 'contactId', 'contact.id'],
  location_id: ['location_id', 'locationId', 'location.id'],
  location_name: ['location_name', 'location.name'],
  called: ['called_number', 'calledNumber', 'to_number', 'toNumber', 'to', 'location.phone'],
  event_id: ['event_id', 'eventId', 'webhook_id', 'webhookId'],
  call_id: ['call_id', 'callId', 'call_sid', 'callSid', 'message_id', 'messageId'],
  conversation_id: ['conversation_id', 'conversationId', 'conversation.id'],
  call_status: ['call_status', 'callStatus', 'call.status'],
  state: ['state', 'contact.state'],
  postal_code: ['postal_code', 'postalCode', 'zip', 'contact.postal_code', 'contact.postalCode'],
  message: ['message', 'notes', 'transcription', 'contact.message'],
};

function at(body: unknown, path: string): unknown {
  let value: unknown = body;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function textAt(body: GhlBody, path: string): string | null {
  // Fields that an operator added to a webhook action arrive under customData.
  for (const value of [at(body, path), at(body.customData, path)]) {
    if (typeof value === 'number' && Number.isFinite(value)) return String(value);
    // Unfilled placeholders of GHL ("{{contact.phone}}") are no values.
    if (typeof value === 'string' && value.trim() !== '' && !/^\s*\{\{.*\}\}\s*$/.test(value)) {
      return value.trim().slice(0, 2000);
    }
  }
  return null;
}

/**
 * Reads `{phone_number, contact_name, …}` or GoHighLevel's own contact or call payload. Absent,
 * null and blank mean the same. A bare `id` is never read: in GHL's payloads it is the contact's.
 */
export function parseGhlCall(body: GhlBody): GhlCall {
  const read = (field: keyof GhlCall): string | null => {
    for (const path of PATHS[field]) {
      const value = textAt(body, path);
      if (value !== null) return value;
    }
    return null;
  };
  const first = read('first_name');
  const last = read('last_name');
  const joined = [first, last].filter((part) => part !== null).join(' ');
  return {
    phone: read('phone'),
    name: read('name') ?? (joined === '' ? null : joined),
    first_name: first,
    last_name: last,
    email: read('email'),
    contact_id: read('contact_id'),
    location_id: read('location_id'),
    location_name: read('location_name'),
    called: read('called'),
    event_id: read('event_id'),
    call_id: read('call_id'),
    conversation_id: read('conversation_id'),
    call_status: read('call_status')?.toLowerCase() ?? null,
    state: read('state'),
    postal_code: read('postal_code'),
    message: read('message'),
  };
}

export interface GhlDecision {
  final: boolean;
  missed: boolean;
  reason: 'busy' | 'no_answer' | 'failed' | 'canceled' | 'voicemail' | 'answered' | 'not_final';
}

const REASONS: Readonly<Record<string, GhlDecision['reason']>> = {
  busy: 'busy',
  'no-answer': 'no_answer',
  missed: 'no_answer',
  failed: 'failed',
  canceled: 'canceled',
  cancelled: 'canceled',
  voicemail: 'voicemail',
  completed: 'answered',
  answered: 'answered',
  connected: 'answered',
  queued: 'not_final',
  initiated: 'not_final',
  ringing: 'not_final',
  'in-progress': 'not_final',
};

/**
 * What a call reported by GoHighLevel was. A workflow posts here because a call was missed, so a
 * payload without a call status (or with one we do not know) is a missed call.
 */
export function decideGhlCall(call: GhlCall): GhlDecision {
  const status = (call.call_status ?? '').replace(/[\s_]+/g, '-');
  const reason = (Object.hasOwn(REASONS, status) ? REASONS[status] : undefined) ?? 'no_answer';
  return {
    final: reason !== 'not_final',
    missed: reason !== 'not_final' && reason !== 'answered',
    reason,
  };
}
