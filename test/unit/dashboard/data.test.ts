import { parse } from 'csv-parse/sync';
import fc from 'fast-check';

import { csvField, csvLine } from '../../../scoring-service/src/core/csv.js';
import { readRange } from '../../../scoring-service/src/dashboard/data/range.js';
import { toForm } from '../../../scoring-service/src/dashboard/form.js';
import { hashPassword, verifyPassword } from '../../../scoring-service/src/access/passwords.js';

const NOW = Date.parse('2026-03-10T15:00:00Z');
const range = (given: { range?: string; from?: string; to?: string }, timezone = 'UTC') =>
  readRange({ range: '', from: '', to: '', ...given }, NOW, timezone);
const day = (at: number): string => new Date(at).toISOString();

describe('the export', () => {
  test('no field is a formula, and each is read back as it was', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string().map((rest) => `=${rest}`),
      fc.constantFrom('+1+1', '-1', '@x', '\t=1', ' =1'),
    );
    fc.assert(
      fc.property(fc.array(text, { minLength: 2, maxLength: 5 }), (values) => {
        const line = csvLine(values);
        const [read = []] = parse(line, {
          relax_column_count: true,
          record_delimiter: '\r\n',
        }) as string[][];
        read.forEach((field, at) => {
          expect(field).not.toMatch(/^\s*[=+\-@]/);
          expect([values[at], `'${values[at] ?? ''}`]).toContain(field);
        });
        expect(read).toHaveLength(values.length);
      }),
    );
  });

  test('numbers, nothing and phone numbers stay as they are', () => {
    expect([csvField(-5), csvField(null), csvField('+12025550123'), csvField('a,b')]).toEqual([
      '-5',
      '',
      '+12025550123',
      '"a,b"',
    ]);
  });
});

describe('the span of the overview', () => {
  test('without a choice it is the last seven days, today included', () => {
    const found = range({});
    expect([found.name, day(found.from), day(found.to), day(found.previousFrom)]).toEqual([
      '7d',
      '2026-03-04T00:00:00.000Z',
      '2026-03-11T00:00:00.000Z',
      '2026-02-25T00:00:00.000Z',
    ]);
    expect(found.days).toHaveLength(7);
  });

  test('days begin at midnight in the zone, also where the clock is changed', () => {
    const found = range({ from: '2026-03-07', to: '2026-03-09' }, 'America/New_York');
    expect(found.days.map(({ start }) => day(start))).toEqual([
      '2026-03-07T05:00:00.000Z',
      '2026-03-08T05:00:00.000Z',
      '2026-03-09T04:00:00.000Z',
    ]);
    expect(day(found.to)).toBe('2026-03-10T04:00:00.000Z');
    expect(found.days).toHaveLength(3);
  });

  test.each([
    { from: '2026-13-01', to: '2026-13-02' },
    { from: '2026-03-09', to: '2026-03-01' },
    { from: 'x', to: '' },
    { range: 'constructor' },
  ])('what makes no sense is the usual span: %j', (given) => {
    expect(range(given).name).toBe('7d');
  });

  test('a span of dates is at most a year', () => {
    expect(range({ from: '1990-01-01', to: '2026-01-01' }).days).toHaveLength(366);
  });
});

describe('forms and passwords', () => {
  test('a form holds text only, the last value of a name wins, and blanks are trimmed', () => {
    const form = toForm({ a: ['x', ' y '], b: { c: 'd' }, e: 5 });
    expect([
      form.get('a'),
      form.all('a'),
      form.get('b'),
      form.get('e'),
      form.get('nowhere'),
    ]).toEqual(['y', ['x', ' y '], '', '', '']);
  });

  test('a password fits its own hash only, written in either Unicode form', async () => {
    const cheap = { N: 2, r: 1, p: 1 };
    const hash = await hashPassword('Käsekuchen 12', cheap);
    expect(hash).not.toBe(await hashPassword('Käsekuchen 12', cheap));
    expect(await verifyPassword('Käsekuchen 12'.normalize('NFD'), hash)).toBe(true);
    expect(await verifyPassword('Käsekuchen 13', hash)).toBe(false);
    expect(await verifyPassword('', null)).toBe(false);
  });
});
