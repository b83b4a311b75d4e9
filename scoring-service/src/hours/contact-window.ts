import { hoursState, nextOpening } from './state.js';
import type { HoursState, WeeklyHours, WeeklyWindow } from './types.js';
import type { ContactHours } from './contact-hours.js';

const SATURDAY = 6;
const SUNDAY = 7;

const ALWAYS: readonly WeeklyWindow[] = [
  { days: [1, 2, 3, 4, 5, 6, 7], start: '00:00', end: '24:00' },
];
const BUSINESS_HOURS: readonly WeeklyWindow[] = [
  { days: [1, 2, 3, 4, 5], start: '09:00', end: '17:00' },
];

function windowsOf(hours: ContactHours): readonly WeeklyWindow[] {
  switch (hours.contact_hours) {
    case 'anytime':
      return ALWAYS;
    case 'business_hours':
      return BUSINESS_HOURS;
    case 'custom':
      return hours.custom_hours;
  }
}

/**
 * Contact hours as plain weekly hours. The weekend pause and the dates off hold in every mode and
 * silence the whole local day: Friday 22:00–02:00 ends at midnight under a weekend pause, and
 * Sunday 22:00–02:00 does not open at all, its two hours on Monday included.
 */
export function contactWeek(hours: ContactHours): WeeklyHours {
  return {
    windows: windowsOf(hours),
    days_off: hours.weekend_pause ? [SATURDAY, SUNDAY] : [],
    dates_off: hours.dates_off,
    timezone: hours.timezone,
  };
}

/**
 * Whether the broker may be contacted at `at`, and the exact epoch millisecond at which that
 * changes (null: it stays so), so that callers may keep "open until" and "shut until".
 */
export function contactWindow(hours: ContactHours, at: Date | number): HoursState {
  return hoursState(contactWeek(hours), at);
}

/**
 * When a lead that is ready at `at` may be sent, in epoch milliseconds: `at` itself while the
 * window is open, else the next opening. Null when the hours do not open within 400 days; the
 * delivery then stays `queued` without a `release_at` until the broker's hours change, which
 * recomputes it, and the broker is shown as never open.
 */
export function releaseAt(hours: ContactHours, at: Date | number): number | null {
  return nextOpening(contactWeek(hours), at);
}
