import { isUtf8 } from 'node:buffer';

import express, {
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';

import { allows } from '../access/scopes.js';
import type { Authenticator, Caller } from '../access/api-keys.js';
import type { Clock } from '../core/clock.js';
import { AppError } from '../core/errors.js';
import { fieldErrors, REPORT_INPUT, withoutBlanks } from '../core/fields.js';
import type { Store } from '../db/store.js';
import { send } from './errors.js';
import { createInFlight, readClaim, transactOnce, type InFlight } from './idempotency.js';
import { checkNesting } from './nesting.js';
import { presentedKey } from './presented-key.js';
import { bodyAsReceived, prove } from './proof.js';
import type { Reply } from './reply.js';
import type { AnyRoute, Context } from './route.js';

export interface MountDeps {
  store: Store;
  clock: Clock;
  authenticator: Authenticator;
  /** Counts refused requests by address and answers 429 when there are too many. */
  limitFailures: RequestHandler;
}

const DEFAULT_BODY_LIMIT = 256 * 1024;

/** The caller behind the request's key; 401 without a valid one, 403 without the route's scope. */
async function authenticate(deps: MountDeps, route: AnyRoute, request: Request): Promise<Caller> {
  const token = presentedKey(request);
  const caller = token === null ? null : await deps.authenticator.authenticate(token);
  if (caller === null) {
    throw new AppError(
      'unauthorized',
      401,
      'Send a valid API key as "Authorization: Bearer <key>" or "X-API-Key".',
    );
  }
  if (route.anyScope === true || allows(caller.scopes, route.scope)) return caller;
  throw new AppError('forbidden', 403, `This key lacks the scope "${route.scope}".`, {
    details: { needed: route.scope, granted: caller.scopes },
  });
}

const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]*)"?/i;

/**
 * Refuses bodies that are not JSON in UTF-8 before they are read: the text is kept as received, and
 * what was parsed must be what is kept.
 */
const requireJson: RequestHandler = (request, _response, next) => {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined ||
    Number(request.headers['content-length'] ?? 0) > 0;
  if (hasBody && request.is(['json', '+json']) === false) {
    next(
      new AppError(
        'unsupported_media_type',
        415,
        'Send the body as JSON (Content-Type: application/json).',
      ),
    );
    return;
  }
  const charset = CHARSET.exec(request.headers['content-type'] ?? '')?.[1];
  if (hasBody && charset !== undefined) {
    if (!/^utf-?8$/i.test(charset)) {
      next(new AppError('unsupported_media_type', 415, 'Send the body as JSON in UTF-8.'));
      return;
    }
    // Programs write "utf8" too, which the parser does not know.
    request.headers['content-type'] = 'application/json; charset=utf-8';
  }
  next();
};

type WithRawBody = Request & { rawBody?: Buffer };

function jsonParser(limit: number): RequestHandler {
  return express.json({
    limit,
    type: ['json', '+json'],
    verify: (request, _response, body) => {
      if (!isUtf8(body)) {
        throw new AppError('invalid_json', 400, 'The body is not valid JSON: it is not UTF-8.');
      }
      (request as WithRawBody).rawBody = body;
      checkNesting(body);
    },
  });
}

function parsePart(
  schema: AnyRoute['query'],
  value: unknown,
  code: string,
  message: string,
): unknown {
  if (schema === undefined) return value;
  const parsed = schema.safeParse(value, REPORT_INPUT);
  if (parsed.success) return parsed.data;
  throw new AppError(code, 400, message, { details: fieldErrors(parsed.error) });
}

function treatBlanks(route: AnyRoute, body: unknown): unknown {
  if (route.blanks === 'kept') return body;
  return typeof route.blanks === 'function' ? route.blanks(body) : withoutBlanks(body);
}

/** The version read is no part of what is asked: who reads anew and tries again asks the same. */
function withoutVersion(body: unknown): string {
  return JSON.stringify({ ...(body as Record<string, unknown> | undefined), version: undefined });
}

function contextOf(
  deps: MountDeps,
  route: AnyRoute,
  inFlight: InFlight,
  request: Request,
  response: Response,
): { context: Context; leave: () => void } {
  const caller = response.locals.caller as Caller;
  const rawBody = (request as WithRawBody).rawBody?.toString('utf8') ?? '';
  const claim =
    route.idempotent === true
      ? readClaim(request.get('idempotency-key'), caller.keyId, {
          method: request.method,
          url: request.originalUrl,
          body: route.method === 'patch' ? withoutVersion(request.body) : rawBody,
          presented:
            route.secretAnswer === true
              ? (presentedKey(request) ?? request.headers.cookie ?? '')
              : undefined,
        })
      : null;
  const params = parsePart(
    route.params,
    request.params,
    'validation_error',
    'The address is not valid.',
  );
  const query = parsePart(
    route.query,
    withoutBlanks(request.query),
    'validation_error',
    'The query is not valid.',
  );
  let body: unknown;
  if (route.body !== undefined) {
    const given: unknown = request.body ?? {};
    body = parsePart(
      route.body,
      treatBlanks(route, given),
      route.invalidCode ?? 'validation_error',
      'The body is not valid.',
    );
  }
  const leave = claim === null ? () => undefined : inFlight.enter(claim);
  return {
    leave,
    context: {
      body,
      query,
      params: params as Record<string, string>,
      caller,
      rawBody,
      requestId: response.locals.requestId as string,
      claim,
      transact: (make, options) => transactOnce(deps.store, deps.clock, claim, make, options),
      request,
      response,
    },
  };
}

function handle(deps: MountDeps, route: AnyRoute, inFlight: InFlight): RequestHandler {
  return async (request: Request, response: Response, next: NextFunction) => {
    let leave = (): void => undefined;
    let reply: Reply;
    try {
      const entered = contextOf(deps, route, inFlight, request, response);
      leave = entered.leave;
      reply = await route.handler(entered.context);
    } catch (error) {
      next(error);
      return;
    } finally {
      leave();
    }
    send(response, reply);
  };
}

/** Puts routes on a router: key, scope, body, schemas, idempotency, then the handler. */
export function mountRoutes(
  router: express.Router,
  routes: readonly AnyRoute[],
  deps: MountDeps,
): void {
  const inFlight = createInFlight();
  const isPattern = ({ path }: AnyRoute): boolean => path.includes(':');
  // Paths without parameters come first, so that `/leads/:id` takes nothing from `/leads/incoming`.
  for (const some of [routes.filter((route) => !isPattern(route)), routes.filter(isPattern)]) {
    for (const route of some) mountRoute(router, route, deps, inFlight);
    refuseOtherMethods(router, some);
  }
}

function mountRoute(
  router: express.Router,
  route: AnyRoute,
  deps: MountDeps,
  inFlight: InFlight,
): void {
  const handlers: RequestHandler[] = [
    (_request, response, next) => {
      response.locals.route = route.path;
      next();
    },
  ];
  const limit = route.bodyLimit ?? DEFAULT_BODY_LIMIT;
  const byKey = (request: Request): Promise<Caller> => authenticate(deps, route, request);
  if (route.proof === undefined) {
    handlers.push(prove((evidence) => evidence.authenticate(), byKey, deps.limitFailures));
    if (route.body !== undefined) handlers.push(requireJson, jsonParser(limit));
  } else {
    handlers.push(
      ...bodyAsReceived(limit, route.takesForms === true),
      prove(route.proof, byKey, deps.limitFailures),
    );
  }
  handlers.push(handle(deps, route, inFlight));
  router[route.method](route.path, ...handlers);
}

function refuseOtherMethods(router: express.Router, routes: readonly AnyRoute[]): void {
  const methods = new Map<string, Set<string>>();
  for (const route of routes) {
    methods.set(route.path, (methods.get(route.path) ?? new Set()).add(route.method.toUpperCase()));
  }
  for (const [path, allowed] of methods) {
    router.all(path, (request, _response, next) => {
      next(
        new AppError('method_not_allowed', 405, `${request.method} is not possible here.`, {
          details: { allowed: [...allowed] },
          headers: { Allow: [...allowed].join(', ') },
        }),
      );
    });
  }
}
