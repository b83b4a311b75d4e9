import { z } from 'zod';

import { actorOf } from '../../access/actor.js';
import type { Scope } from '../../access/scopes.js';
import { id } from '../../core/fields.js';
import { pagingQuery } from '../../core/paging.js';
import type { OrdersDeps } from '../../orders/deps.js';
import { applyDueResets } from '../../orders/monthly-reset.js';
import {
  createOrderSchema,
  orderSchema,
  updateOrderSchema,
  type UpdateOrder,
} from '../../orders/order-schema.js';
import {
  changeOrderStatus,
  createOrder,
  requireOrder,
  updateOrder,
  type OrderAction,
} from '../../orders/orders.js';
import { getOrder, listOrders } from '../../orders/queries.js';
import { route, type AnyRoute } from '../route.js';
import { idParams, pageSchema } from './schemas.js';

const order = { description: 'The order.', schema: orderSchema };
const missing = { description: 'No such order.' };

/** Whether waiting leads may fit after this change; a new name makes none fit. */
function mayTakeMore({ version: _version, name: _name, ...rest }: UpdateOrder): boolean {
  return Object.keys(rest).length > 0;
}

function actionRoute(deps: OrdersDeps, verb: OrderAction, scope: Scope, summary: string): AnyRoute {
  return route({
    method: 'post',
    path: `/orders/:id/${verb}`,
    scope,
    tag: 'Orders',
    summary,
    params: idParams,
    idempotent: true,
    responses: {
      200: order,
      404: missing,
      409: { description: '`invalid_state` or `no_capacity`: the order cannot take this step.' },
    },
    handler: async ({ params, caller, transact }) => {
      let resets = 0;
      const reply = await transact(
        function* () {
          resets = yield* applyDueResets(deps);
          return {
            status: 200,
            body: yield* changeOrderStatus(deps, params.id, verb, actorOf(caller)),
          };
        },
        { lock: 'routing' },
      );
      if (verb === 'resume' || resets > 0) deps.capacityChanged();
      return reply;
    },
  });
}

export function orderRoutes(deps: OrdersDeps): AnyRoute[] {
  return [
    route({
      method: 'get',
      path: '/orders',
      scope: 'read',
      tag: 'Orders',
      summary: 'List orders',
      query: z.object({
        ...pagingQuery,
        status: z.enum(['active', 'paused', 'completed', 'cancelled']).optional(),
        broker_id: id.optional(),
      }),
      responses: { 200: { description: 'Newest first.', schema: pageSchema(orderSchema) } },
      handler: async ({ query }) => ({ status: 200, body: await listOrders(deps.store, query) }),
    }),
    route({
      method: 'post',
      path: '/orders',
      scope: 'admin',
      tag: 'Orders',
      summary: 'Create an order',
      description: 'Waiting leads are tried again once it exists.',
      idempotent: true,
      body: createOrderSchema,
      responses: { 201: { description: 'Created.', schema: orderSchema } },
      handler: async ({ body, caller, transact }) => {
        const reply = await transact(
          function* () {
            return { status: 201, body: yield* createOrder(deps, body, actorOf(caller)) };
          },
          { lock: 'routing' },
        );
        deps.capacityChanged();
        return reply;
      },
    }),
    route({
      method: 'get',
      path: '/orders/:id',
      scope: 'read',
      tag: 'Orders',
      summary: 'Get an order',
      params: idParams,
      responses: { 200: order, 404: missing },
      handler: async ({ params }) => ({ status: 200, body: await getOrder(deps.store, params.id) }),
    }),
    route({
      method: 'patch',
      path: '/orders/:id',
      scope: 'admin',
      tag: 'Orders',
      summary: 'Change an order',
      description:
        'Send the `version` last read. Absent fields stay as they are; null clears the credit minimum or a loan bound.',
      params: idParams,
      body: updateOrderSchema,
      blanks: 'kept',
      responses: {
        200: order,
        404: missing,
        409: { description: '`stale_version`: it was changed since you read it.' },
      },
      handler: async ({ params, body, caller, transact }) => {
        let resets = 0;
        const reply = await transact(
          function* () {
            const read = yield* requireOrder(deps.store, params.id);
            resets = yield* applyDueResets(deps);
            const { version } = yield* requireOrder(deps.store, params.id);
            // A month that begins in this very unit is nobody's edit: the copy read is not stale.
            const input = body.version === read.version ? { ...body, version } : body;
            return {
              status: 200,
              body: yield* updateOrder(deps, params.id, input, actorOf(caller)),
            };
          },
          { lock: 'routing' },
        );
        if (mayTakeMore(body) || resets > 0) deps.capacityChanged();
        return reply;
      },
    }),
    actionRoute(deps, 'pause', 'operate', 'Pause an order'),
    actionRoute(deps, 'resume', 'operate', 'Resume an order'),
    actionRoute(deps, 'complete', 'admin', 'Complete an order by hand'),
    actionRoute(deps, 'cancel', 'admin', 'Cancel an order for good'),
  ];
}
