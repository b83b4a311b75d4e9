import { DateTime } from 'luxon';

import { instant } from '../../core/fields.js';

/** A moment, or the beginning of a day in the service's time zone; epoch milliseconds. */
export function readMoment(given: string, option: string, timezone: string): number {
  if (/^\d{4}-\d\d-\d\d$/.test(given)) {
    const day = DateTime.fromISO(given, { zone: timezone }).startOf('day');
    if (day.isValid) return day.toMillis();
  }
  const moment = instant.safeParse(given);
  if (moment.success) return moment.data;
  throw new Error(
    `${option} must be a day such as 2026-03-01, or a moment such as 2026-03-01T09:00:00Z.`,
  );
}
