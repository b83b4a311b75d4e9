import {
  contactHoursFields,
  contactHoursSchema,
} from '../../../scoring-service/src/hours/contact-hours.js';
import type { ContactHours } from '../../../scoring-service/src/hours/contact-hours.js';
import { contactWindow, releaseAt } from '../../../scoring-service/src/hours/contact-window.js';

const window = { days: [1, 2], start: '09:00', end: '17:00' };

function hours(input: Partial<ContactHours>): ContactHours {
  return contactHoursSchema.parse({ timezone: 'UTC', ...input });
}

function problems(input: unknown): string[] {
  const parsed = contactHoursSchema.safeParse(input);
  return (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}`);
}

function released(input: Partial<ContactHours>, at: string): string | null {
  const ms = releaseAt(hours(input), new Date(at));
  return ms === null ? null : new Date(ms).toISOString();
}

describe('contact hours of a broker', () => {
  test('a broker who says nothing may be contacted at any time', () => {
    const parsed = contactHoursSchema.parse({ timezone: 'America/Denver' });
    expect(parsed).toEqual({
      contact_hours: 'anytime',
      custom_hours: [],
      weekend_pause: false,
      dates_off: [],
      timezone: 'America/Denver',
    });
    expect(contactWindow(parsed, 0)).toEqual({ open: true, changes_at: null });
  });

  test('business hours are Monday to Friday, nine to five, local time', () => {
    const business = hours({ contact_hours: 'business_hours', timezone: 'America/New_York' });
    expect(contactWindow(business, new Date('2025-06-06T20:59:59.999Z'))).toEqual({
      open: true,
      changes_at: Date.parse('2025-06-06T21:00:00Z'),
    });
    expect(releaseAt(business, Date.parse('2025-06-06T21:00:00Z'))).toBe(
      Date.parse('2025-06-09T13:00:00Z'),
    );
  });

  test('an open window releases at once', () => {
    expect(released({ contact_hours: 'business_hours' }, '2025-06-06T10:11:12.013Z')).toBe(
      '2025-06-06T10:11:12.013Z',
    );
  });

  test('the weekend pause and dates off hold in every mode', () => {
    const quiet = { weekend_pause: true, dates_off: ['2025-06-09'] };
    expect(released(quiet, '2025-06-07T12:00:00Z')).toBe('2025-06-10T00:00:00.000Z');
    expect(released({ ...quiet, contact_hours: 'business_hours' }, '2025-06-07T12:00:00Z')).toBe(
      '2025-06-10T09:00:00.000Z',
    );
  });

  test('the weekend pause cuts Friday night at midnight and drops Sunday night whole', () => {
    const nights = hours({
      contact_hours: 'custom',
      custom_hours: [{ days: [5, 7], start: '22:00', end: '02:00' }],
      weekend_pause: true,
    });
    expect(contactWindow(nights, Date.parse('2025-06-06T22:30:00Z'))).toEqual({
      open: true,
      changes_at: Date.parse('2025-06-07T00:00:00Z'),
    });
    expect(releaseAt(nights, Date.parse('2025-06-08T23:00:00Z'))).toBe(
      Date.parse('2025-06-13T22:00:00Z'),
    );
  });

  test('hours that never open have no release', () => {
    const weekendOnly = { days: [6], start: '09:00', end: '17:00' };
    expect(
      released(
        { contact_hours: 'custom', custom_hours: [weekendOnly], weekend_pause: true },
        '2025-06-06T10:00:00Z',
      ),
    ).toBeNull();
  });

  test.each<[string, unknown, string]>([
    ['a mode of its own', { contact_hours: 'nights' }, 'contact_hours must be one of'],
    ['custom without windows', { contact_hours: 'custom' }, 'custom_hours must hold at least one'],
    [
      'equal times',
      { custom_hours: [{ ...window, end: '09:00' }] },
      'custom_hours.0.end must differ',
    ],
    [
      'a start at 24:00',
      { custom_hours: [{ ...window, start: '24:00' }] },
      'custom_hours.0.start must be a time',
    ],
    [
      'an hour without zero',
      { custom_hours: [{ ...window, start: '9:00' }] },
      'custom_hours.0.start must be a time',
    ],
    [
      'an end after 24:00',
      { custom_hours: [{ ...window, end: '24:01' }] },
      'custom_hours.0.end must be a time',
    ],
    [
      'weekday 0',
      { custom_hours: [{ ...window, days: [0] }] },
      'custom_hours.0.days.0 must be a weekday',
    ],
    [
      'weekday 8',
      { custom_hours: [{ ...window, days: [8] }] },
      'custom_hours.0.days.0 must be a weekday',
    ],
    ['no weekday', { custom_hours: [{ ...window, days: [] }] }, 'custom_hours.0.days must name'],
    [
      'a weekday twice',
      { custom_hours: [{ ...window, days: [1, 1] }] },
      'custom_hours.0.days must not name',
    ],
    ['30 February', { dates_off: ['2025-02-30'] }, 'dates_off.0 must be a date that exists'],
    ['a date in words', { dates_off: ['Christmas'] }, 'dates_off.0 must be a date as'],
    ['a zone that is none', { timezone: 'Mars/Base' }, 'timezone must be an IANA time zone'],
    ['a bare offset', { timezone: '+05:00' }, 'timezone must be an IANA time zone'],
    ['the zone of the machine', { timezone: 'local' }, 'timezone must be an IANA time zone'],
  ])('%s is refused by name of the rule', (_name, input, expected) => {
    const found = problems({ timezone: 'UTC', ...(input as object) });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });

  test('a window may end at 24:00 and may cross midnight', () => {
    const custom = [
      { ...window, end: '24:00' },
      { ...window, start: '22:00', end: '06:00' },
    ];
    expect(problems({ timezone: 'UTC', custom_hours: custom })).toEqual([]);
  });

  test('the fields invent nothing in a partial update', () => {
    expect(Object.keys(contactHoursFields).sort()).toEqual([
      'contact_hours',
      'custom_hours',
      'dates_off',
      'timezone',
      'weekend_pause',
    ]);
    for (const field of Object.values(contactHoursFields)) {
      expect(field.safeParse(undefined).success).toBe(false);
    }
  });
});
