import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far a signature's timestamp may be from our clock, either way. */
export const CALENDLY_TOLERANCE_MS = 180_000;

export type SignatureCheck =
  | { ok: true; signedAtMs: number }
  | { ok: false; reason: 'not_configured' | 'missing' | 'malformed' | 'stale' | 'mismatch' };

/**
 * Checks `Calendly-Webhook-Signature: t=<unix seconds>,v1=<hex>`: HMAC-SHA256 over
 * `<t>.<raw body>` with the subscription's signing key (Calendly's webhook signature guide).
 * Exactly one `t`; any one of several `v1` may match, as during a key rotation. The body must be
 * the bytes received. Constant time; everything unreadable fails; never throws.
 */
export function verifyCalendlySignature(input: {
  header: string | null | undefined;
  rawBody: Buffer;
  signingKey: string | null | undefined;
  nowMs: number;
  toleranceMs?: number;
}): SignatureCheck {
  const { header, rawBody, signingKey, nowMs, toleranceMs = CALENDLY_TOLERANCE_MS } = input;
  if (signingKey == null || signingKey === '') return { ok: false, reason: 'not_configured' };
  if (header == null || header.trim() === '') return { ok: false, reason: 'missing' };
  const parsed = parseHeader(header);
  if (parsed === null) return { ok: false, reason: 'malformed' };

  const expected = createHmac('sha256', signingKey)
    .update(`${parsed.timestamp}.`)
    .update(rawBody)
    .digest();
  const matched = parsed.signatures.filter((signature) => timingSafeEqual(signature, expected));
  if (matched.length === 0) return { ok: false, reason: 'mismatch' };
  const signedAtMs = Number(parsed.timestamp) * 1000;
  // Written so that a clock that is not a number fails too.
  if (!(Math.abs(nowMs - signedAtMs) <= toleranceMs)) return { ok: false, reason: 'stale' };
  return { ok: true, signedAtMs };
}

function parseHeader(header: string): { timestamp: string; signatures: Buffer[] } | null {
  if (header.length > 1024) return null;
  const timestamps: string[] = [];
  const signatures: Buffer[] = [];
  for (const part of header.split(',')) {
    const [, key, value] = /^\s*([a-z0-9]+)=([0-9a-fA-F]+)\s*$/.exec(part) ?? [];
    if (key === undefined || value === undefined) return null;
    if (key === 't') {
      if (!/^\d{1,12}$/.test(value)) return null;
      timestamps.push(value);
    } else if (key === 'v1') {
      if (value.length !== 64) return null;
      signatures.push(Buffer.from(value, 'hex'));
    }
  }
  const [timestamp] = timestamps;
  if (timestamp === undefined || timestamps.length > 1 || signatures.length === 0) return null;
  return { timestamp, signatures };
}
