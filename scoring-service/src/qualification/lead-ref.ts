import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  timingSafeEqual,
} from 'node:crypto';

/** Says how the rest is made; a changed construction gets a new prefix and old links stay readable. */
const PREFIX = 'r1_';
const TAG_BYTES = 16;
const MAX_REF_CHARS = 512;
const MAX_ID_BYTES = 256;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * An opaque, signed name for a lead, safe in a URL (`A–Z a–z 0–9 - _`). The id is encrypted
 * (AES-256-CTR) under a synthetic nonce that is at once its authenticator: HMAC-SHA256 of the id,
 * truncated to 128 bits, the SIV construction (RFC 5297) with HMAC in CMAC's place. Nothing of the
 * id (a UUIDv7 would tell the moment it was made) can be read without the secret. The same id and
 * secret always give the same reference.
 *
 * Throws on an empty secret or an id that is empty, over 256 bytes or not well-formed Unicode:
 * programming errors.
 */
export function signLeadRef(leadId: string, secret: string): string {
  const plain = pack(leadId);
  const { macKey, cipherKey } = keysOf(secret);
  const tag = tagOf(plain, macKey);
  const cipher = createCipheriv('aes-256-ctr', cipherKey, tag);
  return PREFIX + Buffer.concat([tag, cipher.update(plain), cipher.final()]).toString('base64url');
}

/**
 * The lead id behind a reference, or null for anything that was not made by `signLeadRef` with this
 * secret (or, during a rotation, one of these secrets). Compared in constant time; never throws on
 * what a stranger sends; every id has exactly one accepted spelling.
 */
export function verifyLeadRef(
  ref: string | null | undefined,
  secret: string | readonly string[],
): string | null {
  if (typeof ref !== 'string' || ref.length > MAX_REF_CHARS || !ref.startsWith(PREFIX)) return null;
  const text = ref.slice(PREFIX.length);
  const bytes = Buffer.from(text, 'base64url');
  // Decoding is lenient about stray characters and unused bits; the spelling must round-trip.
  if (bytes.length <= TAG_BYTES || bytes.toString('base64url') !== text) return null;
  for (const candidate of typeof secret === 'string' ? [secret] : secret) {
    const leadId = open(bytes, candidate);
    if (leadId !== null) return leadId;
  }
  return null;
}

function open(bytes: Buffer, secret: string): string | null {
  if (secret === '') return null;
  const { macKey, cipherKey } = keysOf(secret);
  const tag = bytes.subarray(0, TAG_BYTES);
  const decipher = createDecipheriv('aes-256-ctr', cipherKey, tag);
  const plain = Buffer.concat([decipher.update(bytes.subarray(TAG_BYTES)), decipher.final()]);
  return timingSafeEqual(tag, tagOf(plain, macKey)) ? unpack(plain) : null;
}

function keysOf(secret: string): { macKey: Buffer; cipherKey: Buffer } {
  if (secret === '') throw new Error('a lead reference needs a secret');
  const keys = Buffer.from(hkdfSync('sha256', secret, '', 'leadloop/lead-ref/v1', 64));
  return { macKey: keys.subarray(0, 32), cipherKey: keys.subarray(32) };
}

function tagOf(plain: Buffer, macKey: Buffer): Buffer {
  return createHmac('sha256', macKey).update(plain).digest().subarray(0, TAG_BYTES);
}

/** A UUID travels as 16 bytes to keep texted links short; any other id as UTF-8. */
function pack(leadId: string): Buffer {
  if (UUID.test(leadId)) return Buffer.from(`01${leadId.replaceAll('-', '')}`, 'hex');
  const bytes = Buffer.from(leadId, 'utf8');
  if (bytes.length === 0 || bytes.length > MAX_ID_BYTES || !leadId.isWellFormed()) {
    throw new Error('not a usable lead id');
  }
  return Buffer.concat([Buffer.from([0]), bytes]);
}

function unpack(plain: Buffer): string | null {
  const body = plain.subarray(1);
  if (plain[0] === 0) return body.toString('utf8');
  if (plain[0] !== 1 || body.length !== 16) return null;
  return body.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
