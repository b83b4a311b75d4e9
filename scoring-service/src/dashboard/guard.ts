import type { Request, RequestHandler } from 'express';
import helmet from 'helmet';

import { AppError } from '../core/errors.js';

/** No script but our own files, no frames, nothing from elsewhere. */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    // With "no-referrer" browsers send "Origin: null" with our own forms.
    referrerPolicy: { policy: 'same-origin' },
    // Only over TLS does it mean anything, and there the proxy may have its own.
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
  });
}

/**
 * Refuses a post that another site's page makes: by what the browser says about the sender, else
 * by the Origin it names. A post that names neither is refused too; every current browser names one.
 */
export function requireSameOrigin(request: Request, publicUrl: string | undefined): void {
  const site = request.get('sec-fetch-site');
  const origin = request.get('origin');
  const own = new Set([`${request.protocol}://${request.host}`]);
  if (publicUrl !== undefined) own.add(new URL(publicUrl).origin);
  const allowed =
    site === undefined ? origin !== undefined && own.has(origin) : site === 'same-origin';
  if (allowed) return;
  throw new AppError('cross_site', 403, 'This form was not sent from a page of this service.');
}
