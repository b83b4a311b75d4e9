import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far the sender's clock may be from ours, either way. Older events are refused as replays. */
const TOLERANCE_S = 5 * 60;

export interface SignedRequest {
  headers: Record<string, unknown>;
  /** The body exactly as received. */
  rawBody: Buffer;
  /** Secrets that may have signed it, `whsec_` and base64. */
  secrets: readonly string[];
  /** Unix seconds. */
  now: number;
}

export type Verdict = { ok: true; id: string } | { ok: false; reason: string };

const refused = (reason: string): Verdict => ({ ok: false, reason });

function header(headers: Record<string, unknown>, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
}

function equal(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

/**
 * Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`, of which `webhook-signature` holds
 * one or more as `v1,<base64>`. Whatever is missing or malformed is refused.
 */
export function verifySignature({ headers, rawBody, secrets, now }: SignedRequest): Verdict {
  const id = header(headers, 'webhook-id');
  const timestamp = header(headers, 'webhook-timestamp');
  const signatures = header(headers, 'webhook-signature');
  if (id === '' || timestamp === '' || signatures === '') return refused('signature_missing');
  if (!/^\d{1,12}$/.test(timestamp)) return refused('timestamp_invalid');
  if (Math.abs(now - Number(timestamp)) > TOLERANCE_S) return refused('timestamp_outside_window');
  const keys = secrets.map(keyOf).filter((key) => key.length > 0);
  if (keys.length === 0) return refused('no_secret');
  const given = signatures
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice(3), 'base64'));
  const right = keys.some((key) => {
    const expected = createHmac('sha256', key)
      .update(`${id}.${timestamp}.`)
      .update(rawBody)
      .digest();
    return given.some((signature) => equal(signature, expected));
  });
  return right ? { ok: true, id } : refused('signature_wrong');
}
