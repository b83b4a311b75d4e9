import fc from 'fast-check';

import { niceTop } from '../../../scoring-service/src/dashboard/components/chart.js';
import { attr } from '../../../scoring-service/src/dashboard/components/attr.js';
import {
  clip,
  duration,
  money,
  moment,
  percent,
  points,
  relative,
} from '../../../scoring-service/src/dashboard/components/format.js';
import {
  changeText,
  gateText,
  toWinText,
} from '../../../scoring-service/src/dashboard/components/to-win.js';
import { typeText } from '../../../scoring-service/src/dashboard/pages/docs.js';
import { safeNext } from '../../../scoring-service/src/dashboard/sign-in-routes.js';

const NOTHING = { gates: [], points_short: 0, tie_break: null, single_change: null };

describe('what an order lacked, in words', () => {
  test.each([
    [
      { ...NOTHING, points_short: 0.21, single_change: { field: 'priority', to: 'high' } as const },
      '0.21 points short; would have won with priority high',
    ],
    [
      { ...NOTHING, points_short: 12.5 },
      '12.50 points short; no single change would have been enough',
    ],
    [
      {
        ...NOTHING,
        points_short: 0.001,
        single_change: { field: 'bonus_mode', to: true } as const,
      },
      'Less than 0.01 points short; would have won with bonus mode on',
    ],
    [
      {
        ...NOTHING,
        tie_break: 'lower_fill_rate' as const,
        single_change: { field: 'total_leads', to: 120 } as const,
      },
      'Equal points; the winner was filled less; would have won with a total of 120 leads',
    ],
    [
      {
        ...NOTHING,
        gates: [
          { code: 'no_capacity' as const, have: 0, need: 1 },
          { code: 'vertical_mismatch' as const, have: 'SBA', need: ['MCA'] },
        ],
      },
      'No single change would have been enough (2 gates failed)',
    ],
  ])('%j', (toWin, expected) => {
    expect(toWinText(toWin, true)).toBe(expected);
  });

  test('without a winner it says "taken" instead of "won"', () => {
    const change = { field: 'credit_score_min' as const, to: null };
    expect(toWinText({ ...NOTHING, single_change: change }, false)).toBe(
      'Would have taken it with no credit minimum',
    );
  });

  test.each([
    [
      { code: 'credit_below_minimum', have: 640, need: 680 },
      'Credit minimum: has 640, needs 680 or more',
    ],
    [
      { code: 'credit_tier_680', have: null, need: 680 },
      'Credit tier 680: has none, needs 680 or more',
    ],
    [
      { code: 'loan_above_maximum', have: 90_000, need: 50_000 },
      'Loan maximum: has $90,000, needs $50,000 or less',
    ],
    [
      { code: 'loan_below_minimum', have: 900.5, need: 5000 },
      'Loan minimum: has $900.5, needs $5,000 or more',
    ],
    [
      { code: 'vertical_mismatch', have: 'SBA', need: ['MCA', 'Equipment'] },
      'Vertical: has SBA, needs MCA, Equipment',
    ],
    [
      { code: 'no_capacity', have: 0, need: 1 },
      'Leads left: has 0, needs a lead left, or bonus mode',
    ],
    [
      { code: 'broker_not_active', have: 'paused', need: 'active' },
      'Broker active: has paused, needs an active broker',
    ],
  ])('the gate %j', (gate, expected) => {
    expect(gateText(gate)).toBe(expected);
  });

  test('an added vertical is named alone', () => {
    expect(changeText({ field: 'verticals', to: ['MCA', 'SBA'] })).toBe(
      'with the vertical SBA added',
    );
  });
});

describe('values on pages', () => {
  test('points have two decimals and no minus zero', () => {
    expect([points(69.3333), points(-5), points(-0.001), points(100)]).toEqual([
      '69.33',
      '-5.00',
      '0.00',
      '100.00',
    ]);
  });

  test.each([
    [0, 'just now'],
    [-4000, 'just now'],
    [90_000, '1 min ago'],
    [-7_200_000, 'in 2 h'],
    [200_000_000, '2 d ago'],
  ])('%d ms ago reads "%s"', (ago, expected) => {
    expect(relative(1e12 - ago, 1e12)).toBe(expected);
  });

  test('lengths of time, shares, money and moments', () => {
    expect([duration(850), duration(65_000), duration(7_500_000), duration(90_000_000)]).toEqual([
      '1 s',
      '1 min 5 s',
      '2 h 5 min',
      '1 d 1 h',
    ]);
    expect([percent(0.12345), percent(1), money(null), money(1234.5)]).toEqual([
      '12.3 %',
      '100 %',
      '–',
      '$1,234.5',
    ]);
    expect(moment(Date.parse('2026-07-01T12:00:00Z'), 'America/New_York')).toMatch(
      /^1 Jul 2026, 08:00/,
    );
  });

  test('text is cut between characters, never inside one', () => {
    expect(clip('👩‍💻'.repeat(3), 100)).toBe('👩‍💻'.repeat(3));
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 1, max: 20 }),
        (text, length) => {
          const cut = clip(text, length);
          expect([...cut].length).toBeLessThanOrEqual(length);
          expect(cut.isWellFormed()).toBe(text.isWellFormed());
        },
      ),
    );
  });

  test('data in attributes holds nothing that a browser could read as markup or entity', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const escaped = attr(text);
        expect(escaped).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
        expect(
          escaped.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'),
        ).toBe(text);
      }),
    );
  });

  test('the axis of a chart ends at the next round number', () => {
    expect([0, 1, 3, 7, 12, 20, 99, 1001].map(niceTop)).toEqual([1, 1, 5, 10, 20, 20, 100, 2000]);
  });

  test('schemas read in a few words', () => {
    expect(typeText({ enum: ['active', 'paused'] })).toBe('active | paused');
    expect(typeText({ type: 'array', items: { type: 'string' } })).toBe('list of string');
    expect(typeText({ anyOf: [{ type: 'number' }, { type: 'null' }] })).toBe('number or null');
    expect(typeText({ type: 'string', format: 'uuid' })).toBe('string (uuid)');
  });

  test('the way on after signing in never leaves the service', () => {
    fc.assert(
      fc.property(fc.string(), (next) => {
        const target = new URL(safeNext(next), 'https://leads.example.com');
        expect(target.origin).toBe('https://leads.example.com');
      }),
    );
    for (const next of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      '/\t/evil.example',
    ]) {
      expect(safeNext(next)).toBe('/');
    }
    expect(safeNext('/leads?q=a%20b#x')).toBe('/leads?q=a%20b#x');
  });
});
