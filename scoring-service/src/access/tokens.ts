import { createHash } from 'node:crypto';

/** What is kept of a secret that is itself random and long: its SHA-256, hex. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
