import fc from 'fast-check';

import { zonesOfNumber } from '../../../scoring-service/src/contact/index.js';
import {
  quietHours,
  type QuietHoursInput,
} from '../../../scoring-service/src/messaging/rules/index.js';

const at = (iso: string): number => Date.parse(iso);
const ask = (iso: string, rest: Omit<QuietHoursInput, 'at'>) => {
  const answer = quietHours({ at: at(iso), ...rest });
  return {
    ...answer,
    send: answer.send_at === null ? null : new Date(answer.send_at).toISOString(),
  };
};
const NEW_YORK = '+12125550123';

describe('quietHours', () => {
  test('08:00 to 21:00 at the recipient is open, the ends included and excluded', () => {
    const quiet = (iso: string): boolean => ask(iso, { e164: NEW_YORK }).quiet;
    expect(quiet('2026-06-10T11:59:59.999Z')).toBe(true);
    expect(quiet('2026-06-10T12:00:00Z')).toBe(false);
    expect(quiet('2026-06-11T00:59:59.999Z')).toBe(false);
    expect(quiet('2026-06-11T01:00:00Z')).toBe(true);
  });

  test('the answer names the hours, the place and the version of the rules', () => {
    expect(ask('2026-06-11T01:00:00Z', { e164: NEW_YORK, state: 'Texas' })).toEqual({
      quiet: false,
      send_at: at('2026-06-11T01:00:00Z'),
      send: '2026-06-11T01:00:00.000Z',
      zones: ['America/Chicago', 'America/Denver'],
      rule_version: '2026-11',
      basis: 'address',
      windows: [
        { zone: 'America/Chicago', state: 'TX', from: '09:00', until: '21:00', open: true },
        { zone: 'America/Denver', state: 'TX', from: '09:00', until: '21:00', open: true },
      ],
    });
  });

  // In June: when texts may first go after 02:00 UTC on Wednesday, and when they must have stopped.
  test.each([
    ['FL', '2026-06-10T13:00', '2026-06-11T00:00'], // 08:00 Central, 20:00 Eastern
    ['MD', '2026-06-10T12:00', '2026-06-11T00:00'],
    ['MS', '2026-06-10T13:00', '2026-06-11T01:00'],
    ['NJ', '2026-06-10T12:00', '2026-06-11T00:00'],
    ['OK', '2026-06-10T13:00', '2026-06-11T01:00'],
    ['CT', '2026-06-10T13:00', '2026-06-11T00:00'],
    ['RI', '2026-06-10T13:00', '2026-06-10T22:00'],
    ['TX', '2026-06-10T15:00', '2026-06-11T02:00'], // 09:00 Mountain, 21:00 Central
    ['NY', '2026-06-10T12:00', '2026-06-11T01:00'],
    ['GA', '2026-06-10T12:00', '2026-06-11T01:00'],
  ])('%s opens at %s and closes at %s', (state, opens, closes) => {
    const rest = { e164: NEW_YORK, state };
    expect(ask('2026-06-10T07:00:00Z', rest).send).toBe(`${opens}:00.000Z`);
    expect(ask(`${closes}:00Z`, rest).quiet).toBe(true);
    expect(quietHours({ at: at(`${closes}:00Z`) - 1, ...rest }).quiet).toBe(false);
  });

  test('Rhode Island and Texas have their own weekends', () => {
    expect(ask('2026-06-13T05:00:00Z', { e164: NEW_YORK, state: 'RI' }).send).toBe(
      '2026-06-13T14:00:00.000Z',
    );
    expect(ask('2026-06-13T21:00:00Z', { e164: NEW_YORK, state: 'RI' }).send).toBe(
      '2026-06-14T14:00:00.000Z',
    );
    expect(ask('2026-06-14T21:00:00Z', { e164: NEW_YORK, state: 'RI' }).send).toBe(
      '2026-06-15T13:00:00.000Z',
    );
    expect(ask('2026-06-13T14:30:00Z', { e164: NEW_YORK, state: 'TX' }).send).toBe(
      '2026-06-13T15:00:00.000Z',
    );
    expect(ask('2026-06-14T15:00:00Z', { e164: NEW_YORK, state: 'TX' }).send).toBe(
      '2026-06-14T18:00:00.000Z',
    );
  });

  test('state and ZIP that disagree both bind', () => {
    const answer = ask('2026-06-10T07:00:00Z', {
      e164: NEW_YORK,
      state: 'NY',
      postal_code: '94105',
    });
    expect(answer.zones).toEqual(['America/New_York', 'America/Los_Angeles']);
    expect(answer.send).toBe('2026-06-10T15:00:00.000Z');
  });

  test('a ZIP code alone is enough', () => {
    expect(ask('2026-06-10T07:00:00Z', { e164: NEW_YORK, postal_code: '06103' })).toMatchObject({
      basis: 'address',
      send: '2026-06-10T13:00:00.000Z',
    });
  });

  test('without an address the area code’s state makes its hours bind', () => {
    expect(ask('2026-06-10T07:00:00Z', { e164: '+14015550123' })).toMatchObject({
      basis: 'area_code',
      send: '2026-06-10T13:00:00.000Z',
      windows: [{ state: 'RI', from: '09:00', until: '18:00' }],
    });
  });

  test('all zones of an ambiguous number must be open', () => {
    const answer = ask('2026-06-10T07:00:00Z', { e164: '+12085550123' }); // Idaho
    expect(answer.zones.length).toBeGreaterThan(1);
    expect(answer.send).toBe('2026-06-10T15:00:00.000Z');
  });

  test('a number of unknown place waits for every zone of its region', () => {
    const answer = ask('2026-06-10T07:00:00Z', { e164: '+15005550006' });
    expect(answer.quiet).toBe(true);
    expect(answer.zones).toContain('Pacific/Guam');
    expect(answer.send).not.toBeNull();
  });

  test('US address data say nothing about a number of another country', () => {
    expect(
      ask('2026-06-10T05:00:00Z', { e164: '+33612345678', postal_code: '75001', state: 'TX' }),
    ).toMatchObject({
      basis: 'number_zones',
      zones: ['Europe/Paris'],
      send: '2026-06-10T06:00:00.000Z',
    });
  });

  test.each([
    ['the clocks go forward', '2026-03-08T05:30:00Z', '2026-03-08T12:00:00.000Z'],
    ['the day before', '2026-03-07T05:30:00Z', '2026-03-07T13:00:00.000Z'],
    ['the clocks go back', '2026-11-01T05:30:00Z', '2026-11-01T13:00:00.000Z'],
    ['the evening before', '2026-11-01T01:00:00Z', '2026-11-01T13:00:00.000Z'],
  ])('08:00 is 08:00 when %s', (_, now, send) => {
    expect(ask(now, { e164: NEW_YORK }).send).toBe(send);
  });

  // An independent reference: the wall clock from Intl, the table typed again, a scan by minutes.
  const reference = (zone: string, state: string | null, ms: number): boolean => {
    const parts = Object.fromEntries(
      formatter(zone)
        .formatToParts(ms)
        .map(({ type, value }) => [type, value]),
    );
    const hour = Number(parts.hour) + Number(parts.minute) / 60;
    const weekend = parts.weekday === 'Sat' || parts.weekday === 'Sun';
    switch (state) {
      case 'FL':
      case 'MD':
      case 'MS':
      case 'NJ':
      case 'OK':
        return hour >= 8 && hour < 20;
      case 'CT':
        return hour >= 9 && hour < 20;
      case 'RI':
        return weekend ? hour >= 10 && hour < 17 : hour >= 9 && hour < 18;
      case 'TX':
        return hour >= (parts.weekday === 'Sun' ? 12 : 9) && hour < 21;
      default:
        return hour >= 8 && hour < 21;
    }
  };
  const formatters = new Map<string, Intl.DateTimeFormat>();
  const formatter = (timeZone: string): Intl.DateTimeFormat => {
    const known = formatters.get(timeZone);
    if (known !== undefined) return known;
    const made = new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formatters.set(timeZone, made);
    return made;
  };
  const places: [string, string | null][] = [
    ['+14015550123', 'RI'],
    ['+18505550123', 'FL'],
    ['+19155550123', 'TX'],
    ['+18605550123', 'CT'],
    ['+16015550123', 'MS'],
    ['+12125550123', null],
    ['+12085550123', null],
    ['+18085550123', null],
    ['+447400123456', null],
    ['+61412345678', null],
    ['+9779812345678', null],
  ];
  const MINUTE = 60_000;
  const moments = fc.oneof(
    fc.integer({
      min: at('2026-01-01T00:00:00Z') / MINUTE,
      max: at('2027-12-31T00:00:00Z') / MINUTE,
    }),
    // Around the changes of clocks in the US, Europe and Australia.
    ...['2026-03-08', '2026-11-01', '2026-03-29', '2026-10-25', '2026-04-05', '2026-10-04'].map(
      (day) =>
        fc.integer({
          min: at(`${day}T00:00:00Z`) / MINUTE - 1440,
          max: at(`${day}T00:00:00Z`) / MINUTE + 2880,
        }),
    ),
  );

  test('agrees with a reference that knows no luxon, across zones and changes of clocks', () => {
    fc.assert(
      fc.property(moments, fc.constantFrom(...places), (minute, [e164, state]) => {
        const now = minute * MINUTE;
        const isOpen = (ms: number): boolean =>
          zonesOfNumber(e164).every((zone) => reference(zone, state, ms));
        const { quiet, send_at } = quietHours({ at: now, e164 });
        expect(quiet).toBe(!isOpen(now));
        let expected = now;
        while (!isOpen(expected)) expected += MINUTE;
        expect(send_at).toBe(expected);
      }),
      { numRuns: 150 },
    );
  });
});
