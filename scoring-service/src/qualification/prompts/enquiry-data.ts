import type { ContactFlags, Enquiry, PrivacyProfile } from '../enquiry.js';
import { clipMessage } from '../clip-message.js';
import { foldText } from '../rules-scorer/fold-text.js';
import { matchSignals } from '../rules-scorer/match.js';
import { withoutSteering } from '../rules-scorer/steering.js';
import { SIGNAL_TABLES } from '../rules-scorer/tables.js';
import { redactContacts } from './redact.js';

const MAX_SHORT_CHARS = 120;

/** Known sources; in the health profile everything else becomes `other`, since a source may be typed text. */
const SOURCES = ['call', 'form', 'sms', 'email', 'chat', 'ghl', 'calendly', 'api'];

/**
 * What a model may know about an enquiry. Phone and email appear only as present and well-formed.
 * `standard` adds name, source and message with contact details removed; `health` adds no text a
 * person typed, only flags: whether there is a name and a message, how long it is, and which
 * shareable signals the rules found (intent, never treatment or symptoms).
 */
export function enquiryData(
  enquiry: Enquiry,
  contact: ContactFlags,
  profile: PrivacyProfile,
): Record<string, unknown> {
  const message = clipMessage(enquiry.message);
  const reach = { phone: contact.phone, email: contact.email };
  if (profile === 'health') {
    return {
      source: knownSource(enquiry.source),
      ...reach,
      has_name: (enquiry.name ?? '').trim() !== '',
      has_message: message !== '',
      message_length: lengthBucket(message),
      signals: shareableSignals(enquiry),
    };
  }
  const text = (value: string | null | undefined) =>
    redactContacts(clipMessage(value), enquiry.email) || null;
  const short = (value: string | null | undefined) =>
    text(value)?.slice(0, MAX_SHORT_CHARS).toWellFormed() ?? null;
  return {
    source: short(enquiry.source),
    ...reach,
    name: short(enquiry.name),
    message: text(message),
  };
}

function knownSource(source: string | null | undefined): string {
  const folded = foldText(source ?? '');
  return SOURCES.find((known) => folded === known) ?? (folded === '' ? 'unknown' : 'other');
}

function lengthBucket(message: string): 'none' | 'short' | 'medium' | 'long' {
  if (message === '') return 'none';
  if (message.length < 40) return 'short';
  return message.length < 400 ? 'medium' : 'long';
}

function shareableSignals(enquiry: Enquiry): string[] {
  const { found, rest } = withoutSteering(enquiry.message ?? '');
  const codes = matchSignals(rest, SIGNAL_TABLES[enquiry.vertical])
    .filter((signal) => signal.shareable === true)
    .map((signal) => signal.code);
  return found ? ['tries_to_instruct_the_scoring', ...codes] : codes;
}
