/** A rate: `limit` sends per `intervalMs` on average, up to `burst` of them at once. */
export interface RateLimit {
  limit: number;
  intervalMs: number;
  burst: number;
}

/** The bucket as one number, the moment (epoch milliseconds) at which it is full again. */
export interface RateState {
  full_at: number;
}

export type RateDecision =
  { allowed: true; state: RateState } | { allowed: false; state: RateState; retry_at: number };

/**
 * Takes one token if there is one. A token bucket kept as its "full again" time (the generic cell
 * rate algorithm of ITU-T I.371): equal in effect, one number to store, no rounding drift.
 * `state` is null for a bucket never used. At `retry_at` one token is there if nobody else took
 * it. A clock that steps back takes nothing away and gives nothing.
 * Throws a RangeError unless limit, intervalMs and burst are positive and burst is at least 1.
 */
export function takeToken(state: RateState | null, rate: RateLimit, now: number): RateDecision {
  const perToken = rate.intervalMs / rate.limit;
  if (!(perToken > 0 && Number.isFinite(perToken) && rate.burst >= 1)) {
    throw new RangeError('A rate needs a positive limit and interval, and a burst of at least 1');
  }
  const fullAt = Math.max(state?.full_at ?? now, now);
  // The bucket lacks (fullAt - now) / perToken tokens; one more must fit into the burst.
  const earliest = Math.ceil(fullAt - (rate.burst - 1) * perToken);
  if (now < earliest) return { allowed: false, state: { full_at: fullAt }, retry_at: earliest };
  return { allowed: true, state: { full_at: fullAt + perToken } };
}
