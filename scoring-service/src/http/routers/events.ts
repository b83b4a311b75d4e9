import { z } from 'zod';

import { actorOf } from '../../access/actor.js';
import { iso, type Runtime } from '../../core/clock.js';
import { invalid } from '../../core/errors.js';
import { pagingQuery } from '../../core/paging.js';
import type { Store } from '../../db/store.js';
import { EVENT_TYPES, type EventType } from '../../events/events.js';
import { eventSchema, readStream } from '../../events/stream.js';
import {
  createSubscription,
  deleteSubscription,
  setSubscriptionPaused,
} from '../../subscriptions/manage.js';
import { getSubscription, listSubscriptions } from '../../subscriptions/queries.js';
import {
  createSubscriptionSchema,
  SUBSCRIPTION_STATUSES,
  subscriptionSchema,
} from '../../subscriptions/subscription-schema.js';
import type { Subscriptions } from '../../subscriptions/subscriptions.js';
import { route, type AnyRoute } from '../route.js';
import { idParams, pageSchema } from './schemas.js';

const known = new Set<string>(EVENT_TYPES);

const typesQuery = z
  .string({ error: 'must be event types with commas between' })
  .transform((text) => [...new Set(text.split(',').map((type) => type.trim()))])
  .refine(
    (types): types is EventType[] => types.every((type) => known.has(type)),
    `must be of ${EVENT_TYPES.join(', ')}, with commas between`,
  )
  .optional()
  .describe('Only these types of event, with commas between.');

const missing = { description: 'No such subscription.' };

/** The event stream, and who is told of events. */
export function eventRoutes(deps: {
  store: Store;
  runtime: Runtime;
  subscriptions: Subscriptions;
}): AnyRoute[] {
  const { store, runtime, subscriptions } = deps;
  const now = (): string => iso(runtime.clock.now());
  const pausing = (verb: 'pause' | 'resume', summary: string, description: string): AnyRoute =>
    route({
      method: 'post',
      path: `/subscriptions/:id/${verb}`,
      scope: 'operate',
      tag: 'Events',
      summary,
      description,
      params: idParams,
      idempotent: true,
      responses: {
        200: { description: 'The subscription.', schema: subscriptionSchema },
        404: missing,
        409: { description: '`ended`.' },
      },
      handler: ({ params, caller, transact }) =>
        transact(function* () {
          const paused = verb === 'pause';
          return {
            status: 200,
            body: yield* setSubscriptionPaused(deps, params.id, paused, actorOf(caller)),
          };
        }),
    });
  return [
    route({
      method: 'get',
      path: '/events',
      scope: 'read',
      tag: 'Events',
      summary: 'Read the event stream',
      description:
        'In order. Send `next_cursor` as `after` to read on, now or later: nothing is missed. When the answer has the cursor that you sent, there is nothing more at the moment; a page may hold fewer events than `limit` while more follow.',
      query: z.object({
        after: z
          .string()
          .max(500)
          .optional()
          .describe('A `next_cursor`, or the id of an event. Without it: the oldest event kept.'),
        types: typesQuery,
        limit: pagingQuery.limit,
      }),
      responses: {
        200: {
          description: 'Oldest first.',
          schema: z.object({ data: z.array(eventSchema), next_cursor: z.string() }),
        },
      },
      handler: async ({ query }) => ({ status: 200, body: await readStream(store, query) }),
    }),
    route({
      method: 'get',
      path: '/subscriptions',
      scope: 'read',
      tag: 'Events',
      summary: 'List subscriptions',
      query: z.object({
        ...pagingQuery,
        status: z.enum(SUBSCRIPTION_STATUSES).default('active'),
      }),
      responses: { 200: { description: 'Newest first.', schema: pageSchema(subscriptionSchema) } },
      handler: async ({ query }) => ({
        status: 200,
        body: await listSubscriptions(store, query, now()),
      }),
    }),
    route({
      method: 'post',
      path: '/subscriptions',
      scope: 'operate',
      tag: 'Events',
      summary: 'Subscribe a URL to events',
      description:
        'Events are posted to the URL from now on, signed as Standard Webhooks 1.0 says. The answer is the only time `secret` is shown. A URL with `/webhook-test/` in its path is subscribed for five minutes.',
      idempotent: true,
      body: createSubscriptionSchema,
      responses: {
        201: {
          description: 'Subscribed.',
          schema: subscriptionSchema.extend({ secret: z.string() }),
        },
      },
      handler: ({ body, caller, transact }) => {
        const problem = subscriptions.urlProblem(body.url);
        if (problem !== null) throw invalid({ url: problem });
        return transact(function* () {
          return {
            status: 201,
            body: yield* createSubscription(deps, body, actorOf(caller)),
          };
        });
      },
    }),
    route({
      method: 'get',
      path: '/subscriptions/:id',
      scope: 'read',
      tag: 'Events',
      summary: 'Get a subscription',
      params: idParams,
      responses: {
        200: { description: 'The subscription.', schema: subscriptionSchema },
        404: missing,
      },
      handler: async ({ params }) => ({
        status: 200,
        body: await getSubscription(store, params.id, now()),
      }),
    }),
    pausing(
      'pause',
      'Let a subscription wait',
      'What happens meanwhile waits in the stream, as long as events are kept.',
    ),
    pausing('resume', 'Let a subscription go on where it stopped', 'In order, nothing left out.'),
    route({
      method: 'delete',
      path: '/subscriptions/:id',
      scope: 'operate',
      tag: 'Events',
      summary: 'Delete a subscription',
      description: 'What is still to be handed on to it is dropped.',
      params: idParams,
      responses: { 204: { description: 'Deleted.' }, 404: missing },
      handler: ({ params, caller, transact }) =>
        transact(function* () {
          yield* deleteSubscription(deps, params.id, actorOf(caller));
          return { status: 204 };
        }),
    }),
  ];
}
