import { calendarOf, dayOf, MS_PER_DAY } from './calendar.js';
import type { Calendar } from './calendar.js';
import type { HoursState, WeeklyHours } from './types.js';
import { offsetChange } from './zone.js';

/** How far ahead an opening is looked for when dates off follow one another without end. */
export const HORIZON_DAYS = 400;

/** Epoch milliseconds of an instant; throws a RangeError for an invalid date. */
export function epochMs(at: Date | number): number {
  const ms = typeof at === 'number' ? at : at.getTime();
  if (!Number.isFinite(ms)) throw new RangeError('Not a valid instant');
  return ms;
}

/**
 * The state of a prepared calendar at an instant. Open means: the wall clock of the zone shows a
 * time inside an opening. From that one rule follow the changes of clocks: a start that the clock
 * jumps over takes effect where the clock goes on, an opening that lies wholly in the jumped hour
 * does not happen, and in a repeated hour each reading counts, the first time and the second.
 */
export function stateOf(calendar: Calendar, at: number): HoursState {
  const { offsetAt, constant } = calendar;
  let offset = offsetAt(at);
  const open = calendar.isOpenAt(at + offset);
  if (constant === 'closed') return { open, changes_at: null };

  let from = at;
  let limit = at + HORIZON_DAYS * MS_PER_DAY;
  while (from < limit) {
    if (constant === 'open' && open) {
      const day = dayOf(from + offset);
      const dateOff = calendar.nextDateOff(day);
      if (dateOff === null) return { open, changes_at: null };
      // Go straight to the date off, stopping short of it by more than any change of clocks.
      const skip = dateOff - day - 3;
      if (skip > 0) {
        from += skip * MS_PER_DAY;
        limit = from + HORIZON_DAYS * MS_PER_DAY;
        offset = offsetAt(from);
      }
    }
    let next = calendar.nextMark(from + offset) - offset;
    if (offsetAt(next) !== offset) {
      next = offsetChange(offsetAt, from, next);
      offset = offsetAt(next);
    }
    if (calendar.isOpenAt(next + offset) !== open) return { open, changes_at: next };
    from = next;
  }
  return { open, changes_at: null };
}

/**
 * Whether the place is open at `at`, and the exact instant at which that changes, so that a
 * caller may keep the answer until then. Costs a few look-ups, never a scan by the minute.
 * Throws a RangeError for an unknown zone or an invalid date.
 */
export function hoursState(hours: WeeklyHours, at: Date | number): HoursState {
  return stateOf(calendarOf(hours), epochMs(at));
}

/** True while the place is open; start inclusive, end exclusive. */
export function isOpen(hours: WeeklyHours, at: Date | number): boolean {
  const calendar = calendarOf(hours);
  const ms = epochMs(at);
  return calendar.isOpenAt(ms + calendar.offsetAt(ms));
}

/**
 * The first open instant at or after `at` in epoch milliseconds: `at` itself while open, null if
 * nothing opens within `HORIZON_DAYS`.
 */
export function nextOpening(hours: WeeklyHours, at: Date | number): number | null {
  const ms = epochMs(at);
  const state = hoursState(hours, ms);
  return state.open ? ms : state.changes_at;
}
