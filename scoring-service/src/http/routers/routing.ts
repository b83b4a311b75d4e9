import type { Runtime } from '../../core/clock.js';
import type { Store } from '../../db/store.js';
import type { Periods } from '../../orders/period.js';
import type { RoutingLead, RoutingRules } from '../../routing/engine/index.js';
import { readLiveOrders, simulate } from '../../routing/simulate.js';
import { inlineOrder, simulateSchema, simulationSchema } from '../../routing/simulate-schema.js';
import { route, type AnyRoute } from '../route.js';

const BODY_LIMIT = 5 * 1024 * 1024;

/** The simulator: what would happen to a lead, without any effect. */
export function routingRoutes(deps: {
  store: Store;
  runtime: Runtime;
  periods: Periods;
  rules: () => RoutingRules;
}): AnyRoute[] {
  return [
    route({
      method: 'post',
      path: '/routing/simulate',
      scope: 'read',
      tag: 'Routing',
      summary: 'Say where a lead would go and why, without any effect',
      description:
        'Without `orders`: against the active orders. With `orders`: against those only; nothing is read from the store. `at` (default now) decides which monthly resets have happened.',
      body: simulateSchema,
      bodyLimit: BODY_LIMIT,
      responses: { 200: { description: 'The decision, explained.', schema: simulationSchema } },
      handler: async ({ body, caller }) => {
        const lead: RoutingLead = {
          vertical: body.lead.vertical ?? null,
          credit_score: body.lead.credit_score ?? null,
          funding_amount: body.lead.funding_amount ?? null,
        };
        if (body.orders !== undefined) {
          return {
            status: 200,
            body: simulate(lead, body.orders.map(inlineOrder), deps.rules()),
          };
        }
        const at = body.at ?? deps.runtime.clock.now();
        const live = await readLiveOrders(deps.store, deps.periods, at, caller.brokerIds);
        return {
          status: 200,
          body: simulate(lead, live.orders, deps.rules(), { hasActiveOrder: live.hasActiveOrder }),
        };
      },
    }),
  ];
}
