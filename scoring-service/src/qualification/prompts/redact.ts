const EMAIL = /[^\s@<>()"',;:]{1,64}@[^\s@<>()"',;:]{1,255}/gu;
/** Seven or more digits with ordinary separators: every phone form, and card or account numbers too. */
const LONG_NUMBER =
  /(?:\(\+?\p{Nd}{1,4}\)(?:[\p{Zs}\p{Pd}()./_*+]{0,3}\p{Nd}){5,30})|\+?\p{Nd}(?:[\p{Zs}\p{Pd}()./_*+]{0,3}\p{Nd}){6,30}/gu;

/**
 * Takes contact details out of free text before it leaves for a model: anything with the shape of
 * an email address or with seven or more digits, and the enquiry's own email wherever it stands.
 * `text` must be clipped already (clip-message.ts): other digits and letters are then plain.
 * Details spelled in words ("five five five") are not recognised.
 */
export function redactContacts(text: string, email?: string | null): string {
  const own = email?.trim() ?? '';
  // A mistyped address ("alex.example.com") has no @ to be recognised by; four characters could be a word.
  const ownText =
    own.length > 4 ? new RegExp(own.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'giu') : null;
  const redacted = ownText === null ? text : text.replace(ownText, '[email]');
  return redacted.replace(EMAIL, '[email]').replace(LONG_NUMBER, '[number]');
}
