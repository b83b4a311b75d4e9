import fc from 'fast-check';

import { classifyInbound } from '../../../scoring-service/src/messaging/rules/inbound.js';
import { notOptOuts, optOuts } from './inbound-fixtures.js';

describe('classifyInbound', () => {
  test('the lists hold at least 60 texts each', () => {
    expect(new Set(optOuts).size).toBeGreaterThanOrEqual(60);
    expect(new Set(notOptOuts).size).toBeGreaterThanOrEqual(60);
  });

  test.each(optOuts)('suppresses: %s', (body) => {
    const answer = classifyInbound(body);
    expect(answer.class).toBe('opt_out');
    expect(answer.matched).not.toBe('');
    expect(answer.rule).not.toBeNull();
  });

  test.each(notOptOuts)('does not suppress: %s', (body) => {
    expect(classifyInbound(body).class).not.toBe('opt_out');
  });

  test.each(['START', 'start.', ' Unstop ', 'YES', 'Yes!'])('opts in: %s', (body) => {
    expect(classifyInbound(body).class).toBe('opt_in');
  });

  test.each(['yes please', 'start over', 'yes, at 5', 'restart', "let's start"])(
    'does not guess consent: %s',
    (body) => {
      expect(classifyInbound(body).class).toBe('other');
    },
  );

  test('HELP alone asks for help, the word in a sentence does not', () => {
    expect(classifyInbound('Help!').class).toBe('help');
    expect(classifyInbound('can you help me with a crown').class).toBe('other');
  });

  test('the matched words and the rule are told', () => {
    expect(classifyInbound('Hey, PLEASE stop texting me!!')).toEqual({
      class: 'opt_out',
      matched: 'stop texting',
      rule: 'stop_texting',
    });
    expect(classifyInbound('Opt-Out')).toEqual({
      class: 'opt_out',
      matched: 'opt out',
      rule: 'keyword',
    });
  });

  const padding = fc.stringMatching(/^[ \t\n]{0,4}$/);
  const marks = fc.stringMatching(/^[!?. ]{0,5}$/);
  const emoji = fc.constantFrom('', '😡', ' 🙏🏽', '🛑', ' ❤️');
  const recase = (text: string, upper: boolean[]): string =>
    [...text].map((c, i) => (upper[i % upper.length] ? c.toUpperCase() : c.toLowerCase())).join('');
  const dressed = (texts: readonly string[]) =>
    fc.record({
      text: fc.constantFrom(...texts),
      upper: fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
      before: padding,
      after: padding,
      marks,
      emoji,
    });

  test('case, padding, closing punctuation and emoji never lose an opt-out', () => {
    fc.assert(
      fc.property(dressed(optOuts), (d) => {
        const body = d.before + recase(d.text, d.upper) + d.marks + d.emoji + d.after;
        expect(classifyInbound(body).class).toBe('opt_out');
      }),
      { numRuns: 1500 },
    );
  });

  test('case, padding and closing punctuation never make an opt-out', () => {
    fc.assert(
      fc.property(dressed(notOptOuts.filter((text) => text !== '')), (d) => {
        const body = d.before + recase(d.text, d.upper) + d.marks + d.after;
        expect(classifyInbound(body).class).not.toBe('opt_out');
      }),
      { numRuns: 1500 },
    );
  });

  test('any text at all gets an answer, long ones quickly enough to finish', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (body) => {
        expect(['opt_out', 'opt_in', 'help', 'other']).toContain(classifyInbound(body).class);
      }),
    );
    expect(classifyInbound('stop the your '.repeat(5000)).class).toBe('other');
    expect(classifyInbound(`${'no more '.repeat(200)}x`).class).toBe('other');
  });
});
