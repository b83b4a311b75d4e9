import { z } from 'zod';

import { actorOf } from '../../access/actor.js';
import { notFound } from '../../core/errors.js';
import { id, instant, integer } from '../../core/fields.js';
import { pagingQuery } from '../../core/paging.js';
import type { Store } from '../../db/store.js';
import type { Unit } from '../../db/unit.js';
import { cancelDelivery, retryDelivery } from '../../delivery/actions/by-hand.js';
import type { DeliveryActionDeps } from '../../delivery/actions/deps.js';
import type { Deliveries } from '../../delivery/deliveries.js';
import { DELIVERY_STATUSES, deliverySchema } from '../../delivery/delivery-schema.js';
import { findDeliveries, getDelivery, listDeliveries } from '../../delivery/queries.js';
import type { Actor } from '../../events/activity.js';
import { findLeadRow } from '../../leads/queries.js';
import { route, type AnyRoute } from '../route.js';
import { idParams, pageSchema } from './schemas.js';

const MAX_WAIT_MS = 30_000;
const MAX_DISPATCHED = 100;

const waitMs = integer(0, MAX_WAIT_MS)
  .default(0)
  .describe('How long to wait for the attempt, in milliseconds.');
const delivery = { description: 'The delivery with its attempts.', schema: deliverySchema };
const missing = { description: 'No such delivery.' };

const DISPATCH = `Hands a delivery over now, for a workflow that does this itself. A held or waiting one goes out at once; beside a running attempt none is started, and if that one fails another follows at once. One that is sent answers \`sent\` and sends nothing; while the broker may not be sent to it answers \`queued\`. With \`wait_ms\` the answer waits for the attempt.`;

/** Deliveries: reading them, handing them over, repeating and cancelling them. */
export function deliveryRoutes(deps: { store: Store; deliveries: Deliveries }): AnyRoute[] {
  const { store, deliveries } = deps;
  const paging = { ...pagingQuery };
  return [
    route({
      method: 'get',
      path: '/deliveries',
      scope: 'read',
      tag: 'Deliveries',
      summary: 'List deliveries',
      query: z.object({
        ...paging,
        status: z.enum(DELIVERY_STATUSES).optional(),
        broker_id: id.optional(),
        lead_id: id.optional(),
        since: instant.optional(),
      }),
      responses: { 200: { description: 'Newest first.', schema: pageSchema(deliverySchema) } },
      handler: async ({ query }) => ({ status: 200, body: await listDeliveries(store, query) }),
    }),
    route({
      method: 'get',
      path: '/leads/:id/deliveries',
      scope: 'read',
      tag: 'Deliveries',
      summary: "List a lead's deliveries",
      params: idParams,
      query: z.object(paging),
      responses: {
        200: { description: 'Newest first.', schema: pageSchema(deliverySchema) },
        404: { description: 'No such lead.' },
      },
      handler: async ({ params, query }) => {
        await findLeadRow(store, params.id);
        return { status: 200, body: await listDeliveries(store, { ...query, lead_id: params.id }) };
      },
    }),
    route({
      method: 'post',
      path: '/deliveries/dispatch',
      scope: 'operate',
      tag: 'Deliveries',
      summary: 'Hand many deliveries over now',
      description: `${DISPATCH} The answers stand in the order of \`ids\`; an id that there is not answers \`{id, error: "not_found"}\` in its place.`,
      body: z.strictObject({
        ids: z
          .array(id)
          .min(1, 'must name at least one delivery')
          .max(MAX_DISPATCHED, `must name at most ${MAX_DISPATCHED} deliveries`),
        wait_ms: waitMs,
      }),
      responses: {
        200: {
          description: 'One answer per id.',
          schema: z.object({
            data: z.array(
              z.union([
                deliverySchema,
                z.object({ id: z.string(), error: z.literal('not_found'), message: z.string() }),
              ]),
            ),
          }),
        },
      },
      handler: async ({ body }) => {
        await deliveries.dispatch(body.ids, body.wait_ms);
        const found = await findDeliveries(store, body.ids);
        const missingOne = (one: string) => ({
          id: one,
          error: 'not_found',
          message: notFound('delivery', one).message,
        });
        return {
          status: 200,
          body: { data: body.ids.map((one) => found.get(one) ?? missingOne(one)) },
        };
      },
    }),
    route({
      method: 'get',
      path: '/deliveries/:id',
      scope: 'read',
      tag: 'Deliveries',
      summary: 'Get a delivery with its attempts',
      params: idParams,
      responses: { 200: delivery, 404: missing },
      handler: async ({ params }) => ({ status: 200, body: await getDelivery(store, params.id) }),
    }),
    route({
      method: 'post',
      path: '/deliveries/:id/dispatch',
      scope: 'operate',
      tag: 'Deliveries',
      summary: 'Hand a delivery over now',
      description: DISPATCH,
      params: idParams,
      body: z.strictObject({ wait_ms: waitMs }),
      responses: { 200: delivery, 404: missing },
      handler: async ({ params, body }) => {
        await deliveries.dispatch([params.id], body.wait_ms);
        return { status: 200, body: await getDelivery(store, params.id) };
      },
    }),
    byHand(
      deps,
      'retry',
      'Try a delivery again',
      'A failed one starts its schedule anew; a waiting one is tried at once, also as the test of a broker that does not receive; never beside a running attempt and never outside the contact hours.',
      '`already_sent`, `cancelled`, `reassigned`.',
      retryDelivery,
    ),
    byHand(
      deps,
      'cancel',
      'Cancel a delivery that has not been sent',
      'A running attempt may still arrive; the delivery then says `sent`, `sent_before_cancelled`.',
      '`invalid_state`: it is sent or failed.',
      cancelDelivery,
    ),
  ];
}

function byHand(
  { store, deliveries }: { store: Store; deliveries: Deliveries },
  verb: 'retry' | 'cancel',
  summary: string,
  description: string,
  refusals: string,
  act: (deps: DeliveryActionDeps, id: string, actor: Actor) => Unit<void>,
): AnyRoute {
  return route({
    method: 'post',
    path: `/deliveries/:id/${verb}`,
    scope: 'operate',
    tag: 'Deliveries',
    summary,
    description,
    params: idParams,
    responses: { 200: delivery, 404: missing, 409: { description: refusals } },
    handler: async ({ params, caller }) => {
      await store.unit(() => act(deliveries.actions, params.id, actorOf(caller)));
      deliveries.runner.wake();
      return { status: 200, body: await getDelivery(store, params.id) };
    },
  });
}
