import fc from 'fast-check';

import { openMinutesAfter } from '../../../scoring-service/src/hours/open-minutes.js';
import type { WeeklyHours } from '../../../scoring-service/src/hours/types.js';
import { hoursAndMinute } from './arbitrary-hours.js';
import { minuteByMinute } from './minute-reference.js';

const MINUTE = 60_000;
const office: WeeklyHours = {
  windows: [{ days: [1, 2, 3, 4, 5], start: '09:00', end: '17:00' }],
  dates_off: ['2025-06-09'],
  timezone: 'America/New_York',
};

function due(at: string, minutes: number): string | null {
  const ms = openMinutesAfter(office, new Date(at), minutes);
  return ms === null ? null : new Date(ms).toISOString();
}

describe('open minutes', () => {
  test.each([
    ['within the day', '2025-06-02T14:00:00Z', 30, '2025-06-02T14:30:00.000Z'],
    ['over closing time', '2025-06-02T20:50:00Z', 30, '2025-06-03T13:20:00.000Z'],
    ['exactly to closing time', '2025-06-02T20:30:00Z', 30, '2025-06-02T21:00:00.000Z'],
    ['from a closed hour', '2025-06-02T05:00:00Z', 30, '2025-06-02T13:30:00.000Z'],
    ['over a weekend and a date off', '2025-06-06T20:50:00Z', 30, '2025-06-10T13:20:00.000Z'],
    ['over several days', '2025-06-02T13:00:00Z', 1000, '2025-06-04T13:40:00.000Z'],
    ['none, while open', '2025-06-02T14:00:00Z', 0, '2025-06-02T14:00:00.000Z'],
    ['none, while shut', '2025-06-02T23:00:00Z', 0, '2025-06-03T13:00:00.000Z'],
    ['with seconds kept', '2025-06-02T20:59:30Z', 1, '2025-06-03T13:00:30.000Z'],
  ])('count %s', (_name, at, minutes, expected) => {
    expect(due(at, minutes)).toBe(expected);
  });

  test('always open means plain minutes', () => {
    const always = {
      ...office,
      windows: [{ days: [1, 2, 3, 4, 5, 6, 7], start: '00:00', end: '24:00' }],
      dates_off: [],
    };
    expect(openMinutesAfter(always, 5, 90.5)).toBe(5 + 90.5 * MINUTE);
  });

  test('never open gives no instant', () => {
    expect(openMinutesAfter({ ...office, windows: [] }, 0, 30)).toBeNull();
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('%p minutes are refused', (minutes) => {
    expect(() => openMinutesAfter(office, 0, minutes)).toThrow(RangeError);
  });

  test('agree with counting open minutes one by one', () => {
    fc.assert(
      fc.property(hoursAndMinute, fc.integer({ min: 1, max: 900 }), ({ hours, at }, minutes) => {
        const series = minuteByMinute(hours, at, 2 * 1440);
        let counted = 0;
        const last = series.findIndex((open) => open && ++counted === minutes);
        const result = openMinutesAfter(hours, at, minutes);
        // Open for the whole of minute `last`, so the time is up when it ends.
        if (last >= 0) expect(result).toBe(at + (last + 1) * MINUTE);
        else if (result !== null) expect(result).toBeGreaterThan(at + series.length * MINUTE);
      }),
      { numRuns: 150 },
    );
  });
});
