export const SECRET_PREFIX = 'whsec_';
export const SECRET_MIN_BYTES = 24;
export const SECRET_MAX_BYTES = 64;
const DEFAULT_SECRET_BYTES = 32;

/** The key inside a secret, or the reason why the text is none. */
export type ParsedSecret = { ok: true; key: Buffer } | { ok: false; message: string };

/**
 * A new Standard Webhooks secret: `whsec_` and base64 of `bytes` random bytes.
 * `randomBytes` must be a cryptographic source and return exactly as many bytes as asked.
 * Throws a RangeError outside 24–64 bytes.
 */
export function generateSecret(
  randomBytes: (size: number) => Uint8Array,
  bytes: number = DEFAULT_SECRET_BYTES,
): string {
  if (!Number.isInteger(bytes) || bytes < SECRET_MIN_BYTES || bytes > SECRET_MAX_BYTES) {
    throw new RangeError(`A secret holds ${SECRET_MIN_BYTES} to ${SECRET_MAX_BYTES} bytes`);
  }
  const key = randomBytes(bytes);
  if (key.length !== bytes)
    throw new RangeError(`Asked for ${bytes} random bytes, got another number`);
  return SECRET_PREFIX + Buffer.from(key).toString('base64');
}

/**
 * Reads a secret as Standard Webhooks writes it. The messages never repeat the secret.
 */
export function parseSecret(text: string): ParsedSecret {
  if (!text.startsWith(SECRET_PREFIX)) {
    return { ok: false, message: `a signing secret starts with ${SECRET_PREFIX}` };
  }
  const encoded = text.slice(SECRET_PREFIX.length);
  const key = Buffer.from(encoded, 'base64');
  // Node drops what is not base64 without a word, so the text must survive the round trip.
  if (key.toString('base64') !== encoded) {
    return { ok: false, message: `a signing secret is ${SECRET_PREFIX} and padded base64` };
  }
  if (key.length < SECRET_MIN_BYTES || key.length > SECRET_MAX_BYTES) {
    return {
      ok: false,
      message: `a signing secret holds ${SECRET_MIN_BYTES} to ${SECRET_MAX_BYTES} bytes, this one ${key.length}`,
    };
  }
  return { ok: true, key };
}
