import type { Request, Response } from 'express';

import { LIFETIME_MS } from '../access/sessions.js';

/** The value of a cookie, or null. */
export function readCookie(request: Request, name: string): string | null {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at !== -1 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export interface SessionCookie {
  read(request: Request): string | null;
  write(request: Request, response: Response, token: string): void;
  clear(request: Request, response: Response): void;
}

/**
 * The cookie that holds the session's token: not readable by scripts, not sent along by other
 * sites' posts. Behind TLS it is `Secure` and carries the prefix that no sub-domain can set.
 * @param publicUrl tells that TLS ends at a proxy that is not trusted to say so itself
 */
export function createSessionCookie(publicUrl: string | undefined): SessionCookie {
  const tls = publicUrl?.startsWith('https:') === true;
  const secure = (request: Request): boolean => tls || request.secure;
  const name = (request: Request): string =>
    secure(request) ? '__Host-leadloop_session' : 'leadloop_session';
  return {
    read(request) {
      const token = readCookie(request, name(request));
      return token !== null && TOKEN.test(token) ? token : null;
    },
    write(request, response, token) {
      response.cookie(name(request), token, {
        httpOnly: true,
        sameSite: 'lax',
        secure: secure(request),
        path: '/',
        maxAge: LIFETIME_MS,
      });
    },
    clear(request, response) {
      response.clearCookie(name(request), {
        httpOnly: true,
        sameSite: 'lax',
        secure: secure(request),
        path: '/',
      });
    },
  };
}
