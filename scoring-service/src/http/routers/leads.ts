import { z } from 'zod';

import { actorOf } from '../../access/actor.js';
import { flag, id, instant, text } from '../../core/fields.js';
import { pagingQuery } from '../../core/paging.js';
import type { Unit } from '../../db/unit.js';
import { intakeAnswerSchema, routedAnswer } from '../../leads/answers.js';
import { leadSchema } from '../../leads/lead-schema.js';
import { assignByHand, reassign, type ManualAssignment } from '../../leads/manual-assignment.js';
import { findLeadRow, getLead, listLeads, listUnassigned } from '../../leads/queries.js';
import { reroute, type Rerouted } from '../../leads/rerouting.js';
import type { RoutingDeps } from '../../routing/assignment/ports.js';
import type { RoutingOutcome } from '../../routing/assignment/session.js';
import { listRoutingLogs } from '../../routing/routing-logs.js';
import { consideredSchema } from '../../routing/simulate-schema.js';
import type { Reply } from '../reply.js';
import { route, type AnyRoute } from '../route.js';
import { idParams, pageSchema } from './schemas.js';

export interface LeadRoutesDeps {
  routing: RoutingDeps;
  capacityChanged: () => void;
}

const decisionSchema = z.object({
  id: z.string(),
  at: z.string(),
  status: z.enum(['assigned', 'unassigned', 'rejected']),
  order_id: z.string().nullable(),
  broker_id: z.string().nullable(),
  reason_code: z.string().nullable(),
  reason: z.string().nullable(),
  trigger: z.enum(['intake', 'update', 'retry', 'manual', 'reroute']),
  considered_count: z.number(),
});

const missing = { description: 'No such lead.' };
const routed = { description: 'As the intake answers.', schema: intakeAnswerSchema };
const refused = {
  description:
    '`already_assigned`, `not_assigned`, `no_capacity`, `order_cancelled`, `same_order`.',
};

/** Reading leads and moving them by hand. */
export function leadRoutes(deps: LeadRoutesDeps): AnyRoute[] {
  const { store } = deps.routing;
  return [
    route({
      method: 'get',
      path: '/leads',
      scope: 'read',
      tag: 'Leads',
      summary: 'List leads',
      query: z.object({
        ...pagingQuery,
        kind: z.enum(['distribution', 'response']).optional(),
        status: z.enum(['assigned', 'unassigned', 'rejected', 'open', 'closed']).optional(),
        vertical: text(100).optional(),
        broker_id: id.optional(),
        order_id: id.optional(),
        q: text(200).optional(),
        since: instant.optional(),
        until: instant.optional(),
      }),
      responses: { 200: { description: 'Newest first.', schema: pageSchema(leadSchema) } },
      handler: async ({ query }) => ({ status: 200, body: await listLeads(store, query) }),
    }),
    route({
      method: 'get',
      path: '/leads/:id',
      scope: 'read',
      tag: 'Leads',
      summary: 'Get a lead with its decisions',
      params: idParams,
      responses: {
        200: {
          description: 'The lead.',
          schema: leadSchema.extend({ decisions: z.array(decisionSchema) }),
        },
        404: missing,
      },
      handler: async ({ params }) => ({ status: 200, body: await getLead(store, params.id) }),
    }),
    route({
      method: 'get',
      path: '/leads/:id/routing-logs',
      scope: 'read',
      tag: 'Leads',
      summary: 'Every order considered for a lead, decision by decision',
      description:
        'The newest decision first; within one, eligible orders by rank, then the others by id.',
      params: idParams,
      query: z.object({
        limit: z.coerce.number().int().min(1).max(1000, 'must be at most 1000').default(200),
        cursor: pagingQuery.cursor,
        decision_id: id.optional(),
      }),
      responses: {
        200: {
          description: 'Routing logs.',
          schema: pageSchema(
            consideredSchema.extend({ decision_id: z.string(), broker_id: z.string() }),
          ),
        },
        404: missing,
      },
      handler: async ({ params, query }) => {
        await findLeadRow(store, params.id);
        return { status: 200, body: await listRoutingLogs(store, params.id, query) };
      },
    }),
    route({
      method: 'get',
      path: '/unassigned',
      scope: 'read',
      tag: 'Leads',
      summary: 'The unassigned queue',
      query: z.object({ ...pagingQuery, reason_code: text(100).optional() }),
      responses: {
        200: {
          description: 'Oldest first.',
          schema: pageSchema(
            z.object({
              lead: leadSchema,
              reason_code: z.string(),
              reason: z.string(),
              queued_at: z.string(),
              last_tried_at: z.string(),
              tries: z.number(),
            }),
          ),
        },
      },
      handler: async ({ query }) => ({ status: 200, body: await listUnassigned(store, query) }),
    }),
    ...movingRoutes(deps),
  ];
}

const movedSchema = z.object({ order_id: id, override_capacity: flag.default(false) });

function movingRoutes(deps: LeadRoutesDeps): AnyRoute[] {
  const byHand = (
    verb: 'assign' | 'reassign',
    summary: string,
    move: (routing: RoutingDeps, choice: ManualAssignment) => Unit<RoutingOutcome>,
  ): AnyRoute =>
    route({
      method: 'post',
      path: `/leads/:id/${verb}`,
      scope: 'operate',
      tag: 'Leads',
      summary,
      params: idParams,
      body: movedSchema,
      idempotent: true,
      responses: { 200: routed, 404: missing, 409: refused },
      handler: async ({ params, body, caller, transact }) => {
        let resets = 0;
        const reply = await transact(
          function* (): Unit<Reply> {
            resets = yield* deps.routing.applyDueResets();
            const outcome = yield* move(deps.routing, {
              leadId: params.id,
              orderId: body.order_id,
              overrideCapacity: body.override_capacity,
              actor: actorOf(caller),
            });
            return { status: 200, body: routedAnswer(params.id, outcome) };
          },
          { lock: 'routing' },
        );
        if (verb === 'reassign' || resets > 0) deps.capacityChanged();
        return reply;
      },
    });

  return [
    byHand('assign', 'Assign a waiting or rejected lead to an order', assignByHand),
    byHand('reassign', 'Move an assigned lead to another order', reassign),
    route({
      method: 'post',
      path: '/leads/:id/reroute',
      scope: 'operate',
      tag: 'Leads',
      summary: 'Route a waiting or rejected lead again',
      params: idParams,
      idempotent: true,
      responses: {
        200: {
          description: 'The new decision.',
          schema: intakeAnswerSchema,
        },
        404: missing,
        409: refused,
      },
      handler: async ({ params, caller, transact }) => {
        let rerouted: Rerouted | undefined;
        const reply = await transact(
          function* (): Unit<Reply> {
            rerouted = yield* reroute(deps.routing, params.id, actorOf(caller));
            return { status: 200, body: routedAnswer(params.id, rerouted.outcome) };
          },
          { lock: 'routing' },
        );
        rerouted?.session.committed();
        if ((rerouted?.resets ?? 0) > 0) deps.capacityChanged();
        return reply;
      },
    }),
  ];
}
