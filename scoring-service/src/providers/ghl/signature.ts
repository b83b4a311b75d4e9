import { createHash, createPublicKey, timingSafeEqual, verify } from 'node:crypto';

/** The key GoHighLevel signs webhooks with (Ed25519, SPKI, base64); GHL_PUBLIC_KEY overrides it. */
export const defaultGhlPublicKey = 'MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=';

/**
 * True only when `signature` (`X-GHL-Signature`, base64) is the key owner's Ed25519 signature of
 * exactly these bytes. `publicKey` is SPKI in base64 or PEM. Never throws: a key or signature
 * that cannot be read is false.
 */
export function verifyGhlSignature(
  rawBody: Buffer,
  signature: string,
  publicKey = defaultGhlPublicKey,
): boolean {
  const bytes = Buffer.from(signature.trim(), 'base64');
  if (bytes.length !== 64) return false;
  try {
    const key = publicKey.includes('BEGIN')
      ? createPublicKey(publicKey)
      : createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' && verify(null, rawBody, key, bytes);
  } catch {
    return false;
  }
}

/** Compares a shared secret in constant time, whatever the lengths. An empty secret matches nothing. */
export function secretMatches(given: string | undefined, secret: string | undefined): boolean {
  if (given === undefined || secret === undefined || given === '' || secret === '') return false;
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}

export interface GhlProof {
  rawBody: Buffer;
  /** `X-GHL-Signature`, when the request has one. */
  signature?: string | undefined;
  /** `X-LeadLoop-Secret`, when the request has one. */
  secret?: string | undefined;
}

export interface GhlTrust {
  publicKey?: string | undefined;
  /** GHL_WEBHOOK_SECRET; without it only signatures are accepted. */
  webhookSecret?: string | undefined;
}

export type GhlVerification =
  | { verified: true; by: 'signature' | 'secret' }
  | { verified: false; reason: 'no_proof' | 'bad_signature' | 'bad_secret' };

/**
 * Whether a request comes from GoHighLevel. A signature that is present must be right, even
 * beside a right secret; without one, the shared secret must be right; neither is never enough.
 */
export function verifyGhl(proof: GhlProof, trust: GhlTrust): GhlVerification {
  const { rawBody, signature = '', secret = '' } = proof;
  if (signature.trim() !== '') {
    return verifyGhlSignature(rawBody, signature, trust.publicKey || defaultGhlPublicKey)
      ? { verified: true, by: 'signature' }
      : { verified: false, reason: 'bad_signature' };
  }
  if (secret === '') return { verified: false, reason: 'no_proof' };
  return secretMatches(secret, trust.webhookSecret)
    ? { verified: true, by: 'secret' }
    : { verified: false, reason: 'bad_secret' };
}
