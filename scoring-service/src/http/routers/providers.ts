import { z } from 'zod';

import { actorOf } from '../../access/actor.js';
import { AppError } from '../../core/errors.js';
import { text } from '../../core/fields.js';
import { pauseProvider, resumeProvider, type HealthDeps } from '../../providers/health.js';
import { listProviders, providerSchema, toProvider, type Known } from '../../providers/report.js';
import type { Refusals } from '../../providers/refusals.js';
import { route, type AnyRoute } from '../route.js';
import { pageSchema } from './schemas.js';

export interface ProviderRoutesDeps {
  health: HealthDeps;
  known: Known;
  refusals: Refusals;
}

const params = z.object({ name: text(100) });
const missing = { description: 'No such provider. A broker’s CRM is paused with the broker.' };

/** Providers: how they do, and pausing them by hand. */
export function providerRoutes({ health, known, refusals }: ProviderRoutesDeps): AnyRoute[] {
  const require = (name: string): void => {
    if (Object.hasOwn(known, name)) return;
    throw new AppError('not_found', 404, `No provider is called ${name}.`, {
      details: { known: Object.keys(known) },
    });
  };
  return [
    route({
      method: 'get',
      path: '/providers',
      scope: 'read',
      tag: 'Providers',
      summary: 'How the providers do',
      description:
        'Texts (twilio), e-mails (smtp), models (openai) and each broker’s CRM, with the rolling success of the last calls.',
      responses: { 200: { description: 'All of them.', schema: pageSchema(providerSchema) } },
      handler: async () => ({
        status: 200,
        body: {
          data: await listProviders(health.store, known, refusals, health.runtime.clock.now()),
          next_cursor: null,
        },
      }),
    }),
    route({
      method: 'post',
      path: '/providers/:name/pause',
      scope: 'operate',
      tag: 'Providers',
      summary: 'Pause a provider’s automation; work queues up',
      params,
      body: z.strictObject({ reason: text(500).optional() }),
      responses: { 200: { description: 'Paused.', schema: providerSchema }, 404: missing },
      handler: ({ params: { name }, body, caller, transact }) => {
        require(name);
        return transact(function* () {
          const row = yield* pauseProvider(health, name, body.reason ?? null, actorOf(caller));
          return {
            status: 200,
            body: toProvider(
              row,
              known[name] ?? null,
              refusals.of(name),
              health.runtime.clock.now(),
            ),
          };
        });
      },
    }),
    route({
      method: 'post',
      path: '/providers/:name/resume',
      scope: 'operate',
      tag: 'Providers',
      summary: 'End a pause; what waited goes on',
      params,
      responses: { 200: { description: 'Working.', schema: providerSchema }, 404: missing },
      handler: ({ params: { name }, caller, transact }) => {
        require(name);
        return transact(function* () {
          const row = yield* resumeProvider(health, name, actorOf(caller));
          return {
            status: 200,
            body: toProvider(
              row,
              known[name] ?? null,
              refusals.of(name),
              health.runtime.clock.now(),
            ),
          };
        });
      },
    }),
  ];
}
