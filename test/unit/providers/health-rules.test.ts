import {
  isDegraded,
  probePauseMs,
  rolling,
  successRate,
  type Outcome,
} from '../../../scoring-service/src/providers/health-rules.js';

const outcomes = (marks: string): Outcome[] =>
  [...marks].map((mark, index): Outcome => [index, mark === '+' ? 1 : 0]);

test.each([
  ['', false],
  ['----', false],
  ['-----', true],
  ['+++++-----', true],
  ['-----+', false],
  ['-+-+-+-+-', false],
  ['-+-+-+-+--', true],
  ['+-+-+-+-+-', false],
  ['++++----+-', false],
])('after %j a provider is degraded: %s', (marks, expected) => {
  expect(isDegraded(outcomes(marks))).toBe(expected);
});

test('only the last 20 outcomes of ten minutes count', () => {
  const many = Array.from({ length: 30 }, (_, i): Outcome => [i, 1]);
  expect(rolling(many, 30)).toEqual(many.slice(10));
  expect(
    rolling(
      [
        [0, 0],
        [1, 1],
      ],
      600_000,
    ),
  ).toEqual([[1, 1]]);
});

test('the success rate is the share that worked, and none without calls', () => {
  expect(successRate(outcomes('+++-'))).toBe(0.75);
  expect(successRate([])).toBeNull();
});

test('probes come later and later, at most five minutes apart', () => {
  expect([0, 1, 2, 3, 4, 50].map(probePauseMs)).toEqual([
    30_000, 60_000, 120_000, 240_000, 300_000, 300_000,
  ]);
});
