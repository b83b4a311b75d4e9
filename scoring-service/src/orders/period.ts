import { DateTime } from 'luxon';

/** The month that a moment belongs to, in the service's time zone. */
export interface Periods {
  /** `YYYY-MM`. */
  of(at: number): string;
  /** When the month of `at` ends, in milliseconds since the epoch. */
  endOf(at: number): number;
}

/** Months start on the 1st at 00:00 local time, or at the first moment after it that exists. */
export function createPeriods(timezone: string): Periods {
  let known = { name: '', start: 0, end: 0 };
  const look = (at: number): typeof known => {
    if (at >= known.start && at < known.end) return known;
    const start = DateTime.fromMillis(at, { zone: timezone }).startOf('month');
    known = {
      name: start.toFormat('yyyy-MM'),
      start: start.toMillis(),
      end: start.plus({ months: 1 }).startOf('month').toMillis(),
    };
    return known;
  };
  return { of: (at) => look(at).name, endOf: (at) => look(at).end };
}
