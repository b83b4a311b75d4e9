import { z } from 'zod';

import { pagingQuery } from '../../core/paging.js';
import type { Store } from '../../db/store.js';
import {
  backtestJobSchema,
  backtestSchemaWithResult,
  DIFFERENCE_KINDS,
  differenceSchema,
} from '../../routing/backtest/answer-schema.js';
import type { Backtests } from '../../routing/backtest/backtests.js';
import { getBacktest, listBacktests, listDifferences } from '../../routing/backtest/queries.js';
import { backtestSchema } from '../../routing/backtest/request-schema.js';
import { route, type AnyRoute } from '../route.js';
import { idParams, pageSchema } from './schemas.js';

const BODY_LIMIT = 5 * 1024 * 1024;

const missing = { description: 'No such backtest, or no longer.' };

/** Backtests: what orders would have made of the leads of a range of time. */
export function backtestRoutes({
  store,
  backtests,
}: {
  store: Store;
  backtests: Backtests;
}): AnyRoute[] {
  return [
    route({
      method: 'post',
      path: '/routing/backtest',
      scope: 'operate',
      tag: 'Routing',
      summary: 'Replay stored leads against the current or other orders',
      description:
        'Answers at once with a job that runs beside the service, two at a time; `GET /api/routing/backtests/{id}` tells how far it is and what came out. Changes no lead, order or decision and sends nothing. The range is from `from` up to but not including `to` (default and latest: now). `changes` alters live orders, `additions` puts orders beside them, `orders` stands in their place. `start` says where the counters of live orders begin: `history` (default; as they stood at `from`, counted from the stored assignments), `zero`, or `current`; `counters` states them for single orders. `compare_with` is `current_orders` when something is proposed and `history` (what live routing decided) otherwise. What brokers would have accepted or returned cannot be replayed.',
      idempotent: true,
      body: backtestSchema,
      bodyLimit: BODY_LIMIT,
      responses: {
        202: { description: 'It waits for its turn.', schema: backtestJobSchema },
        429: { description: '`too_many_backtests`: too many wait already.' },
      },
      handler: async ({ body, caller, transact }) => {
        const plan = await backtests.plan(body);
        return transact(function* () {
          const job = yield* backtests.ask(plan, caller.name);
          return {
            status: 202,
            body: job,
            headers: { Location: `/api/routing/backtests/${job.id}` },
          };
        });
      },
    }),
    route({
      method: 'get',
      path: '/routing/backtests',
      scope: 'read',
      tag: 'Routing',
      summary: 'List backtests',
      description: 'Without their results. They are kept for seven days after their end.',
      query: z.object(pagingQuery),
      responses: { 200: { description: 'Newest first.', schema: pageSchema(backtestJobSchema) } },
      handler: async ({ query }) => ({ status: 200, body: await listBacktests(store, query) }),
    }),
    route({
      method: 'get',
      path: '/routing/backtests/:id',
      scope: 'read',
      tag: 'Routing',
      summary: 'Get a backtest: its progress, and its result once it is done',
      params: idParams,
      responses: {
        200: { description: 'The backtest.', schema: backtestSchemaWithResult },
        404: missing,
      },
      handler: async ({ params }) => ({ status: 200, body: await getBacktest(store, params.id) }),
    }),
    route({
      method: 'get',
      path: '/routing/backtests/:id/differences',
      scope: 'read',
      tag: 'Routing',
      summary: 'List the leads that went another way',
      description: 'In the order of arrival, once the backtest is done.',
      params: idParams,
      query: z.object({
        ...pagingQuery,
        kind: z
          .enum(DIFFERENCE_KINDS, { error: `must be one of ${DIFFERENCE_KINDS.join(', ')}` })
          .optional(),
      }),
      responses: {
        200: { description: 'One page.', schema: pageSchema(differenceSchema) },
        404: missing,
        409: { description: '`not_done`: there is no result, or not yet.' },
      },
      handler: async ({ params, query }) => ({
        status: 200,
        body: await listDifferences(store, params.id, query),
      }),
    }),
    route({
      method: 'delete',
      path: '/routing/backtests/:id',
      scope: 'operate',
      tag: 'Routing',
      summary: 'Cancel a backtest',
      description: 'One that waits or runs. Its run ends at once.',
      params: idParams,
      responses: {
        200: { description: 'Cancelled.', schema: backtestJobSchema },
        404: missing,
        409: { description: '`already_ended`: it is done or has failed.' },
      },
      handler: async ({ params, transact }) => {
        const reply = await transact(function* () {
          return { status: 200, body: yield* backtests.cancel(params.id) };
        });
        await backtests.cancelled();
        return reply;
      },
    }),
  ];
}
