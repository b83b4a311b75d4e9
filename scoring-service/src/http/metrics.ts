import type { Request, RequestHandler } from 'express';

import type { Authenticator } from '../access/api-keys.js';
import { allows } from '../access/scopes.js';
import { AppError } from '../core/errors.js';
import { presentedKey } from './presented-key.js';

/** Headers that a proxy adds: behind one, every caller seems to be on loopback. */
const FORWARDING = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'x-client-ip',
  'cf-connecting-ip',
  'true-client-ip',
];

function isLocal(request: Request): boolean {
  const address = request.socket.remoteAddress ?? '';
  const loopback = /^(::ffff:)?127\./.test(address) || address === '::1';
  return loopback && FORWARDING.every((name) => request.headers[name] === undefined);
}

/**
 * Serves what Prometheus reads: to callers on this machine as they are, to all others with a key
 * that may read.
 */
export function metricsHandler(options: {
  authenticator: Authenticator;
  text: () => Promise<{ contentType: string; body: string }>;
  limitFailures: RequestHandler;
}): RequestHandler {
  return async (request, response, next) => {
    if (!isLocal(request)) {
      const token = presentedKey(request);
      const caller = token === null ? null : await options.authenticator.authenticate(token);
      if (caller === null || !allows(caller.scopes, 'read')) {
        const refused =
          caller === null
            ? new AppError('unauthorized', 401, 'Send an API key that may read.')
            : new AppError('forbidden', 403, 'This key lacks the scope "read".');
        options.limitFailures(request, response, (error?: unknown) => next(error ?? refused));
        return;
      }
    }
    const { contentType, body } = await options.text();
    response.status(200).set('Content-Type', contentType).end(body);
  };
}
