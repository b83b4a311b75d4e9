import type { Request, Response } from 'express';
import type { z } from 'zod';

import type { UnitOptions } from '../db/store.js';
import type { Unit } from '../db/unit.js';
import type { Caller } from '../access/api-keys.js';
import type { Claim } from './idempotency.js';
import type { Proof } from './proof.js';
import type { Reply } from './reply.js';
import type { Scope } from '../access/scopes.js';

/** What a handler is given: values that have already been checked. */
export interface Context<Body = unknown, Query = unknown, Params = Record<string, string>> {
  body: Body;
  query: Query;
  params: Params;
  caller: Caller;
  /** The body's text as received. */
  rawBody: string;
  requestId: string;
  /** The request's Idempotency-Key, when the route takes one and it was given. */
  claim: Claim | null;
  /**
   * Runs the request's one unit of work. With an Idempotency-Key the answer is kept in the same
   * transaction, and a repeated request gets it again instead of a second effect.
   */
  transact(make: () => Unit<Reply>, options?: UnitOptions): Promise<Reply>;
  request: Request;
  response: Response;
}

export interface RouteSpec<
  Body extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Params extends z.ZodType = z.ZodType,
> {
  method: 'get' | 'post' | 'patch' | 'put' | 'delete';
  /** Below /api, such as `/orders/:id`. */
  path: string;
  scope: Scope;
  /** Any valid key will do, whatever its scopes. */
  anyScope?: boolean;
  /** Says who the sender is in place of the API key (a provider's signature, a form's secret). */
  proof?: Proof;
  /** With a proof: also takes a form-encoded body. */
  takesForms?: boolean;
  tag: string;
  summary: string;
  description?: string;
  body?: Body;
  query?: Query;
  params?: Params;
  /**
   * In bodies, null and blank members are dropped first (the default), kept to mean "clear", or
   * treated by a function of the route's own.
   */
  blanks?: 'absent' | 'kept' | ((body: unknown) => unknown);
  /** `error` of the 400 for a body that breaks a rule. */
  invalidCode?: 'invalid_payload' | 'validation_error';
  /** Takes an Idempotency-Key. */
  idempotent?: boolean;
  /** The answer holds a secret that is shown once: what is kept for a repeat is sealed. */
  secretAnswer?: boolean;
  /** Bytes. */
  bodyLimit?: number;
  responses: Record<number, { description: string; schema?: z.ZodType }>;
  handler(context: Context<z.output<Body>, z.output<Query>, z.output<Params>>): Promise<Reply>;
}

/** A route with its types forgotten, as the router and the API description need it. */
export type AnyRoute = Omit<RouteSpec, 'handler'> & {
  handler(context: Context): Promise<Reply>;
};

/** Declares a route; its schemas type the handler, check the request and describe the API. */
export function route<
  Body extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUnknown,
  Params extends z.ZodType = z.ZodUnknown,
>(spec: RouteSpec<Body, Query, Params>): AnyRoute {
  return spec as unknown as AnyRoute;
}
