import type { RandomBytes } from '../core/clock.js';

/** A new secret of a form: 32 characters that need no escaping anywhere. */
export function newFormSecret(randomBytes: RandomBytes): string {
  return randomBytes(24).toString('base64url');
}
