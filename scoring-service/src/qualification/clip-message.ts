/** Characters of a message that anything here reads: enough for any enquiry, and a bound on time and tokens. */
export const MAX_MESSAGE_CHARS = 4000;
/** Normalising can drop invisible characters by the thousand; this bounds that work too. */
const MAX_RAW_CHARS = 20_000;

/**
 * The part of a message that is judged: well-formed, compatibility-normalised, without invisible
 * characters, trimmed, at most 4000 characters. The rules and the model read exactly this same
 * text, so nothing can be hidden from one and shown to the other. Blank for absent.
 */
export function clipMessage(message: string | null | undefined): string {
  return (message ?? '')
    .slice(0, MAX_RAW_CHARS)
    .toWellFormed()
    .normalize('NFKC')
    .replace(/[\p{Cf}\ufe0f]/gu, '')
    .trim()
    .slice(0, MAX_MESSAGE_CHARS)
    .toWellFormed();
}
