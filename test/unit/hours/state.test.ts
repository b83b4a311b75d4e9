import fc from 'fast-check';

import { hoursState, isOpen, nextOpening } from '../../../scoring-service/src/hours/state.js';
import type { WeeklyHours, WeeklyWindow } from '../../../scoring-service/src/hours/types.js';
import { hoursAndMinute } from './arbitrary-hours.js';
import { minuteByMinute } from './minute-reference.js';

const MINUTE = 60_000;
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];

function daily(start: string, end: string, timezone: string): WeeklyHours {
  return { windows: [{ days: EVERY_DAY, start, end }], timezone };
}

function utc(windows: WeeklyWindow[], extra: Partial<WeeklyHours> = {}): WeeklyHours {
  return { windows, timezone: 'UTC', ...extra };
}

/** The state as text: what it is, and the UTC instant it changes. */
function told(hours: WeeklyHours, at: string): string {
  const { open, changes_at: changesAt } = hoursState(hours, new Date(at));
  return `${open ? 'open' : 'shut'} until ${changesAt === null ? 'ever' : new Date(changesAt).toISOString().replace(':00.000', '')}`;
}

describe('weekly hours', () => {
  test('agree with the wall clock minute by minute, around changes of clocks', () => {
    fc.assert(
      fc.property(hoursAndMinute, ({ hours, at }) => {
        const expected = minuteByMinute(hours, at, 3 * 1440);
        let index = 0;
        while (index < expected.length) {
          const state = hoursState(hours, at + index * MINUTE);
          expect(state.open).toBe(expected[index]);
          const change = expected.findIndex((open, later) => later > index && open !== state.open);
          if (change < 0) {
            if (state.changes_at !== null) {
              expect(state.changes_at).toBeGreaterThanOrEqual(at + expected.length * MINUTE);
            }
            break;
          }
          expect(state.changes_at).toBe(at + change * MINUTE);
          index = change;
        }
      }),
      { numRuns: 150 },
    );
  });

  test('keep their state to the last millisecond before changes_at', () => {
    fc.assert(
      fc.property(hoursAndMinute, fc.nat(59_999), ({ hours, at }, offset) => {
        const state = hoursState(hours, at + offset);
        if (state.changes_at === null) return;
        expect(isOpen(hours, state.changes_at - 1)).toBe(state.open);
        expect(isOpen(hours, state.changes_at)).toBe(!state.open);
        expect(nextOpening(hours, at + offset)).toBe(state.open ? at + offset : state.changes_at);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['start is inclusive', '2025-06-02T09:00:00Z', 'open until 2025-06-02T12:00Z'],
    ['the break is shut', '2025-06-02T12:00:00Z', 'shut until 2025-06-02T13:00Z'],
    ['end is exclusive', '2025-06-02T17:00:00Z', 'shut until 2025-06-03T09:00Z'],
    ['the last millisecond is open', '2025-06-02T16:59:59.999Z', 'open until 2025-06-02T17:00Z'],
    ['Friday evening waits for Monday', '2025-06-06T18:00:00Z', 'shut until 2025-06-09T09:00Z'],
  ])('%s', (_name, at, expected) => {
    const days = [1, 2, 3, 4, 5];
    const windows = [
      { days, start: '13:00', end: '17:00' },
      { days, start: '09:00', end: '12:00' },
    ];
    expect(told(utc(windows), at)).toBe(expected);
  });

  test('windows that touch or overlap are one opening', () => {
    const windows = [
      { days: [1], start: '09:00', end: '12:00' },
      { days: [1], start: '12:00', end: '24:00' },
      { days: [1], start: '10:00', end: '13:00' },
      { days: [2], start: '00:00', end: '01:00' },
    ];
    expect(told(utc(windows), '2025-06-02T09:30:00Z')).toBe('open until 2025-06-03T01:00Z');
  });

  test('a window across midnight belongs to the day it starts on', () => {
    const windows = [{ days: [5], start: '22:00', end: '02:00' }];
    expect(told(utc(windows), '2025-06-06T23:00:00Z')).toBe('open until 2025-06-07T02:00Z');
    expect(told(utc(windows), '2025-06-06T01:00:00Z')).toBe('shut until 2025-06-06T22:00Z');
  });

  test('a window across midnight runs from Sunday into Monday', () => {
    const windows = [{ days: [7], start: '20:00', end: '08:00' }];
    expect(told(utc(windows), '2025-06-09T07:00:00Z')).toBe('open until 2025-06-09T08:00Z');
  });

  test('a day off is silent from midnight to midnight, and its own night shift falls away', () => {
    const hours = utc([{ days: EVERY_DAY, start: '22:00', end: '02:00' }], {
      dates_off: ['2025-12-25'],
    });
    expect(told(hours, '2025-12-24T23:00:00Z')).toBe('open until 2025-12-25T00:00Z');
    expect(told(hours, '2025-12-25T00:00:00Z')).toBe('shut until 2025-12-26T22:00Z');
  });

  describe('when clocks go forward', () => {
    test('a start that does not exist opens at the next existing minute', () => {
      // New York, 9 March 2025: 02:00 EST becomes 03:00 EDT at 07:00 UTC.
      const hours = daily('02:30', '05:00', 'America/New_York');
      expect(told(hours, '2025-03-09T06:00:00Z')).toBe('shut until 2025-03-09T07:00Z');
      expect(told(hours, '2025-03-09T07:00:00Z')).toBe('open until 2025-03-09T09:00Z');
    });

    test('a window that lies in the jumped hour does not open that day', () => {
      const hours = daily('02:15', '02:45', 'America/New_York');
      expect(told(hours, '2025-03-09T06:00:00Z')).toBe('shut until 2025-03-10T06:15Z');
    });

    test('midnight itself may not exist', () => {
      // São Paulo, 4 November 2018: 00:00 became 01:00 at 03:00 UTC.
      const hours = daily('00:00', '02:00', 'America/Sao_Paulo');
      expect(told(hours, '2018-11-04T02:00:00Z')).toBe('shut until 2018-11-04T03:00Z');
      expect(told(hours, '2018-11-04T03:00:00Z')).toBe('open until 2018-11-04T04:00Z');
    });
  });

  describe('when clocks go back', () => {
    test('a window over the repeated hour is open through both', () => {
      // New York, 2 November 2025: 02:00 EDT becomes 01:00 EST at 06:00 UTC.
      const hours = daily('00:30', '03:00', 'America/New_York');
      expect(told(hours, '2025-11-02T04:30:00Z')).toBe('open until 2025-11-02T08:00Z');
    });

    test('a window inside the repeated hour opens each time the clock shows it', () => {
      const hours = daily('01:15', '01:45', 'America/New_York');
      expect(told(hours, '2025-11-02T05:00:00Z')).toBe('shut until 2025-11-02T05:15Z');
      expect(told(hours, '2025-11-02T05:45:00Z')).toBe('shut until 2025-11-02T06:15Z');
    });
  });

  test('business hours follow the local clock in both hemispheres', () => {
    const open = (zone: string, at: string) =>
      nextOpening(daily('09:00', '17:00', zone), new Date(at));
    expect(open('Europe/London', '2025-01-10T00:00Z')).toBe(Date.parse('2025-01-10T09:00Z'));
    expect(open('Europe/London', '2025-07-10T00:00Z')).toBe(Date.parse('2025-07-10T08:00Z'));
    expect(open('Australia/Sydney', '2025-01-09T12:00Z')).toBe(Date.parse('2025-01-09T22:00Z'));
    expect(open('Australia/Sydney', '2025-07-09T12:00Z')).toBe(Date.parse('2025-07-09T23:00Z'));
  });

  test('a zone that skips a whole day skips its opening', () => {
    // Apia had no 30 December 2011: the 29th ended at 10:00 UTC and the 31st began.
    const hours = daily('09:00', '17:00', 'Pacific/Apia');
    expect(told(hours, '2011-12-30T04:00:00Z')).toBe('shut until 2011-12-30T19:00Z');
    expect(new Date('2011-12-30T19:00Z').getUTCDay()).toBe(5);
    expect(told({ ...hours, days_off: [6, 7] }, '2011-12-30T04:00:00Z')).toBe(
      'shut until 2012-01-01T19:00Z',
    );
  });

  test.each<[string, WeeklyHours, string]>([
    ['always open', daily('00:00', '24:00', 'Europe/Paris'), 'open until ever'],
    [
      'always open, a date off that is past',
      { ...daily('00:00', '24:00', 'UTC'), dates_off: ['2025-05-31'] },
      'open until ever',
    ],
    [
      'always open, a date off years ahead',
      { ...daily('00:00', '24:00', 'America/New_York'), dates_off: ['2029-12-25'] },
      'open until 2029-12-25T05:00Z',
    ],
    ['never open', utc([]), 'shut until ever'],
    [
      'only ever on days off',
      utc([{ days: [6], start: '09:00', end: '10:00' }], { days_off: [6, 7] }),
      'shut until ever',
    ],
  ])('%s says so', (_name, hours, expected) => {
    expect(told(hours, '2025-06-02T10:00:00Z')).toBe(expected);
  });

  test('the search for an opening ends after 400 days', () => {
    const dates = Array.from({ length: 450 }, (_, day) =>
      new Date(Date.UTC(2025, 5, 2 + day)).toISOString().slice(0, 10),
    );
    const hours = (count: number) =>
      utc([{ days: EVERY_DAY, start: '09:00', end: '10:00' }], {
        dates_off: dates.slice(0, count),
      });
    expect(nextOpening(hours(450), Date.parse('2025-06-02T00:00Z'))).toBeNull();
    expect(nextOpening(hours(390), Date.parse('2025-06-02T00:00Z'))).toBe(
      Date.parse('2025-06-02T09:00Z') + 390 * 86_400_000,
    );
  });

  test('an unknown zone and an invalid instant are refused', () => {
    expect(() => hoursState(daily('09:00', '17:00', 'Mars/Base'), 0)).toThrow(RangeError);
    expect(() => hoursState(daily('09:00', '17:00', 'UTC'), new Date('no date'))).toThrow(
      RangeError,
    );
  });
});
