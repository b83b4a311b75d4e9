import { z } from 'zod';

import type { AttemptOutcome } from './outcome.js';
import { retryAfterMs } from './retry-after.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const JITTER = 0.2;
/** After a failure of our own: soon, but no busy loop while the cause lasts. */
const OWN_FAILURE_DELAY_MS = 5 * SECOND;

/** The wait before each attempt, counted from the end of the previous one. */
export const DEFAULT_RETRY_DELAYS_MS: readonly number[] = [
  0,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** A schedule of one's own: one delay in milliseconds per attempt, each at most seven days. */
export const retryDelaysSchema = z
  .array(
    z
      .number()
      .int()
      .min(0)
      .max(7 * 24 * HOUR),
  )
  .min(1, { error: 'must hold a delay for at least one attempt' })
  .max(50, { error: 'must hold at most 50 delays' });

export interface NextAttemptInput {
  /** Attempts that counted so far, the one just made included. */
  attempts_made: number;
  /** The attempt just made; null before the first. */
  outcome: AttemptOutcome | null;
  /** The `Retry-After` header of that attempt. */
  retry_after: string | null;
  /** End of that attempt, or when the delivery became ready; epoch milliseconds. */
  now: number;
  /** Uniform in [0, 1). */
  random: () => number;
  delaysMs?: readonly number[];
}

export type GiveUpReason = 'delivered' | 'gone' | 'attempts_exhausted';
export type NextAttempt = { at: number } | { give_up: GiveUpReason };

/**
 * When to try next, or why not to. The delay of the schedule carries ±20 % jitter so that
 * deliveries that failed together do not return together. 429 and 503 may ask for a longer wait
 * with `Retry-After`; a shorter one than the schedule's is not taken, or a receiver in maintenance
 * would use up every attempt within minutes. A failure on our own side (`counted: false`) leaves
 * `attempts_made` as it was and never gives up.
 */
export function nextAttempt(input: NextAttemptInput): NextAttempt {
  const { attempts_made: made, outcome, now, random } = input;
  const delays = input.delaysMs ?? DEFAULT_RETRY_DELAYS_MS;
  if (outcome?.success) return { give_up: 'delivered' };
  if (outcome && !outcome.retryable) return { give_up: 'gone' };

  const jittered = (delay: number): number =>
    Math.round(delay * (1 - JITTER + 2 * JITTER * random()));
  if (outcome && !outcome.counted) return { at: now + jittered(OWN_FAILURE_DELAY_MS) };

  const delay = delays[made];
  if (delay === undefined) return { give_up: 'attempts_exhausted' };
  const mayAsk = outcome?.status === 429 || outcome?.status === 503;
  const asked = mayAsk ? (retryAfterMs(input.retry_after, now) ?? 0) : 0;
  return { at: now + Math.max(jittered(delay), asked) };
}
