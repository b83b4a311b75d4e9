import fc from 'fast-check';

import { takeToken } from '../../../../scoring-service/src/delivery/breaker/rate-limit.js';
import type { RateState } from '../../../../scoring-service/src/delivery/breaker/rate-limit.js';

const rate = { limit: 60, intervalMs: 60_000, burst: 3 };

describe('the rate limit', () => {
  test('lets a burst through, then one per interval', () => {
    let state: RateState | null = null;
    const taken: number[] = [];
    for (let now = 0; now <= 5000; now += 500) {
      for (let tries = 0; tries < 5; tries++) {
        const decision = takeToken(state, rate, now);
        state = decision.state;
        if (decision.allowed) taken.push(now);
      }
    }
    expect(taken).toEqual([0, 0, 0, 1000, 2000, 3000, 4000, 5000]);
  });

  test('at retry_at there is a token, a millisecond before there is none', () => {
    const arbitraryRate = fc.record({
      limit: fc.integer({ min: 1, max: 1000 }),
      intervalMs: fc.constantFrom(1000, 60_000, 3_600_000),
      burst: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(arbitraryRate, fc.array(fc.nat(3000), { maxLength: 60 }), (anyRate, steps) => {
        let now = 1_750_000_000_000;
        let state: RateState | null = null;
        for (const step of steps) {
          now += step;
          const decision = takeToken(state, anyRate, now);
          state = decision.state;
          if (decision.allowed) continue;
          expect(decision.retry_at).toBeGreaterThan(now);
          expect(takeToken(state, anyRate, decision.retry_at - 1).allowed).toBe(false);
          expect(takeToken(state, anyRate, decision.retry_at).allowed).toBe(true);
        }
      }),
    );
  });

  test('no span of time sees more than the burst plus its share', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(400), { minLength: 1, maxLength: 200 }), (steps) => {
        let now = 0;
        let state: RateState | null = null;
        const taken: number[] = [];
        for (const step of steps) {
          now += step;
          const decision = takeToken(state, rate, now);
          state = decision.state;
          if (decision.allowed) taken.push(now);
        }
        for (const [index, from] of taken.entries()) {
          for (const [later, to] of taken.entries()) {
            if (later < index) continue;
            expect(later - index + 1).toBeLessThanOrEqual(rate.burst + (to - from) / 1000);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  test('an idle bucket fills up to the burst and no further', () => {
    let state = takeToken(null, rate, 0).state;
    const allowed = [1, 2, 3, 4, 5].map(() => {
      const decision = takeToken(state, rate, 3_600_000);
      state = decision.state;
      return decision.allowed;
    });
    expect(allowed).toEqual([true, true, true, false, false]);
  });

  test('a part of a millisecond is waited for, not given', () => {
    const sevenPerSecond = { limit: 7, intervalMs: 1000, burst: 1 };
    const { state } = takeToken(null, sevenPerSecond, 0);
    expect(takeToken(state, sevenPerSecond, 142)).toMatchObject({ allowed: false, retry_at: 143 });
    expect(takeToken(state, sevenPerSecond, 143).allowed).toBe(true);
  });

  test('a clock that steps back gives nothing away', () => {
    const full = takeToken(null, { ...rate, burst: 1 }, 10_000);
    expect(takeToken(full.state, { ...rate, burst: 1 }, 9000)).toMatchObject({
      allowed: false,
      retry_at: 11_000,
    });
  });

  test.each([{ limit: 0 }, { intervalMs: 0 }, { burst: 0 }, { limit: Number.NaN }])(
    '%p is no rate',
    (wrong) => {
      expect(() => takeToken(null, { ...rate, ...wrong }, 0)).toThrow(RangeError);
    },
  );
});
