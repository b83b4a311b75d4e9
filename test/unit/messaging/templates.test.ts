import fc from 'fast-check';

import {
  countSegments,
  defaultTemplates,
  messageKinds,
  renderTemplate,
  responseWindowText,
  safeName,
  validateTemplate,
} from '../../../scoring-service/src/messaging/rules/index.js';
import { openMinutesAfter } from '../../../scoring-service/src/hours/open-minutes.js';
import { isOpen, nextOpening } from '../../../scoring-service/src/hours/state.js';
import type { WeeklyHours } from '../../../scoring-service/src/hours/types.js';

const codes = (kind: Parameters<typeof validateTemplate>[0], template: string) =>
  validateTemplate(kind, template).map(({ code, placeholder }) => [code, placeholder]);

describe('validateTemplate', () => {
  test('every default template may be saved', () => {
    for (const kind of messageKinds) {
      const template = defaultTemplates[kind];
      if (template !== null) expect(validateTemplate(kind, template)).toEqual([]);
    }
    expect(defaultTemplates.manual).toBeNull();
  });

  test('an unknown placeholder is refused by name', () => {
    const [error] = validateTemplate('acknowledgement', 'Hi {{nmae}}, {{business}}');
    expect(error).toMatchObject({ code: 'unknown_placeholder', placeholder: 'nmae' });
    expect(error?.message).toContain('{{nmae}}');
    expect(codes('manual', '{{constructor}} {{}}')).toEqual([
      ['unknown_placeholder', 'constructor'],
      ['unknown_placeholder', ''],
    ]);
  });

  test.each(['Hi {name}', 'Hi {{name}', 'Hi {{name}}}', 'Hi }} there', '{{ {{name}} }}'])(
    'braces that are no placeholder are refused: %s',
    (template) => {
      expect(codes('manual', template)).toContainEqual(['unbalanced_braces', undefined]);
    },
  );

  test('too long, empty, control and invisible characters are refused', () => {
    expect(codes('manual', 'x'.repeat(481))).toEqual([['too_long', undefined]]);
    expect(codes('manual', 'x'.repeat(480))).toEqual([]);
    expect(codes('manual', '  ')).toEqual([['empty', undefined]]);
    expect(codes('manual', 'Hi\u0000')).toEqual([['control_characters', undefined]]);
    expect(codes('manual', 'Hi \u202ethere')).toEqual([['control_characters', undefined]]);
    expect(codes('manual', 'Hi\r\nthere')).toEqual([]);
  });

  test('links belong to their kinds and their kinds need them', () => {
    expect(codes('acknowledgement', '{{business}} {{booking_url}}')).toEqual([
      ['placeholder_of_another_kind', 'booking_url'],
    ]);
    expect(codes('booking_link', 'Hello')).toEqual([['missing_placeholder', 'booking_url']]);
    expect(codes('review_request', 'Hello {{ review_url }}')).toEqual([]);
  });
});

describe('renderTemplate', () => {
  const values = {
    business: 'Harbor Dental',
    name: 'Ana',
    response_window: 'within 30 minutes',
    callback_number: '(202) 555-0100',
    urgent_route: 'call (202) 555-0199',
  };
  const acknowledgement = defaultTemplates.acknowledgement ?? '';

  test('the default acknowledgement says what it must', () => {
    expect(renderTemplate(acknowledgement, values)).toBe(
      'Hi Ana, this is Harbor Dental. Thank you for contacting us. A member of our team will look at ' +
        'your request within 30 minutes. Reply to this text to add or correct anything. If it is urgent: ' +
        'call (202) 555-0199. Our phone number is (202) 555-0100. Reply STOP to opt out.',
    );
  });

  test('without name and urgent route it still reads well', () => {
    expect(renderTemplate(acknowledgement, { ...values, name: ' ', urgent_route: null })).toBe(
      'Hi, this is Harbor Dental. Thank you for contacting us. A member of our team will look at ' +
        'your request within 30 minutes. Reply to this text to add or correct anything. ' +
        'Our phone number is (202) 555-0100. Reply STOP to opt out.',
    );
  });

  test.each([
    ['Hi {{name}}, welcome.', 'Hi, welcome.'],
    ['Thanks {{name}}!', 'Thanks!'],
    ['Thanks, {{name}}!', 'Thanks!'],
    ['Dear {{name}}\nHello', 'Dear\nHello'],
    ['A callback is waiting ({{name}}).', 'A callback is waiting.'],
    ['{{name}} called.', 'called.'],
    ['First. Call {{callback_number}} now. Last.', 'First. Last.'],
    ['{{callback_number}}', ''],
  ])('%s without values is %s', (template, text) => {
    expect(renderTemplate(template, {})).toBe(text);
  });

  test('a value that ends its sentence brings no second full stop', () => {
    expect(renderTemplate('Urgent: {{urgent_route}}. Bye.', { urgent_route: 'Call 911.' })).toBe(
      'Urgent: Call 911. Bye.',
    );
  });

  test.each([
    ['Ana\nSTOP\u0007 Diaz', 'Ana STOP Diaz'],
    ['{{business}}', 'business'],
    ['<b>Ana</b>', 'bAnab'],
    ['Ana\u202e\u200b Díaz', 'Ana Díaz'],
    ['Seán O’Brien-Smith Jr.', 'Seán O’Brien-Smith Jr.'],
    ['win at https://example.com', ''],
    ['www.example', ''],
    ['free-money.example', ''],
    ['call 202 555 0123', ''],
    ['ana@example.com', ''],
    [
      'Maximiliana Alexandra Victoria Elisabeth Charlotte',
      'Maximiliana Alexandra Victoria Elisabeth',
    ],
    ['x'.repeat(60), 'x'.repeat(40)],
    ['🎉', ''],
  ])('the name %p is greeted as %p', (name, safe) => {
    expect(safeName(name)).toBe(safe);
  });

  test('no name can add a line, a link or a placeholder', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (name) => {
        const text = renderTemplate('Hi {{name}}, this is {{business}}.', { ...values, name });
        expect(text).toMatch(/^Hi.*, this is Harbor Dental\.$/u);
        expect(text).not.toMatch(/[\p{Cc}{}<>/@]/u);
        expect([...text].length).toBeLessThanOrEqual(70);
      }),
      { numRuns: 500 },
    );
  });

  test('braces in a value are only braces', () => {
    expect(
      renderTemplate('{{business}}.', { business: '{{callback_number}}', callback_number: '1' }),
    ).toBe('{{callback_number}}.');
  });

  test('a link too long to be one is left out with its sentence', () => {
    const review_url = `https://example.com/${'x'.repeat(500)}`;
    expect(renderTemplate('Thanks. See {{review_url}} .', { review_url })).toBe('Thanks.');
  });
});

describe('responseWindowText', () => {
  const weekly: WeeklyHours = {
    windows: [{ days: [1, 2, 3, 4, 5], start: '09:00', end: '17:00' }],
    dates_off: ['2026-12-25'],
    timezone: 'America/New_York',
  };
  const hoursOf = (hours: WeeklyHours) => ({
    zone: hours.timezone,
    isOpen: (at: number) => isOpen(hours, at),
    nextOpening: (at: number) => nextOpening(hours, at),
    openMinutesAfter: (at: number, minutes: number) => openMinutesAfter(hours, at, minutes),
  });
  const say = (now: string, minutes: number, hours = weekly, clock?: '24h'): string => {
    const at = Date.parse(now);
    const due = openMinutesAfter(hours, at, minutes) ?? Number.NaN;
    return responseWindowText(due, at, hoursOf(hours), clock);
  };

  test.each([
    ['2026-11-20T15:00:00Z', 30, 'within 30 minutes'], // Friday 10:00
    ['2026-11-20T15:00:00Z', 1, 'within 1 minute'],
    ['2026-11-20T15:00:00Z', 120, 'within 2 hours'],
    ['2026-11-20T15:00:00Z', 150, 'within 150 minutes'],
    ['2026-11-20T21:30:00Z', 30, 'within 30 minutes'], // due at closing
    ['2026-11-20T21:50:00Z', 30, 'when we open Monday at 9:00 AM'], // 16:50
    ['2026-11-21T15:00:00Z', 30, 'when we open Monday at 9:00 AM'], // Saturday
    ['2026-11-20T13:00:00Z', 30, 'when we open Friday at 9:00 AM'], // before opening
    ['2026-11-20T21:50:00Z', 600, 'when we open Tuesday at 9:00 AM'], // due on Tuesday
    ['2026-12-24T21:50:00Z', 30, 'when we open Monday at 9:00 AM'], // a day off between
  ])('at %s with %i minutes: %s', (now, minutes, text) => {
    expect(say(now, minutes)).toBe(text);
  });

  test('a day a week ahead carries its date', () => {
    const holidays = {
      ...weekly,
      dates_off: ['2026-12-28', '2026-12-29', '2026-12-30', '2026-12-31', '2027-01-01'],
    };
    expect(say('2026-12-25T22:30:00Z', 30, holidays)).toBe(
      'when we open Monday 4 January at 9:00 AM',
    );
  });

  test('always open never speaks of opening; a 24-hour clock is a choice', () => {
    const always = {
      timezone: 'UTC',
      windows: [{ days: [1, 2, 3, 4, 5, 6, 7], start: '00:00', end: '24:00' }],
    };
    expect(say('2026-11-20T23:50:00Z', 30, always)).toBe('within 30 minutes');
    expect(say('2026-11-20T21:50:00Z', 30, weekly, '24h')).toBe('when we open Monday at 09:00');
  });

  test('a deadline that has passed promises no time', () => {
    const now = Date.parse('2026-11-20T15:00:00Z');
    expect(responseWindowText(now - 60_000, now, hoursOf(weekly))).toBe('as soon as we can');
    const night = Date.parse('2026-11-21T02:00:00Z');
    expect(responseWindowText(night - 60_000, night, hoursOf(weekly))).toBe(
      'when we open Monday at 9:00 AM',
    );
    const never = { ...weekly, windows: [] };
    expect(responseWindowText(night - 60_000, night, hoursOf(never))).toBe('as soon as we can');
  });
});

describe('countSegments', () => {
  test.each([
    ['', 'gsm_7', 0, 1],
    ['a'.repeat(160), 'gsm_7', 160, 1],
    ['a'.repeat(161), 'gsm_7', 161, 2],
    ['a'.repeat(306), 'gsm_7', 306, 2],
    ['a'.repeat(307), 'gsm_7', 307, 3],
    ['€'.repeat(80), 'gsm_7', 160, 1],
    // The escape and its character stay together: 152 + 1 left over.
    [`${'a'.repeat(152)}€${'a'.repeat(10)}`, 'gsm_7', 164, 2],
    [`${'a'.repeat(152)}€${'a'.repeat(151)}`, 'gsm_7', 305, 2],
    [`${'a'.repeat(152)}€${'a'.repeat(152)}`, 'gsm_7', 306, 3],
    ['ñéü¿¡', 'gsm_7', 5, 1],
    ['’', 'ucs_2', 1, 1],
    ['ł'.repeat(70), 'ucs_2', 70, 1],
    ['ł'.repeat(71), 'ucs_2', 71, 2],
    ['😀'.repeat(35), 'ucs_2', 70, 1],
    ['😀'.repeat(67), 'ucs_2', 134, 3], // 33 whole pairs fit in 67 units
  ] as const)('case %#: %s', (text, encoding, units, segments) => {
    expect(countSegments(text)).toEqual({ encoding, units, segments });
  });
});
