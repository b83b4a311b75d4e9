import type { WeeklyHours } from './types.js';
import { zoneOffset } from './zone.js';
import type { OffsetAt } from './zone.js';

export const MS_PER_MINUTE = 60_000;
export const MS_PER_DAY = 86_400_000;
const MINUTES_PER_DAY = 1440;
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7];

/** Open minutes [from, to) of one local day, counted on its wall clock. */
type Opening = readonly [from: number, to: number];

/**
 * Hours prepared for look-up. "Local" milliseconds are what the wall clock shows, written as if
 * it were UTC; day numbers count local days since 1970-01-01.
 */
export interface Calendar {
  offsetAt: OffsetAt;
  isOpenAt(local: number): boolean;
  /** The next local millisecond after `local` at which the answer may change. */
  nextMark(local: number): number;
  /** What the weekly pattern comes to when it never changes within a week. */
  constant: 'open' | 'closed' | null;
  /** The first date off on or after a day, as a day number. */
  nextDateOff(day: number): number | null;
}

interface ParsedWindow {
  days: readonly number[];
  start: number;
  end: number;
}

function minuteOfDay(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** The local day that a local millisecond falls on. */
export function dayOf(local: number): number {
  return Math.floor(local / MS_PER_DAY);
}

function weekdayOf(day: number): number {
  // Day 0, 1970-01-01, was a Thursday.
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

function dateText(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}

/** Sorts openings and joins those that touch, so that every edge left is a real change. */
function merged(openings: Opening[]): Opening[] {
  openings.sort((a, b) => a[0] - b[0]);
  const result: [number, number][] = [];
  for (const [from, to] of openings) {
    const last = result.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}

function openingsOn(
  windows: readonly ParsedWindow[],
  weekday: number,
  offBefore: boolean,
): Opening[] {
  const weekdayBefore = weekday === 1 ? 7 : weekday - 1;
  const openings: Opening[] = [];
  for (const { days, start, end } of windows) {
    const crosses = end <= start;
    if (days.includes(weekday)) openings.push([start, crosses ? MINUTES_PER_DAY : end]);
    if (crosses && !offBefore && days.includes(weekdayBefore)) openings.push([0, end]);
  }
  return merged(openings);
}

/**
 * Prepares weekly hours for look-up; days are worked out when they are first asked for.
 *
 * A day that is off is shut from midnight to midnight, also for a window that began the evening
 * before; and a window that would start on it does not open at all, its part after midnight
 * included. Weekdays already say when shifts begin, so switching a day off can only mean that
 * nobody wants to be reached on that date.
 *
 * Throws a RangeError for an unknown time zone.
 */
export function calendarOf(hours: WeeklyHours): Calendar {
  const windows = hours.windows.map(({ days, start, end }) => ({
    days,
    start: minuteOfDay(start),
    end: minuteOfDay(end),
  }));
  const daysOff = hours.days_off ?? [];
  const datesOff = hours.dates_off ?? [];
  const known = new Map<number, readonly Opening[]>();

  const isOff = (day: number): boolean =>
    daysOff.includes(weekdayOf(day)) || (datesOff.length > 0 && datesOff.includes(dateText(day)));

  function openings(day: number): readonly Opening[] {
    let found = known.get(day);
    if (!found) {
      found = isOff(day) ? [] : openingsOn(windows, weekdayOf(day), isOff(day - 1));
      known.set(day, found);
    }
    return found;
  }

  function constantPattern(): Calendar['constant'] {
    let open = 0;
    for (const weekday of WEEKDAYS) {
      if (daysOff.includes(weekday)) continue;
      const before = weekday === 1 ? 7 : weekday - 1;
      const day = openingsOn(windows, weekday, daysOff.includes(before));
      if (day.length === 0) continue;
      if (day[0]?.[0] !== 0 || day[0][1] !== MINUTES_PER_DAY) return null;
      open++;
    }
    if (open === 0) return 'closed';
    return open === WEEKDAYS.length ? 'open' : null;
  }

  return {
    offsetAt: zoneOffset(hours.timezone),
    isOpenAt(local) {
      const day = dayOf(local);
      const minute = (local - day * MS_PER_DAY) / MS_PER_MINUTE;
      return openings(day).some(([from, to]) => from <= minute && minute < to);
    },
    nextMark(local) {
      const day = dayOf(local);
      const minute = (local - day * MS_PER_DAY) / MS_PER_MINUTE;
      for (const [from, to] of openings(day)) {
        if (from > minute) return day * MS_PER_DAY + from * MS_PER_MINUTE;
        if (to > minute) return day * MS_PER_DAY + to * MS_PER_MINUTE;
      }
      return (day + 1) * MS_PER_DAY;
    },
    constant: constantPattern(),
    nextDateOff(day) {
      const from = dateText(day);
      let next: string | null = null;
      for (const date of datesOff) if (date >= from && (next === null || date < next)) next = date;
      return next === null ? null : Date.parse(next) / MS_PER_DAY;
    },
  };
}
