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
import { fieldErrors, withoutBlanks } from '../core/fields.js';
import type { Store } from '../db/store.js';
import { send } from './errors.js';
import { createInFlight, readClaim, transactOnce, type InFlight } from './idempotency.js';
import { checkNesting } from './nesting.js';
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

function presentedKey(request: Request): string | null {
  const header = request.headers.authorization;
  if (header !== undefined) {
    const match = /^Bearer +(\S+) *$/i.exec(header);
    if (match?.[1] !== undefined) return match[1];
  }
  const alternative = request.headers['x-api-key'];
  return typeof alternative === 'string' && alternative !== '' ? alternative : null;
}

function authorize(deps: MountDeps, route: AnyRoute): RequestHandler {
  return async (request, response, next) => {
    const token = presentedKey(request);
    const caller = token === null ? null : await deps.authenticator.authenticate(token);
    if (caller !== null && (route.anyScope === true || allows(caller.scopes, route.scope))) {
      response.locals.caller = caller;
      next();
      return;
    }
    const refused =
      caller === null
        ? new AppError(
            'unauthorized',
            401,
            'Send a valid API key as "Authorization: Bearer <key>" or "X-API-Key".',
          )
        : new AppError('forbidden', 403, `This key lacks the scope "${route.scope}".`, {
            details: { needed: route.scope, granted: caller.scopes },
          });
    deps.limitFailures(request, response, (error?: unknown) => next(error ?? refused));
  };
}

/** Refuses bodies that are not JSON before they are read. */
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
  next();
};

type WithRawBody = Request & { rawBody?: Buffer };

function jsonParser(limit: number): RequestHandler {
  return express.json({
    limit,
    type: ['json', '+json'],
    verify: (request, _response, body) => {
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
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError(code, 400, message, { details: fieldErrors(parsed.error) });
}

function treatBlanks(route: AnyRoute, body: unknown): unknown {
  if (route.blanks === 'kept') return body;
  return typeof route.blanks === 'function' ? route.blanks(body) : withoutBlanks(body);
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
          rawBody,
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
  const methods = new Map<string, Set<string>>();
  for (const route of routes) {
    const handlers: RequestHandler[] = [
      (_request, response, next) => {
        response.locals.route = route.path;
        next();
      },
      authorize(deps, route),
    ];
    if (route.body !== undefined) {
      handlers.push(requireJson, jsonParser(route.bodyLimit ?? DEFAULT_BODY_LIMIT));
    }
    handlers.push(handle(deps, route, inFlight));
    router[route.method](route.path, ...handlers);
    methods.set(route.path, (methods.get(route.path) ?? new Set()).add(route.method.toUpperCase()));
  }
  for (const [path, allowed] of methods) {
    router.all(path, (request, _response, next) => {
      // A more general pattern of another route may still match, so only refuse what none takes.
      if (allowed.has(request.method)) next();
      else {
        next(
          new AppError('method_not_allowed', 405, `${request.method} is not possible here.`, {
            details: { allowed: [...allowed] },
          }),
        );
      }
    });
  }
}
