import { calendarOf, MS_PER_MINUTE } from './calendar.js';
import { epochMs, stateOf } from './state.js';
import type { WeeklyHours } from './types.js';

/**
 * The instant (epoch milliseconds) at which `minutes` of open time have passed since `start`.
 * Only open time counts; what is left at closing goes on at the next opening. With closing at
 * 17:00, 16:50 and 30 minutes give 09:20 on the next open day; 16:30 and 30 minutes give 17:00,
 * the moment of closing itself. Zero minutes give the first open instant.
 *
 * Null when too little open time follows: no opening within `HORIZON_DAYS` of the last closing.
 * Throws a RangeError for a negative or non-finite number of minutes.
 */
export function openMinutesAfter(
  hours: WeeklyHours,
  start: Date | number,
  minutes: number,
): number | null {
  if (!Number.isFinite(minutes) || minutes < 0) {
    throw new RangeError('minutes must be a finite number of at least 0');
  }
  const calendar = calendarOf(hours);
  let at = epochMs(start);
  let left = Math.round(minutes * MS_PER_MINUTE);
  for (;;) {
    const { open, changes_at: changesAt } = stateOf(calendar, at);
    if (open) {
      if (changesAt === null || at + left <= changesAt) return at + left;
      left -= changesAt - at;
    }
    if (changesAt === null) return null;
    at = changesAt;
  }
}
