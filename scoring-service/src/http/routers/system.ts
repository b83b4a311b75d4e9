import { z } from 'zod';

import {
  createApiKey,
  listApiKeyPage,
  revokeApiKey,
  type Authenticator,
} from '../../access/api-keys.js';
import { actorOf } from '../../access/actor.js';
import { SCOPES } from '../../access/scopes.js';
import type { Runtime } from '../../core/clock.js';
import { id, instant, text } from '../../core/fields.js';
import { newestPage, pagingQuery } from '../../core/paging.js';
import type { Store } from '../../db/store.js';
import { route, type AnyRoute } from '../route.js';
import { idParams, pageSchema } from './schemas.js';

const scope = z.enum(SCOPES, { error: `must be one of ${SCOPES.join(', ')}` });

const apiKeySchema = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(scope),
  broker_ids: z.array(z.string()).nullable(),
  created_at: z.string(),
  last_used_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
});

const activitySchema = z.object({
  id: z.string(),
  at: z.string(),
  actor: z.object({ type: z.string(), id: z.string().nullable(), name: z.string() }),
  action: z.string(),
  subject_type: z.string(),
  subject_id: z.string(),
  before: z.record(z.string(), z.unknown()).nullable(),
  after: z.record(z.string(), z.unknown()).nullable(),
});

const parseOrNull = (value: string | null): Record<string, unknown> | null =>
  value === null ? null : (JSON.parse(value) as Record<string, unknown>);

/** Who am I, API keys, the activity log. */
export function systemRoutes(deps: {
  store: Store;
  runtime: Runtime;
  authenticator: Authenticator;
  version: string;
}): AnyRoute[] {
  const { store, runtime } = deps;
  return [
    route({
      method: 'get',
      path: '/whoami',
      scope: 'intake',
      anyScope: true,
      tag: 'System',
      summary: 'The service and the key that asks',
      responses: {
        200: {
          description: 'The key is valid.',
          schema: z.object({
            service: z.literal('leadloop'),
            version: z.string(),
            key: z.object({
              id: z.string(),
              name: z.string(),
              scopes: z.array(scope),
              broker_ids: z.array(z.string()).nullable(),
            }),
          }),
        },
      },
      handler: ({ caller }) =>
        Promise.resolve({
          status: 200,
          body: {
            service: 'leadloop',
            version: deps.version,
            key: {
              id: caller.keyId,
              name: caller.name,
              scopes: caller.scopes,
              broker_ids: caller.brokerIds,
            },
          },
        }),
    }),
    route({
      method: 'get',
      path: '/api-keys',
      scope: 'admin',
      tag: 'System',
      summary: 'List API keys',
      query: z.object(pagingQuery),
      responses: { 200: { description: 'Newest first.', schema: pageSchema(apiKeySchema) } },
      handler: async ({ query }) => ({ status: 200, body: await listApiKeyPage(store, query) }),
    }),
    route({
      method: 'post',
      path: '/api-keys',
      scope: 'admin',
      tag: 'System',
      summary: 'Create an API key',
      description: 'The answer is the only time `token` is shown.',
      idempotent: true,
      secretAnswer: true,
      body: z.strictObject({
        name: text(100),
        scopes: z.array(scope).min(1, 'must name at least one scope'),
        broker_ids: z.array(id).min(1, 'must name at least one broker').max(1000).optional(),
      }),
      responses: {
        201: { description: 'Created.', schema: apiKeySchema.extend({ token: z.string() }) },
      },
      handler: ({ body, caller, transact }) =>
        transact(function* () {
          const { key, token } = yield* createApiKey(store, runtime, body, actorOf(caller));
          return { status: 201, body: { ...key, token } };
        }),
    }),
    route({
      method: 'post',
      path: '/api-keys/:id/revoke',
      scope: 'admin',
      tag: 'System',
      summary: 'Revoke an API key',
      params: idParams,
      responses: { 200: { description: 'Revoked.', schema: apiKeySchema } },
      handler: async ({ params, caller, transact }) => {
        const reply = await transact(function* () {
          return {
            status: 200,
            body: yield* revokeApiKey(store, runtime, params.id, actorOf(caller)),
          };
        });
        deps.authenticator.forget(params.id);
        return reply;
      },
    }),
    route({
      method: 'get',
      path: '/activity',
      scope: 'read',
      tag: 'System',
      summary: 'The activity log: who did what, when',
      query: z.object({
        ...pagingQuery,
        subject_type: text(50).optional(),
        subject_id: text(255).optional(),
        since: instant.optional(),
      }),
      responses: { 200: { description: 'Newest first.', schema: pageSchema(activitySchema) } },
      handler: async ({ query }) => {
        let select = store.db.selectFrom('activity_log').selectAll();
        if (query.subject_type !== undefined)
          select = select.where('subject_type', '=', query.subject_type);
        if (query.subject_id !== undefined)
          select = select.where('subject_id', '=', query.subject_id);
        if (query.since !== undefined) {
          select = select.where('at', '>=', new Date(query.since).toISOString());
        }
        return {
          status: 200,
          body: await newestPage(select, query, (row) => ({
            id: row.id,
            at: row.at,
            actor: { type: row.actor_type, id: row.actor_id, name: row.actor_name },
            action: row.action,
            subject_type: row.subject_type,
            subject_id: row.subject_id,
            before: parseOrNull(row.before),
            after: parseOrNull(row.after),
          })),
        };
      },
    }),
  ];
}
