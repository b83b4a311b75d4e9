import { z } from 'zod';

import { actorOf } from '../../access/actor.js';
import { instant, integer } from '../../core/fields.js';
import type { Store } from '../../db/store.js';
import { setAllDeliveriesPaused } from '../../delivery/actions/pause-all.js';
import { replayFailed } from '../../delivery/actions/replay.js';
import { DEFAULT_OVERLAP_HOURS, rotateSecret } from '../../delivery/actions/rotate-secret.js';
import type { Deliveries } from '../../delivery/deliveries.js';
import { attemptSchema, brokerHealthSchema } from '../../delivery/delivery-schema.js';
import { brokerHealthReport } from '../../delivery/health-report.js';
import { pausedQuery } from '../../delivery/pause.js';
import { brokerSchema } from '../../orders/broker-schema.js';
import { requireBroker, setDeliveriesPaused } from '../../orders/brokers.js';
import type { OrdersDeps } from '../../orders/deps.js';
import { route, type AnyRoute } from '../route.js';
import { idParams } from './schemas.js';

export interface BrokerDeliveryRoutesDeps {
  store: Store;
  orders: OrdersDeps;
  deliveries: Deliveries;
}

const MAX_OVERLAP_HOURS = 24 * 30;
const missing = { description: 'No such broker.' };
const pausedAnswer = {
  description: 'Whether all deliveries are paused.',
  schema: z.object({ paused: z.boolean() }),
};

/** What belongs to one broker's deliveries: health, webhook, replay, pause; and the pause of all. */
export function brokerDeliveryRoutes(deps: BrokerDeliveryRoutesDeps): AnyRoute[] {
  const { store, deliveries } = deps;
  const { runtime } = deliveries.actions;
  return [
    route({
      method: 'get',
      path: '/brokers/:id/health',
      scope: 'read',
      tag: 'Brokers',
      summary: 'How deliveries to a broker go',
      params: idParams,
      responses: { 200: { description: 'Its health.', schema: brokerHealthSchema }, 404: missing },
      handler: async ({ params }) => ({
        status: 200,
        body: await brokerHealthReport(store, params.id, runtime.clock.now()),
      }),
    }),
    route({
      method: 'post',
      path: '/brokers/:id/rotate-secret',
      scope: 'admin',
      tag: 'Brokers',
      summary: "Give a broker's webhook a new signing secret",
      description:
        'The answer is the only time it is shown. The old one stays live for `overlap_hours` (24 by default; 0 ends it at once), and requests carry a signature of each.',
      params: idParams,
      idempotent: true,
      secretAnswer: true,
      body: z.strictObject({
        overlap_hours: integer(0, MAX_OVERLAP_HOURS).default(DEFAULT_OVERLAP_HOURS),
      }),
      responses: {
        200: {
          description: 'The broker and its new secret.',
          schema: brokerSchema.extend({ webhook_secret: z.string() }),
        },
        404: missing,
      },
      handler: ({ params, body, caller, transact }) =>
        transact(function* () {
          const broker = yield* requireBroker(store, params.id);
          const secret = yield* rotateSecret(
            deliveries.actions,
            params.id,
            body.overlap_hours,
            actorOf(caller),
          );
          return { status: 200, body: { ...broker, webhook_secret: secret } };
        }),
    }),
    route({
      method: 'post',
      path: '/brokers/:id/test-webhook',
      scope: 'operate',
      tag: 'Brokers',
      summary: "Post a test payload to a broker's URL",
      description:
        'Signed as deliveries are and marked with `"test": true`; never a real lead. Hours, pauses and the breaker do not apply.',
      params: idParams,
      responses: {
        200: {
          description: 'How the attempt went, whatever the receiver said.',
          schema: attemptSchema.extend({ webhook_id: z.string() }),
        },
        404: missing,
        409: { description: '`no_webhook_url`.' },
      },
      handler: async ({ params }) => ({
        status: 200,
        body: await deliveries.testWebhook(params.id),
      }),
    }),
    route({
      method: 'post',
      path: '/brokers/:id/replay',
      scope: 'operate',
      tag: 'Brokers',
      summary: "Send a broker's failed deliveries again",
      description:
        'Those that failed at or after `since`, each with its schedule of attempts anew. Leads that have gone to another order since are left out.',
      params: idParams,
      body: z.strictObject({ since: instant }),
      responses: {
        200: {
          description: 'How many were taken up again.',
          schema: z.object({ replayed: z.number() }),
        },
        404: missing,
      },
      handler: async ({ params, body, caller }) => {
        const replayed = await replayFailed(
          deliveries.actions,
          params.id,
          body.since,
          actorOf(caller),
        );
        deliveries.runner.wake();
        return { status: 200, body: { replayed } };
      },
    }),
    ...pauseRoutes(deps),
  ];
}

function pauseRoutes({ store, orders, deliveries }: BrokerDeliveryRoutesDeps): AnyRoute[] {
  const ofBroker = (verb: 'pause' | 'resume', summary: string): AnyRoute =>
    route({
      method: 'post',
      path: `/brokers/:id/deliveries/${verb}`,
      scope: 'operate',
      tag: 'Brokers',
      summary,
      params: idParams,
      idempotent: true,
      responses: { 200: { description: 'The broker.', schema: brokerSchema }, 404: missing },
      handler: async ({ params, caller, transact }) => {
        const reply = await transact(
          function* () {
            const paused = verb === 'pause';
            const body = yield* setDeliveriesPaused(orders, params.id, paused, actorOf(caller));
            return { status: 200, body };
          },
          { lock: 'routing' },
        );
        deliveries.runner.wake();
        return reply;
      },
    });
  const ofAll = (verb: 'pause' | 'resume', summary: string): AnyRoute =>
    route({
      method: 'post',
      path: `/delivery/${verb}`,
      scope: 'operate',
      tag: 'Deliveries',
      summary,
      idempotent: true,
      responses: { 200: pausedAnswer },
      handler: async ({ caller, transact }) => {
        const paused = verb === 'pause';
        const reply = await transact(function* () {
          yield* setAllDeliveriesPaused(deliveries.actions, paused, actorOf(caller));
          return { status: 200, body: { paused } };
        });
        deliveries.runner.wake();
        return reply;
      },
    });
  return [
    ofBroker('pause', 'Let deliveries to a broker wait; none is dropped'),
    ofBroker('resume', 'Let the waiting deliveries to a broker go'),
    route({
      method: 'get',
      path: '/delivery',
      scope: 'read',
      tag: 'Deliveries',
      summary: 'Whether all deliveries are paused',
      responses: { 200: pausedAnswer },
      handler: async () => {
        const row = await pausedQuery(store).executeTakeFirst();
        return { status: 200, body: { paused: row?.value === 'true' } };
      },
    }),
    ofAll('pause', 'Let all deliveries wait; none is dropped'),
    ofAll('resume', 'Let the waiting deliveries go'),
  ];
}
