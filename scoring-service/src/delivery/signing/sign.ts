import { createHmac } from 'node:crypto';

import { parseSecret } from './secret.js';

/** The three headers of Standard Webhooks 1.0. */
export interface WebhookHeaders {
  'webhook-id': string;
  'webhook-timestamp': string;
  'webhook-signature': string;
}

export interface SigningInput {
  /** The same on every attempt: the receiver's idempotency key. */
  id: string;
  /** Moment of this attempt; epoch milliseconds. */
  at: number;
  /** Exactly the bytes (or the text, as UTF-8) that are sent. */
  body: string | Uint8Array;
  /** Every live secret, newest first; two during a rotation. */
  secrets: readonly string[];
}

// A dot in the id would let one signed text be read as another id and timestamp.
const SAFE_ID = /^[\x21-\x2d\x2f-\x7e]{1,255}$/;

/** Base64 of HMAC-SHA256 over `id.timestamp.body`, as Standard Webhooks 1.0 defines `v1`. */
export function signatureOf(
  key: Uint8Array,
  id: string,
  timestamp: string,
  body: string | Uint8Array,
): string {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
}

/**
 * Signs one attempt: one `v1,` signature per secret, separated by spaces.
 * Throws a TypeError when there is no secret, a secret is malformed, or the id is not 1–255
 * visible ASCII characters without a dot: an unsigned hand-over must never leave.
 */
export function signWebhook({ id, at, body, secrets }: SigningInput): WebhookHeaders {
  if (!SAFE_ID.test(id)) throw new TypeError('A webhook id is visible ASCII without dots');
  if (secrets.length === 0) throw new TypeError('Signing needs at least one secret');
  if (!Number.isFinite(at)) throw new TypeError('Signing needs the moment of the attempt');
  const timestamp = String(Math.floor(at / 1000));
  const signatures = secrets.map((secret) => {
    const parsed = parseSecret(secret);
    if (!parsed.ok) throw new TypeError(parsed.message);
    return `v1,${signatureOf(parsed.key, id, timestamp, body)}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
