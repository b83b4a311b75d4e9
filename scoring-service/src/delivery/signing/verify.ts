import { timingSafeEqual } from 'node:crypto';

import { parseSecret } from './secret.js';
import { signatureOf } from './sign.js';

export const DEFAULT_TOLERANCE_SECONDS = 300;
const MAX_SIGNATURES = 20;

export type VerifyFailure =
  | 'missing_headers'
  | 'bad_timestamp'
  | 'timestamp_too_old'
  | 'timestamp_too_new'
  | 'no_secret'
  | 'no_matching_signature';

export type Verification =
  { valid: true; id: string; timestamp: number } | { valid: false; reason: VerifyFailure };

export interface VerifyInput {
  /** Request headers; names in any case. */
  headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The raw body as received, before any parsing. */
  body: string | Uint8Array;
  secrets: readonly string[];
  /** Epoch milliseconds. */
  now: number;
  toleranceSeconds?: number;
}

/** One header's value; absent, empty or given twice is null, so that doubt fails. */
function single(headers: VerifyInput['headers'], name: string): string | null {
  const values = Object.entries(headers)
    .filter(([key, value]) => key.toLowerCase() === name && value !== undefined)
    .flatMap(([, value]) => value);
  const [value] = values;
  return values.length === 1 && value ? value : null;
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * Verifies a Standard Webhooks 1.0 request against every live secret, in constant time per
 * comparison. Fails closed: a missing or doubled header, a timestamp further than the tolerance
 * (seconds, either way) from `now`, no usable secret or an unknown signature version is invalid.
 * Never throws. A malformed secret is skipped, as it can vouch for nothing.
 */
export function verifyWebhook(input: VerifyInput): Verification {
  const { headers, body, secrets, now, toleranceSeconds = DEFAULT_TOLERANCE_SECONDS } = input;
  const id = single(headers, 'webhook-id');
  const sentAt = single(headers, 'webhook-timestamp');
  const given = single(headers, 'webhook-signature');
  if (!id || !sentAt || !given) return { valid: false, reason: 'missing_headers' };

  if (!/^\d{1,12}$/.test(sentAt)) return { valid: false, reason: 'bad_timestamp' };
  const timestamp = Number(sentAt);
  const age = Math.floor(now / 1000) - timestamp;
  // Written so that a NaN clock or tolerance is refused as well.
  if (!(age <= toleranceSeconds)) return { valid: false, reason: 'timestamp_too_old' };
  if (!(age >= -toleranceSeconds)) return { valid: false, reason: 'timestamp_too_new' };

  const keys = secrets.map(parseSecret).flatMap((secret) => (secret.ok ? [secret.key] : []));
  if (keys.length === 0) return { valid: false, reason: 'no_secret' };
  const candidates = given
    .split(' ', MAX_SIGNATURES)
    .filter((part) => part.startsWith('v1,'))
    .map((part) => part.slice('v1,'.length));
  let matches = 0;
  for (const key of keys) {
    const expected = signatureOf(key, id, sentAt, body);
    for (const candidate of candidates) if (sameText(candidate, expected)) matches++;
  }
  return matches > 0
    ? { valid: true, id, timestamp }
    : { valid: false, reason: 'no_matching_signature' };
}
