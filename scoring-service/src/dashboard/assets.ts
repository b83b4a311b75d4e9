import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { Router } from 'express';

interface Asset {
  body: Buffer;
  type: string;
  /** With the hash of its content, so that it may be kept for good. */
  url: string;
}

function asset(name: string, type: string, file: URL | string): Asset {
  const body = readFileSync(file);
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return { body, type, url: `/assets/${name}?v=${hash}` };
}

/** The same folder for the sources and for the build, which both lie two levels below the package. */
const FOLDER = new URL('../../src/dashboard/assets/', import.meta.url);
const SCRIPT = 'text/javascript; charset=utf-8';

const htmx = createRequire(import.meta.url).resolve('htmx.org/dist/htmx.min.js');

export const ASSETS = {
  css: asset('dashboard.css', 'text/css; charset=utf-8', new URL('dashboard.css', FOLDER)),
  js: asset('dashboard.js', SCRIPT, new URL('dashboard.js', FOLDER)),
  htmx: asset('htmx.js', SCRIPT, htmx),
  icon: asset('icon.svg', 'image/svg+xml', new URL('icon.svg', FOLDER)),
};

/** Serves the style sheet, our script, htmx and the icon, from here and from memory. */
export function assetRoutes(): Router {
  const router = Router();
  for (const { body, type, url } of Object.values(ASSETS)) {
    const [path = ''] = url.split('?');
    router.get(path, (_request, response) => {
      response.locals.route = path;
      response.set({
        'Content-Type': type,
        'Content-Length': String(body.length),
        'Cache-Control': 'public, max-age=31536000, immutable',
      });
      response.end(body);
    });
  }
  return router;
}
