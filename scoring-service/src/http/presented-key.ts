import type { Request } from 'express';

/** The API key that a request presents, or null. */
export function presentedKey(request: Request): string | null {
  const header = request.headers.authorization;
  if (header !== undefined && /^Bearer /i.test(header)) {
    // LEADLOOP_ADMIN_KEY may be any text, so spaces within a key belong to it.
    const key = header.slice('Bearer '.length).trim();
    if (key !== '') return key;
  }
  const alternative = request.headers['x-api-key'];
  return typeof alternative === 'string' && alternative !== '' ? alternative : null;
}
