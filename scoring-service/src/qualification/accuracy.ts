import type { Decision } from './decision.js';

/** One labelled answer of an evaluation run. */
export type LabelledAnswer = {
  vertical: string;
  split: 'tune' | 'holdout';
  expected: Decision;
  /** Null when the scorer gave no answer; counted as wrong. */
  actual: Decision | null;
};

export type AccuracyRow = {
  vertical: string;
  split: 'tune' | 'holdout';
  total: number;
  correct: number;
  /** Answered `book_now` where people said otherwise: the costly mistake, a link sent to the wrong person. */
  wrongly_booked: number;
  /** Answered `low_quality` where people said otherwise: a real enquiry nobody calls back. */
  wrongly_dropped: number;
};

/** Counts per vertical and split, in order of first appearance, then one `all` row per split. */
export function accuracyRows(answers: readonly LabelledAnswer[]): AccuracyRow[] {
  const rows = new Map<string, AccuracyRow>();
  for (const answer of [...answers, ...answers.map((a) => ({ ...a, vertical: 'all' }))]) {
    const { vertical, split, expected, actual } = answer;
    const key = `${vertical}/${split}`;
    const row = rows.get(key) ?? {
      vertical,
      split,
      total: 0,
      correct: 0,
      wrongly_booked: 0,
      wrongly_dropped: 0,
    };
    row.total += 1;
    row.correct += Number(actual === expected);
    row.wrongly_booked += Number(actual === 'book_now' && expected !== 'book_now');
    row.wrongly_dropped += Number(actual === 'low_quality' && expected !== 'low_quality');
    rows.set(key, row);
  }
  return [...rows.values()];
}

/** The rows as a Markdown table, the form `docs/qualification-accuracy.md` holds. */
export function accuracyTable(rows: readonly AccuracyRow[]): string {
  const head =
    '| vertical | split | right | share | wrongly `book_now` | wrongly `low_quality` |\n|---|---|---:|---:|---:|---:|';
  const body = rows.map(
    (row) =>
      `| ${row.vertical} | ${row.split} | ${row.correct} of ${row.total} | ${Math.round((100 * row.correct) / row.total)} % | ${row.wrongly_booked} | ${row.wrongly_dropped} |`,
  );
  return [head, ...body].join('\n');
}
