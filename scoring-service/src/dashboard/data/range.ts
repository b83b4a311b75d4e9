import { DateTime } from 'luxon';

/** A span of whole days in the service's zone, and the one of the same length before it. */
export interface Range {
  name: string;
  from: number;
  to: number;
  previousFrom: number;
  /** The days in it, as YYYY-MM-DD with their start. */
  days: { day: string; start: number }[];
}

export const RANGES = {
  today: { text: 'Today', days: 1 },
  '7d': { text: 'Last 7 days', days: 7 },
  '30d': { text: 'Last 30 days', days: 30 },
  '90d': { text: 'Last 90 days', days: 90 },
} as const;

const MAX_DAYS = 366;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Midnight of a date in the zone, or null when it is none. */
function startOf(date: string, timezone: string): DateTime | null {
  if (!DATE.test(date)) return null;
  const start = DateTime.fromISO(date, { zone: timezone }).startOf('day');
  return start.isValid ? start : null;
}

/**
 * The span that the address asks for: two dates (both included, at most a year), else a named span
 * that ends with today, else the last seven days.
 */
export function readRange(
  given: { range: string; from: string; to: string },
  now: number,
  timezone: string,
): Range {
  const tomorrow = DateTime.fromMillis(now, { zone: timezone }).startOf('day').plus({ days: 1 });
  const named = Object.entries(RANGES).find(([name]) => name === given.range);
  let name = named?.[0] ?? '7d';
  let from: DateTime<boolean> = tomorrow.minus({ days: named?.[1].days ?? 7 });
  let to: DateTime<boolean> = tomorrow;
  const first = startOf(given.from, timezone);
  const last = startOf(given.to, timezone);
  if (named === undefined && first !== null && last !== null && first <= last) {
    name = 'custom';
    from = first;
    to = last.plus({ days: 1 });
    if (to.diff(from, 'days').days > MAX_DAYS) from = to.minus({ days: MAX_DAYS });
  }
  const length = Math.round(to.diff(from, 'days').days);
  return {
    name,
    from: from.toMillis(),
    to: to.toMillis(),
    previousFrom: from.minus({ days: length }).toMillis(),
    days: Array.from({ length }, (_, at) => {
      const day = from.plus({ days: at });
      return { day: day.toFormat('yyyy-MM-dd'), start: day.toMillis() };
    }),
  };
}
