import { readFileSync } from 'node:fs';
import {
  accuracyRows,
  accuracyTable,
  type LabelledAnswer,
} from '../../../scoring-service/src/qualification/accuracy.js';
import {
  contactFlags,
  DECISIONS,
  DEFAULT_THRESHOLDS,
  decisionOfScore,
  scoreByRules,
  VERTICALS,
} from '../../../scoring-service/src/qualification/index.js';
import { labelled } from './fixtures.js';

function measured(): LabelledAnswer[] {
  return VERTICALS.flatMap((vertical) =>
    labelled(vertical).map(({ split, expected, enquiry }) => {
      const full = { ...enquiry, vertical };
      const { score } = scoreByRules(full, contactFlags(full));
      return { vertical, split, expected, actual: decisionOfScore(score, DEFAULT_THRESHOLDS) };
    }),
  );
}

describe('the labelled enquiries', () => {
  it.each(VERTICALS)(
    'are at least forty for %s, in both splits and all three decisions',
    (vertical) => {
      const items = labelled(vertical);
      expect(items.length).toBeGreaterThanOrEqual(40);
      for (const split of ['tune', 'holdout']) {
        const part = items.filter((item) => item.split === split);
        expect(part.length).toBeGreaterThanOrEqual(20);
        expect(new Set(part.map((item) => item.expected))).toEqual(new Set(DECISIONS));
      }
    },
  );

  it('are all different and have their own ids', () => {
    const items = VERTICALS.flatMap(labelled);
    expect(new Set(items.map((item) => item.id)).size).toBe(items.length);
  });
});

describe('the accuracy page', () => {
  it('shows what the rules scorer does today', () => {
    const page = readFileSync(
      new URL('../../../docs/qualification-accuracy.md', import.meta.url),
      'utf8',
    );
    // Prettier pads the columns of a table; the cells are what counts.
    const cells = (text: string) => text.replace(/[ -]+/g, ' ').replace(/ ?\| ?/g, '|');
    expect(cells(page)).toContain(cells(accuracyTable(accuracyRows(measured()))));
  });

  it('counts what matters: right answers, links sent wrongly, people dropped wrongly', () => {
    const answers: LabelledAnswer[] = [
      { vertical: 'dental', split: 'tune', expected: 'book_now', actual: 'book_now' },
      { vertical: 'dental', split: 'tune', expected: 'follow_up', actual: 'book_now' },
      { vertical: 'dental', split: 'tune', expected: 'follow_up', actual: 'low_quality' },
      { vertical: 'dental', split: 'tune', expected: 'follow_up', actual: null },
    ];
    const counts = { split: 'tune', total: 4, correct: 1, wrongly_booked: 1, wrongly_dropped: 1 };
    expect(accuracyRows(answers)).toEqual([
      { vertical: 'dental', ...counts },
      { vertical: 'all', ...counts },
    ]);
  });

  it('holds the rules to never dropping more than one genuine enquiry in ten', () => {
    for (const row of accuracyRows(measured())) {
      expect(row.wrongly_dropped / row.total).toBeLessThanOrEqual(0.1);
    }
  });
});
