const LONGEST = 60;

/** Controls, line and paragraph separators, and what changes the direction of writing. */
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/**
 * Text of a file as it may be written to a terminal: short, on one line, and with nothing in it
 * that moves the cursor, changes colours or turns the direction of writing.
 */
export function shown(text: string): string {
  const clipped = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return clipped.replace(
    UNSEEN,
    (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}}`,
  );
}
