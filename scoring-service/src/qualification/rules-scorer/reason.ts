import type { ContactFlags } from '../enquiry.js';
import type { Signal } from './signal.js';

type ReasonInput = {
  signals: readonly Signal[];
  contact: ContactFlags;
  steering: boolean;
  hasMessage: boolean;
};

/** At most this many findings are named: a reader wants the why, not the list. */
const MAX_NAMED = 3;
/** Below this a ceiling explains the score by itself, and praise beside it would mislead. */
const DECISIVE_CEILING = 40;

/**
 * Says why in one sentence: "The enquiry asks for an appointment and names a preferred time; it has
 * a usable phone and email." Made of fixed words only, so nothing a person wrote can appear in it.
 */
export function reasonOf({ signals, contact, steering, hasMessage }: ReasonInput): string {
  const named = mostTelling(signals).map((signal) => signal.words);
  if (steering) named.unshift('contains text that tries to instruct the scoring');
  const findings = named.length > 0 ? list(named.slice(0, MAX_NAMED)) : plain(hasMessage);
  return `The enquiry ${findings}; ${reach(contact)}.`;
}

function mostTelling(signals: readonly Signal[]): readonly Signal[] {
  const decisive = signals.filter((signal) => (signal.ceiling ?? 100) < DECISIVE_CEILING);
  if (decisive.length > 0) return decisive;
  // A ceiling that bounds the score comes first, then the heaviest points; the sort is stable.
  return [...signals].sort(
    (a, b) =>
      Number(b.ceiling !== undefined) - Number(a.ceiling !== undefined) ||
      Math.abs(b.points) - Math.abs(a.points),
  );
}

function plain(hasMessage: boolean): string {
  return hasMessage ? 'shows no clear sign of readiness to book' : 'has no message to judge';
}

function reach({ phone, email }: ContactFlags): string {
  const usable = [phone.well_formed ? 'phone' : '', email.well_formed ? 'email' : ''].filter(
    (way) => way !== '',
  );
  if (usable.length > 0) return `it has a usable ${usable.join(' and ')}`;
  return phone.present || email.present
    ? 'its contact details are not usable'
    : 'it leaves no way to reply';
}

function list(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}
