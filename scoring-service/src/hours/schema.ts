import { z } from 'zod';

import { isIanaZone } from './zone.js';

const CLOCK_TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
const CLOCK_END = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;
const MAX_WINDOWS = 50;
const MAX_DATES_OFF = 400;

function isCalendarDate(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  // JavaScript reads 2025-02-30 as 2 March, so the date must survive the round trip.
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === text;
}

/** A name of the IANA time zone database, such as `America/New_York`. */
export const timezoneSchema = z
  .string()
  .refine(isIanaZone, { error: 'must be an IANA time zone such as America/New_York' });

/** ISO weekday: Monday = 1 … Sunday = 7. */
export const weekdaySchema = z
  .number({ error: 'must be a weekday from 1 (Monday) to 7 (Sunday)' })
  .int({ error: 'must be a weekday from 1 (Monday) to 7 (Sunday)' })
  .min(1, { error: 'must be a weekday from 1 (Monday) to 7 (Sunday)' })
  .max(7, { error: 'must be a weekday from 1 (Monday) to 7 (Sunday)' });

/** One weekly window; an end at or before the start lies on the next day, equal times are refused. */
export const weeklyWindowSchema = z
  .object({
    days: z
      .array(weekdaySchema)
      .min(1, { error: 'must name at least one weekday' })
      .max(7, { error: 'must not name a weekday twice' })
      .refine((days) => new Set(days).size === days.length, {
        error: 'must not name a weekday twice',
      }),
    start: z.string().regex(CLOCK_TIME, { error: 'must be a time from 00:00 to 23:59 as HH:MM' }),
    end: z.string().regex(CLOCK_END, { error: 'must be a time from 00:00 to 24:00 as HH:MM' }),
  })
  .refine(({ start, end }) => start !== end, {
    path: ['end'],
    error: 'must differ from start; use 00:00 to 24:00 for a whole day',
  });

/** Weekly windows; may be empty. */
export const weeklyWindowsSchema = z
  .array(weeklyWindowSchema)
  .max(MAX_WINDOWS, { error: `must hold at most ${MAX_WINDOWS} windows` });

/** Local dates that are off, each a real calendar date. */
export const datesOffSchema = z
  .array(
    z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/, { error: 'must be a date as YYYY-MM-DD', abort: true })
      .refine(isCalendarDate, { error: 'must be a date that exists' }),
  )
  .max(MAX_DATES_OFF, { error: `must hold at most ${MAX_DATES_OFF} dates` });
