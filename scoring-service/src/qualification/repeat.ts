import type { FallbackReason } from './qualification.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** An enquiry older than this is not asked about again: a person has long dealt with it. */
export const REPEAT_WITHIN_MS = 7 * 24 * HOUR_MS;

/** The pauses before the model is asked again: as many times as there are entries. */
const PASSING = [1, 5, 15, 60, 240, 720].map((minutes) => minutes * MINUTE_MS);
const ACCOUNT = [0.25, 1, 6, 24].map((hours) => hours * HOUR_MS);
const CONTENT = [HOUR_MS];

/**
 * What has to come before an enquiry that the rules answered is asked about again. Faults that
 * pass are tried often, an account or key that is refused seldom, and an answer that the model
 * would give again to the same words (a refusal, a length cut) once.
 */
const SCHEDULE: Readonly<
  Record<FallbackReason, readonly number[] | 'provider_paused' | 'not_configured'>
> = {
  not_configured: 'not_configured',
  provider_paused: 'provider_paused',
  timeout: PASSING,
  connection: PASSING,
  rate_limited: PASSING,
  server_error: PASSING,
  invalid_json: PASSING,
  invalid_shape: PASSING,
  aborted: PASSING,
  internal_error: PASSING,
  auth: ACCOUNT,
  quota_exhausted: ACCOUNT,
  bad_request: ACCOUNT,
  refusal: CONTENT,
  length: CONTENT,
  content_filter: CONTENT,
};

export type NextRepeat =
  | { kind: 'at'; afterMs: number }
  | { kind: 'wait'; for: 'provider_paused' | 'not_configured' }
  | { kind: 'never' };

/** When to ask again after a fallback, `repeats` repetitions having been made already. */
export function nextRepeat(reason: FallbackReason, repeats: number): NextRepeat {
  const schedule = SCHEDULE[reason];
  if (typeof schedule === 'string') return { kind: 'wait', for: schedule };
  const afterMs = schedule[repeats];
  return afterMs === undefined ? { kind: 'never' } : { kind: 'at', afterMs };
}

/** Faults that say something about the provider; the others are about one enquiry's words. */
export function isProviderFault(reason: FallbackReason): boolean {
  return !['refusal', 'length', 'content_filter', 'aborted', 'internal_error'].includes(reason);
}
