/** What carriers and Twilio put where the caller's number would be (words, lower case). */
const WITHHELD_WORDS = new Set([
  'anonymous',
  'restricted',
  'unknown',
  'unavailable',
  'private',
  'blocked',
  'withheld',
  'no caller id',
  'null',
  'undefined',
]);

/** The same words spelled on a keypad, as Twilio documents them for `From`. */
const WITHHELD_KEYPAD = new Set([
  '266696687', // ANONYMOUS
  '86282452253', // UNAVAILABLE
  '8656696', // UNKNOWN
  '2562533', // BLOCKED
  '7378742833', // RESTRICTED
]);

/**
 * True when a caller id says nothing about who called: absent, blank, a word such as "anonymous"
 * (alone or as the user of a SIP address), or one of the keypad numbers Twilio sends for such a
 * word. Such callers are never matched with one another.
 */
export function isWithheld(callerId: string | null | undefined): boolean {
  const typed = (callerId ?? '').trim().toLowerCase();
  if (typed === '') return true;
  const user = typed.replace(/^(?:sips?|tel|client):/, '').replace(/@.*$/s, '');
  const words = user.replace(/[^a-z0-9]+/g, ' ').trim();
  if (words === '' || WITHHELD_WORDS.has(words)) return true;
  const digits = user.replace(/\D/g, '');
  return /^\+?[\d\s().-]+$/.test(user) && (WITHHELD_KEYPAD.has(digits) || /^0*$/.test(digits));
}
