import { isProviderFault, nextRepeat } from '../../../scoring-service/src/qualification/repeat.js';

const HOUR_MS = 3_600_000;

const delays = (reason: Parameters<typeof nextRepeat>[0]): number[] => {
  const found: number[] = [];
  for (let repeats = 0; repeats < 100; repeats += 1) {
    const next = nextRepeat(reason, repeats);
    if (next.kind !== 'at') return found;
    found.push(next.afterMs);
  }
  throw new Error('The repetitions do not end.');
};

describe('when the model is asked again', () => {
  test.each([
    'timeout',
    'connection',
    'rate_limited',
    'server_error',
    'invalid_json',
    'internal_error',
  ] as const)('%s: often, less and less, and not for ever', (reason) => {
    const found = delays(reason);
    expect(found[0]).toBe(60_000);
    expect(found).toEqual([...found].sort((a, b) => a - b));
    expect(found).toHaveLength(6);
  });

  test.each(['refusal', 'length', 'content_filter'] as const)(
    '%s: once, because the same words get the same answer',
    (reason) => {
      expect(delays(reason)).toEqual([HOUR_MS]);
      expect(isProviderFault(reason)).toBe(false);
    },
  );

  test.each(['auth', 'quota_exhausted', 'bad_request'] as const)(
    '%s: seldom, because a person has to mend it, and it counts against the provider',
    (reason) => {
      expect(delays(reason)).toHaveLength(4);
      expect(isProviderFault(reason)).toBe(true);
    },
  );

  test.each(['not_configured', 'provider_paused'] as const)(
    '%s: when that has changed',
    (reason) => {
      expect(nextRepeat(reason, 0)).toEqual({ kind: 'wait', for: reason });
    },
  );
});
