/** One @, something on both sides, a dot in the domain, no spaces; at most 254 characters. */
const SHAPE = /^[^\s@<>()",;:\\]+@[^\s@<>()",;:\\]+\.[^\s@<>()",;:\\]{2,}$/u;

/**
 * The key two e-mail addresses are compared by: trimmed, Unicode-composed, lower case. Nothing
 * clever is done per provider (dots and +tags stay): two addresses are one only when they are
 * written alike. Null for text that is not an address.
 */
export function normalizeEmail(input: string | null | undefined): string | null {
  const key = (input ?? '').trim().normalize('NFC').toLowerCase();
  return key.length <= 254 && SHAPE.test(key) ? key : null;
}
