import express, { type RequestHandler } from 'express';
import { MemoryStore, rateLimit } from 'express-rate-limit';

import type { Authenticator } from '../access/api-keys.js';
import type { Runtime } from '../core/clock.js';
import { AppError } from '../core/errors.js';
import type { Log } from '../core/log.js';
import type { Store } from '../db/store.js';
import { errorHandler, errorReply, send } from './errors.js';
import { metricsHandler } from './metrics.js';
import { mountRoutes } from './mount.js';
import { openApiDocument } from './openapi.js';
import type { AnyRoute } from './route.js';

export interface AppOptions {
  store: Store;
  runtime: Runtime;
  log: Log;
  authenticator: Authenticator;
  version: string;
  routes: readonly AnyRoute[];
  /** Pages for people, at the root; they show the API's description too. */
  pages?: (document: Record<string, unknown>) => RequestHandler;
  /** Throws while the service is starting, stopping or cut off from its database. */
  ready: () => Promise<void>;
  /** What /metrics answers. */
  metrics: () => Promise<{ contentType: string; body: string }>;
  /** As Express's "trust proxy"; undefined = none. */
  trustProxy?: string;
  /** Refused requests that one address may make in a minute. */
  failuresPerMinute?: number;
}

/** Anything else would let a caller write what it likes into the log. */
const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

function observe(log: Log, runtime: Runtime): RequestHandler {
  return (request, response, next) => {
    const startedAt = runtime.clock.now();
    const given = request.get('x-request-id');
    const requestId = given !== undefined && REQUEST_ID.test(given) ? given : runtime.newId();
    response.locals.requestId = requestId;
    response.setHeader('X-Request-Id', requestId);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Cache-Control', 'no-store');
    response.on('finish', () => {
      log.info('request', {
        request_id: requestId,
        method: request.method,
        route: (response.locals.route as string | undefined) ?? 'unmatched',
        status: response.statusCode,
        duration_ms: runtime.clock.now() - startedAt,
        key_id: (response.locals.caller as { keyId?: string } | undefined)?.keyId,
      });
    });
    next();
  };
}

function trustProxy(value: string | undefined): boolean | number | string {
  if (value === undefined || /^(false|none)$/i.test(value)) return false;
  if (/^true$/i.test(value)) return true;
  return /^\d+$/.test(value) ? Number(value) : value;
}

export interface App {
  handler: express.Express;
  /** Ends what runs beside the requests. */
  stop(): void;
}

/** The HTTP application; it listens nowhere by itself. */
export function createApp(options: AppOptions): App {
  const { runtime, log } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', trustProxy(options.trustProxy));
  app.use(observe(log, runtime));

  app.get('/healthz', (_request, response) => {
    send(response, { status: 200, body: { status: 'ok' } });
  });
  app.get('/readyz', async (_request, response) => {
    try {
      await options.ready();
      send(response, { status: 200, body: { status: 'ready' } });
    } catch (error) {
      const reason =
        error instanceof AppError
          ? error
          : new AppError('not_ready', 503, 'The database does not answer, or its schema is old.', {
              retryAfter: 2,
            });
      send(response, { ...errorReply(reason), status: 503 });
    }
  });
  const document = openApiDocument(options.routes, options.version);
  app.get('/openapi.json', (_request, response) => {
    send(response, { status: 200, body: document });
  });

  const failures = new MemoryStore();
  const limitFailures = rateLimit({
    store: failures,
    windowMs: 60_000,
    limit: options.failuresPerMinute ?? 60,
    standardHeaders: false,
    legacyHeaders: false,
    validate: { trustProxy: false, xForwardedForHeader: false },
    handler: (_request, _response, next) => {
      next(
        new AppError('too_many_failures', 429, 'Too many refused requests from this address.', {
          retryAfter: 60,
        }),
      );
    },
  });
  app.get(
    '/metrics',
    metricsHandler({ authenticator: options.authenticator, text: options.metrics, limitFailures }),
  );
  const api = express.Router();
  mountRoutes(api, options.routes, {
    store: options.store,
    clock: runtime.clock,
    authenticator: options.authenticator,
    limitFailures,
  });
  app.use('/api', api);
  if (options.pages !== undefined) app.use(options.pages(document));

  app.use((request, _response, next) => {
    next(new AppError('not_found', 404, `There is nothing at ${request.method} ${request.path}.`));
  });
  app.use(errorHandler(log));
  return { handler: app, stop: () => failures.shutdown() };
}
