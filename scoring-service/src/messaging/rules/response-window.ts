import { DateTime } from 'luxon';

/** What this module needs to know of a business's hours; all moments in milliseconds. */
export interface BusinessHours {
  /** IANA time zone of the business. */
  zone: string;
  isOpen(at: number): boolean;
  /** The first open instant at or after `at`; null when the business never opens again. */
  nextOpening(at: number): number | null;
  /** The instant at which `minutes` open minutes after `at` have passed; null when never. */
  openMinutesAfter(at: number, minutes: number): number | null;
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/** True when the business is open from `from` to `until` without a break. */
function isOpenThroughout(hours: BusinessHours, from: number, until: number): boolean {
  if (!hours.isOpen(from)) return false;
  if (until <= from) return true;
  // A break would make as many open minutes end later than as many minutes by the clock.
  return hours.openMinutesAfter(from, (until - from) / MINUTE_MS) === until;
}

/** The start of the open period that holds `at` (to the minute), at most a day back. */
function openingBefore(hours: BusinessHours, at: number): number {
  let open = 0;
  let closed = DAY_MINUTES + 1;
  while (closed - open > 1) {
    const middle = Math.floor((open + closed) / 2);
    if (isOpenThroughout(hours, at - middle * MINUTE_MS, at)) open = middle;
    else closed = middle;
  }
  return at - open * MINUTE_MS;
}

function inWords(minutes: number): string {
  if (minutes >= 120 && minutes % 60 === 0) return `within ${minutes / 60} hours`;
  return `within ${minutes} minute${minutes === 1 ? '' : 's'}`;
}

/** "Monday", or "Monday 5 January" when the name alone would be read as an earlier day. */
function dayName(opening: DateTime, now: DateTime): string {
  const days = opening.startOf('day').diff(now.startOf('day'), 'days').days;
  return opening.setLocale('en').toFormat(days >= 7 ? 'EEEE d MMMM' : 'EEEE');
}

/**
 * When a person will look, as the end of a sentence: "within 30 minutes" only when the deadline
 * lies in the current open period, else "when we open Monday at 9:00 AM" (the opening of the
 * period that holds the deadline, in the business's zone). A deadline that has passed promises no
 * time: "as soon as we can", or the next opening when closed.
 */
export function responseWindowText(
  dueAt: number,
  now: number,
  hours: BusinessHours,
  clock: '12h' | '24h' = '12h',
): string {
  const isOpen = hours.isOpen(now);
  if (dueAt <= now && isOpen) return 'as soon as we can';
  if (isOpenThroughout(hours, now, dueAt)) return inWords(Math.ceil((dueAt - now) / MINUTE_MS));
  const opening = dueAt > now ? openingBefore(hours, dueAt) : hours.nextOpening(now);
  if (opening === null) return 'as soon as we can';
  const at = DateTime.fromMillis(opening, { zone: hours.zone });
  const day = dayName(at, DateTime.fromMillis(now, { zone: hours.zone }));
  const time = at.setLocale('en').toFormat(clock === '12h' ? 'h:mm a' : 'HH:mm');
  return `when we open ${day} at ${time}`;
}
