import { z } from 'zod';

import { actorOf } from '../../access/actor.js';
import type { AssignmentStatus } from '../../db/tables/orders.js';
import { pagingQuery } from '../../core/paging.js';
import {
  brokerSchema,
  createBrokerSchema,
  updateBrokerSchema,
} from '../../orders/broker-schema.js';
import { createBroker, setAssignmentStatus, updateBroker } from '../../orders/brokers.js';
import type { OrdersDeps } from '../../orders/deps.js';
import { getBroker, listBrokers } from '../../orders/queries.js';
import { route, type AnyRoute } from '../route.js';
import { idParams, pageSchema } from './schemas.js';

const broker = { description: 'The broker.', schema: brokerSchema };
const conflict = { description: '`stale_version`: it was changed since you read it.' };
const missing = { description: 'No such broker.' };

function statusRoute(deps: OrdersDeps, verb: string, to: AssignmentStatus): AnyRoute {
  return route({
    method: 'post',
    path: `/brokers/:id/${verb}`,
    scope: 'operate',
    tag: 'Brokers',
    summary:
      to === 'active'
        ? 'Let a broker get leads again'
        : "Stop assigning leads to a broker's orders",
    params: idParams,
    idempotent: true,
    responses: { 200: broker, 404: missing },
    handler: async ({ params, caller, transact }) => {
      const reply = await transact(
        function* () {
          return {
            status: 200,
            body: yield* setAssignmentStatus(deps, params.id, to, actorOf(caller)),
          };
        },
        { lock: 'routing' },
      );
      if (to === 'active') deps.capacityChanged();
      return reply;
    },
  });
}

export function brokerRoutes(deps: OrdersDeps): AnyRoute[] {
  return [
    route({
      method: 'get',
      path: '/brokers',
      scope: 'read',
      tag: 'Brokers',
      summary: 'List brokers',
      query: z.object({
        ...pagingQuery,
        assignment_status: z.enum(['active', 'paused']).optional(),
      }),
      responses: { 200: { description: 'Newest first.', schema: pageSchema(brokerSchema) } },
      handler: async ({ query }) => ({ status: 200, body: await listBrokers(deps.store, query) }),
    }),
    route({
      method: 'post',
      path: '/brokers',
      scope: 'admin',
      tag: 'Brokers',
      summary: 'Create a broker',
      description: "The answer is the only time the webhook's signing secret is shown.",
      idempotent: true,
      secretAnswer: true,
      body: createBrokerSchema,
      responses: {
        201: {
          description: 'Created.',
          schema: brokerSchema.extend({ webhook_secret: z.string() }),
        },
      },
      handler: ({ body, caller, transact }) =>
        transact(
          function* () {
            return { status: 201, body: yield* createBroker(deps, body, actorOf(caller)) };
          },
          { lock: 'routing' },
        ),
    }),
    route({
      method: 'get',
      path: '/brokers/:id',
      scope: 'read',
      tag: 'Brokers',
      summary: 'Get a broker',
      params: idParams,
      responses: { 200: broker, 404: missing },
      handler: async ({ params }) => ({
        status: 200,
        body: await getBroker(deps.store, params.id),
      }),
    }),
    route({
      method: 'patch',
      path: '/brokers/:id',
      scope: 'admin',
      tag: 'Brokers',
      summary: 'Change a broker',
      description:
        'Send the `version` last read. Absent fields stay as they are; null clears one that may be empty.',
      params: idParams,
      body: updateBrokerSchema,
      blanks: 'kept',
      responses: { 200: broker, 404: missing, 409: conflict },
      handler: ({ params, body, caller, transact }) =>
        transact(
          function* () {
            return {
              status: 200,
              body: yield* updateBroker(deps, params.id, body, actorOf(caller)),
            };
          },
          { lock: 'routing' },
        ),
    }),
    statusRoute(deps, 'pause', 'paused'),
    statusRoute(deps, 'resume', 'active'),
  ];
}
