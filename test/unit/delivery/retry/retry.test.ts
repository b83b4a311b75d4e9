import fc from 'fast-check';

import { classifyOutcome } from '../../../../scoring-service/src/delivery/retry/outcome.js';
import type { AttemptOutcome } from '../../../../scoring-service/src/delivery/retry/outcome.js';
import { retryAfterMs } from '../../../../scoring-service/src/delivery/retry/retry-after.js';
import {
  DEFAULT_RETRY_DELAYS_MS,
  nextAttempt,
  retryDelaysSchema,
} from '../../../../scoring-service/src/delivery/retry/schedule.js';
import type { NextAttemptInput } from '../../../../scoring-service/src/delivery/retry/schedule.js';

const NOW = Date.parse('2025-06-02T10:00:00Z');
const DAY = 86_400_000;

function outcome(status: number): AttemptOutcome {
  return classifyOutcome({ status, error_class: null });
}

function next(input: Partial<NextAttemptInput>) {
  return nextAttempt({
    attempts_made: 1,
    outcome: outcome(500),
    retry_after: null,
    now: NOW,
    random: () => 0.5,
    ...input,
  });
}

describe('the schedule of attempts', () => {
  test('waits 0 s, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h, then gives up', () => {
    const waits = Array.from({ length: 10 }, (_, made) => {
      const decided = next({ attempts_made: made, outcome: made === 0 ? null : outcome(500) });
      return 'at' in decided ? (decided.at - NOW) / 1000 : null;
    });
    expect(waits).toEqual([0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    expect(next({ attempts_made: 10 })).toEqual({ give_up: 'attempts_exhausted' });
  });

  test('spreads every delay over ±20 % and no further', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (made, random) => {
          const delay = DEFAULT_RETRY_DELAYS_MS[made] ?? 0;
          const decided = next({ attempts_made: made, random: () => random });
          const wait = 'at' in decided ? decided.at - NOW : NaN;
          expect(wait).toBe(Math.round(delay * (0.8 + 0.4 * random)));
        },
      ),
    );
  });

  test('follows a schedule of one’s own', () => {
    expect(next({ delaysMs: [0, 1000] })).toEqual({ at: NOW + 1000 });
    expect(next({ delaysMs: [0, 1000], attempts_made: 2 })).toEqual({
      give_up: 'attempts_exhausted',
    });
    expect(retryDelaysSchema.safeParse([0, 5000]).success).toBe(true);
    expect(retryDelaysSchema.safeParse([]).success).toBe(false);
    expect(retryDelaysSchema.safeParse([-1]).success).toBe(false);
  });

  test('ends at once with 410 and with success', () => {
    expect(next({ outcome: outcome(410) })).toEqual({ give_up: 'gone' });
    expect(next({ outcome: outcome(204) })).toEqual({ give_up: 'delivered' });
  });

  test.each([429, 503])('%p may ask for a longer wait, up to a day', (status) => {
    const asked = (retryAfter: string) =>
      next({ outcome: outcome(status), retry_after: retryAfter });
    expect(asked('120')).toEqual({ at: NOW + 120_000 });
    expect(asked('Mon, 02 Jun 2025 10:30:00 GMT')).toEqual({ at: NOW + 1_800_000 });
    expect(asked('9999999')).toEqual({ at: NOW + DAY });
    expect(asked('1')).toEqual({ at: NOW + 5000 });
    expect(asked('soon')).toEqual({ at: NOW + 5000 });
  });

  test('other statuses may not', () => {
    expect(next({ outcome: outcome(500), retry_after: '120' })).toEqual({ at: NOW + 5000 });
  });

  test('a failure of our own uses up no attempt, even after the last one, and waits a moment', () => {
    const ours = classifyOutcome({ status: null, error_class: 'aborted' });
    expect(next({ outcome: ours, attempts_made: 0 })).toEqual({ at: NOW + 5000 });
    expect(next({ outcome: ours, attempts_made: 10 })).toEqual({ at: NOW + 5000 });
  });
});

describe('Retry-After', () => {
  test.each([
    ['0', 0],
    [' 60 ', 60_000],
    ['86401', DAY],
    ['99999999999999999999999', DAY],
    ['Mon, 02 Jun 2025 10:01:00 GMT', 60_000],
    ['Monday, 02-Jun-25 10:01:00 GMT', 60_000],
    ['Mon Jun  2 10:01:00 2025', 60_000],
    ['Mon, 02 Jun 2025 09:00:00 GMT', 0],
    ['Mon, 02 Jun 2031 09:00:00 GMT', DAY],
  ])('%p is a wait of %p ms', (header, expected) => {
    expect(retryAfterMs(header, NOW)).toBe(expected);
  });

  test.each([
    null,
    '',
    '-5',
    '1.5',
    '5s',
    '1e3',
    '0x10',
    'tomorrow',
    '2025-06-02T10:01:00Z',
    'Mon, 99 Foo 2025 10:01:00 GMT',
  ])('%p is ignored', (header) => {
    expect(retryAfterMs(header, NOW)).toBeNull();
  });
});

describe('the outcome of an attempt', () => {
  test('only 2xx is success, over every status', () => {
    for (let status = 100; status <= 999; status++) {
      expect(outcome(status).success).toBe(status >= 200 && status < 300);
      expect(outcome(status).retryable).toBe(!(status >= 200 && status < 300) && status !== 410);
    }
  });

  test.each([
    [301, 'redirect'],
    [304, 'redirect'],
    [400, 'client_error'],
    [410, 'gone'],
    [429, 'rate_limited'],
    [503, 'server_error'],
    [600, 'unexpected_status'],
  ])('%p is shown as %s', (status, expected) => {
    expect(outcome(status)).toMatchObject({ error_class: expected, status, counted: true });
  });

  test.each([
    ['timeout', true],
    ['egress_refused', true],
    ['unknown', true],
    ['aborted', false],
    ['local_failure', false],
  ] as const)('%s may be tried again and counts: %p', (errorClass, counted) => {
    expect(classifyOutcome({ status: null, error_class: errorClass })).toEqual({
      success: false,
      retryable: true,
      counted,
      error_class: errorClass,
      status: null,
    });
  });
});
