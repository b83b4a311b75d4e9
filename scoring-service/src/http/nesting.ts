import { AppError } from '../core/errors.js';

const MAX_DEPTH = 64;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Refuses JSON nested deeper than 64 levels before it is parsed: what is stored must be able to
 * be walked again without overflowing a stack. Looks at each byte once.
 */
export function checkNesting(body: Uint8Array): void {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (quoted) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) {
      quoted = true;
    } else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      if (depth > MAX_DEPTH) {
        throw new AppError(
          'invalid_json',
          400,
          `The body is nested deeper than ${MAX_DEPTH} levels.`,
        );
      }
    } else if (byte === 0x5d || byte === 0x7d) {
      depth -= 1;
    }
  }
}
