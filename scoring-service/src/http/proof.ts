import { isUtf8 } from 'node:buffer';

import express, { type Request, type RequestHandler } from 'express';

import type { Caller } from '../access/api-keys.js';
import { AppError } from '../core/errors.js';
import { checkNesting } from './nesting.js';

/** What a route that judges its own senders is shown: the request as it came in. */
export interface Evidence {
  request: Request;
  /** The body's bytes as received; empty when there is none. */
  rawBody: Buffer;
  /** The parsed body: an object of form parameters, or whatever JSON holds. */
  body: unknown;
  /** The caller behind the request's API key. Throws 401 or 403 as on every other route. */
  authenticate(): Promise<Caller>;
}

/** Says who sent a request, or throws a 401 or 403; nothing else of the route runs before it. */
export type Proof = (evidence: Evidence) => Promise<Caller>;

function invalidJson(why: string): AppError {
  return new AppError('invalid_json', 400, `The body is not valid JSON${why}.`);
}

function parseJson(rawBody: Buffer): unknown {
  if (rawBody.length === 0) return {};
  if (!isUtf8(rawBody)) throw invalidJson(': it is not UTF-8');
  checkNesting(rawBody);
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    throw invalidJson('');
  }
}

/** Form parameters; one given several times is a list. */
function parseForm(rawBody: Buffer): Record<string, string | string[]> {
  const params: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(rawBody.toString('utf8'))) {
    const known = Object.hasOwn(params, name) ? params[name] : undefined;
    if (name === '__proto__') continue;
    if (known === undefined) params[name] = value;
    else if (Array.isArray(known)) known.push(value);
    else params[name] = [known, value];
  }
  return params;
}

/** Reads the bytes first, because signatures are made over them, and then what they say. */
export function bodyAsReceived(limit: number, takesForms: boolean): RequestHandler[] {
  const parse: RequestHandler = (request, _response, next) => {
    const rawBody: Buffer = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    (request as Request & { rawBody?: Buffer }).rawBody = rawBody;
    if (takesForms && request.is('urlencoded') !== false && request.is('urlencoded') !== null) {
      request.body = parseForm(rawBody);
    } else if (rawBody.length === 0 || request.is(['json', '+json'])) {
      request.body = parseJson(rawBody);
    } else {
      throw new AppError(
        'unsupported_media_type',
        415,
        `Send the body as JSON${takesForms ? ' or as a form' : ''}.`,
      );
    }
    next();
  };
  return [express.raw({ limit, type: () => true }), parse];
}

/** Runs a route's own proof; refusals are counted by address like those of keys. */
export function prove(
  proof: Proof,
  authenticate: (request: Request) => Promise<Caller>,
  limitFailures: RequestHandler,
): RequestHandler {
  return async (request, response, next) => {
    try {
      response.locals.caller = await proof({
        request,
        rawBody: (request as Request & { rawBody?: Buffer }).rawBody ?? Buffer.alloc(0),
        body: request.body as unknown,
        authenticate: () => authenticate(request),
      });
    } catch (error) {
      const refused = error instanceof AppError && (error.status === 401 || error.status === 403);
      if (!refused) {
        next(error);
        return;
      }
      limitFailures(request, response, (limited?: unknown) => next(limited ?? error));
      return;
    }
    next();
  };
}
