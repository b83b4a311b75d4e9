import { parse } from 'csv-parse/sync';
import fc from 'fast-check';

import { listCell, readCells } from '../../../scoring-service/src/cli/import/cells.js';
import { distance } from '../../../scoring-service/src/cli/import/distance.js';
import { shown } from '../../../scoring-service/src/cli/shown.js';
import { csvLine, withoutGuard } from '../../../scoring-service/src/core/csv.js';
import { personalFields, withoutPersonal } from '../../../scoring-service/src/core/personal.js';
import { deliverySchema } from '../../../scoring-service/src/delivery/delivery-schema.js';
import { leadSchema } from '../../../scoring-service/src/leads/lead-schema.js';
import { brokerSchema } from '../../../scoring-service/src/orders/broker-schema.js';

describe('a field of CSV', () => {
  test('is read back as it was written, formulas and apostrophes included', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', ' ', '\t', '"', ',', 'a', '1') }),
      fc.constantFrom('+12025550123', "'=x", "''=x", "'", "'text"),
    );
    fc.assert(
      fc.property(fc.array(text, { minLength: 2, maxLength: 4 }), (values) => {
        const [fields = []] = parse(csvLine(values), { record_delimiter: '\r\n' }) as string[][];
        expect(fields.map(withoutGuard)).toEqual(values);
      }),
    );
  });

  test('holds a list whose elements hold what separates them', () => {
    const element = fc.string({ minLength: 1 }).filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(fc.array(element, { minLength: 1, maxLength: 4 }), (list) => {
        const [fields = []] = parse(csvLine([listCell(list), 'x']), {
          record_delimiter: '\r\n',
        }) as string[][];
        fc.pre(list.every((text) => !text.includes('\0') && text.isWellFormed()));
        expect(readCells(fields, ['list', 'x'], { list: 'list' })).toEqual({
          values: { list, x: 'x' },
        });
      }),
    );
    expect(listCell(['MCA', 'Term loan'])).toBe('MCA; Term loan');
  });
});

describe('text of a file on a terminal', () => {
  test('is short and moves, colours and turns nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(shown(text)).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
      }),
    );
    expect(shown('\u001b[31mred')).toBe('\\u{001b}[31mred');
    expect(shown('x'.repeat(100_000)).length).toBeLessThan(100);
    expect(shown('Größe ✓')).toBe('Größe ✓');
  });
});

test('the distance of two words is how many letters differ', () => {
  expect([distance('emial', 'email'), distance('', 'abc'), distance('same', 'same')]).toEqual([
    2, 3, 0,
  ]);
});

describe('marks of personal data', () => {
  test('are found behind null', () => {
    expect(personalFields(brokerSchema)).toEqual(new Set(['name', 'email', 'phone']));
  });

  test('take fields away at every depth, and nothing else', () => {
    const qualification = { id: 'q', score: 1, decision: 'book_now', reason: 'Ann said so' };
    expect(
      withoutPersonal(leadSchema, { id: '1', email: 'a', phone: null, unknown: 2, qualification }),
    ).toEqual({ id: '1', unknown: 2, qualification: { id: 'q', score: 1, decision: 'book_now' } });
    expect(withoutPersonal(leadSchema, { id: '1', qualification: null })).toEqual({
      id: '1',
      qualification: null,
    });
    expect(
      withoutPersonal(deliverySchema, {
        id: '1',
        attempts: [{ outcome: 'sent', response_excerpt: 'Ann' }, { outcome: 'timeout' }],
      }),
    ).toEqual({ id: '1', attempts: [{ outcome: 'sent' }, { outcome: 'timeout' }] });
  });
});
