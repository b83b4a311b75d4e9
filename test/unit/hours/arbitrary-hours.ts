import fc from 'fast-check';

import type { WeeklyHours } from '../../../scoring-service/src/hours/types.js';

/** Zones and moments (UTC) around which their clocks do something unusual. */
export const CLOCK_CHANGES: readonly (readonly [zone: string, at: string])[] = [
  ['America/New_York', '2025-03-09T07:00:00Z'],
  ['America/New_York', '2025-11-02T06:00:00Z'],
  ['Europe/London', '2025-03-30T01:00:00Z'],
  ['Europe/London', '2025-10-26T01:00:00Z'],
  ['Australia/Sydney', '2025-04-05T16:00:00Z'],
  ['Australia/Sydney', '2025-10-04T16:00:00Z'],
  ['Australia/Lord_Howe', '2025-04-05T15:00:00Z'], // 30 minutes
  ['Australia/Lord_Howe', '2025-10-04T15:30:00Z'],
  ['Antarctica/Troll', '2025-03-30T01:00:00Z'], // two hours
  ['Antarctica/Troll', '2025-10-26T01:00:00Z'],
  ['America/Sao_Paulo', '2018-11-04T03:00:00Z'], // midnight does not exist
  ['America/Sao_Paulo', '2019-02-17T02:00:00Z'], // midnight comes twice
  ['America/Havana', '2025-11-02T05:00:00Z'],
  ['Asia/Beirut', '2025-03-29T22:00:00Z'],
  ['Africa/Casablanca', '2025-02-23T02:00:00Z'], // summer time with a pause for Ramadan
  ['Pacific/Apia', '2011-12-30T10:00:00Z'], // 30 December 2011 did not exist
  ['Pacific/Kwajalein', '1993-08-21T12:00:00Z'], // nor did 21 August 1993 here
  ['Pacific/Chatham', '2025-09-27T14:00:00Z'],
  ['Asia/Kathmandu', '2025-06-01T00:00:00Z'],
  ['UTC', '2025-06-01T00:00:00Z'],
];

const clockTime = fc
  .tuple(fc.nat(23), fc.constantFrom(0, 15, 30, 45, 59))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);

const window = fc
  .record({
    days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 }),
    start: clockTime,
    end: fc.oneof(
      { weight: 5, arbitrary: clockTime },
      { weight: 1, arbitrary: fc.constant('24:00') },
    ),
  })
  .filter(({ start, end }) => start !== end);

/** Random hours and a whole minute to look at them from, near a change of clocks. */
export const hoursAndMinute: fc.Arbitrary<{ hours: WeeklyHours; at: number }> = fc
  .constantFrom(...CLOCK_CHANGES)
  .chain(([timezone, text]) => {
    const change = Date.parse(text);
    const nearDate = fc
      .integer({ min: -3, max: 4 })
      .map((days) => new Date(change + days * 86_400_000).toISOString().slice(0, 10));
    return fc.record({
      hours: fc.record({
        windows: fc.array(window, { maxLength: 4 }),
        days_off: fc.constantFrom<number[][]>([], [], [6, 7], [3]),
        dates_off: fc.oneof(fc.constant<string[]>([]), fc.array(nearDate, { maxLength: 3 })),
        timezone: fc.constant(timezone),
      }),
      at: fc.integer({ min: -2 * 1440, max: 1440 }).map((minutes) => change + minutes * 60_000),
    });
  });
