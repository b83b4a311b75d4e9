import { takeToken, type RateLimit } from './breaker/rate-limit.js';

/** A broker's rate: what a second allows may go out at once, the rest is spread. */
export function rateOf(perMinute: number): RateLimit {
  return { limit: perMinute, intervalMs: 60_000, burst: Math.max(1, Math.ceil(perMinute / 60)) };
}

export interface Tokens {
  count: number;
  /** When the next one is there, if fewer were there than wanted. */
  retryAt: number | null;
  /** The bucket after `n` of them were taken. */
  after(n: number): number | null;
}

/** How many of `wanted` attempts a broker's rate allows now; `fullAt` is the bucket as stored. */
export function tokensFor(
  perMinute: number | null,
  fullAt: number | null,
  now: number,
  wanted: number,
): Tokens {
  if (perMinute === null) return { count: wanted, retryAt: null, after: () => fullAt };
  const rate = rateOf(perMinute);
  const states: (number | null)[] = [fullAt];
  let state = fullAt === null ? null : { full_at: fullAt };
  let retryAt: number | null = null;
  for (let count = 0; count < wanted; count += 1) {
    const decision = takeToken(state, rate, now);
    if (!decision.allowed) {
      retryAt = decision.retry_at;
      break;
    }
    state = decision.state;
    states.push(state.full_at);
  }
  return { count: states.length - 1, retryAt, after: (n) => states[n] ?? fullAt };
}
