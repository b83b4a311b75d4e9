import { z } from 'zod';

import { actorOf } from '../../access/actor.js';
import { id } from '../../core/fields.js';
import { decodeCursor, pageOf, pagingQuery } from '../../core/paging.js';
import type { MergeSuggestionsTable } from '../../db/tables/response.js';
import type { Intake } from '../../leads/intake.js';
import { leadSchema } from '../../leads/lead-schema.js';
import { toLead } from '../../leads/lead.js';
import type { ResponseDeps } from '../../response/deps.js';
import { acceptSuggestion, dismissSuggestion } from '../../response/merge.js';
import { unmerge } from '../../response/unmerge.js';
import { ENTRY_TYPES } from '../../response/timeline-entry.js';
import { leadTimeline } from '../../response/timeline.js';
import { route, type AnyRoute } from '../route.js';
import { distributeRoute } from './distribute.js';
import { idParams, pageSchema } from './schemas.js';

export interface ResponseLeadRoutesDeps {
  response: ResponseDeps;
  intake: Intake;
}

const missing = { description: 'No such lead or suggestion.' };

const suggestionSchema = z.object({
  id: z.string(),
  business_id: z.string(),
  lead_id: z.string(),
  other_lead_id: z.string(),
  reason: z.string(),
  state: z.enum(['pending', 'accepted', 'dismissed']),
  created_at: z.string(),
  decided_at: z.string().nullable(),
  decided_by: z.unknown(),
});

function toSuggestion({ pair_key: _pair, decided_by, ...row }: MergeSuggestionsTable) {
  return {
    ...row,
    decided_by: decided_by === null ? null : (JSON.parse(decided_by) as unknown),
  };
}

const timelineEntrySchema = z.object({
  id: z.string(),
  at: z.string(),
  type: z.enum(ENTRY_TYPES),
  data: z.record(z.string(), z.unknown()),
});

/** A response lead's timeline, its merges, and its way into distribution. */
export function responseLeadRoutes({ response, intake }: ResponseLeadRoutesDeps): AnyRoute[] {
  const { store } = response;
  const decideRoute = (
    verb: 'accept' | 'dismiss',
    summary: string,
    decide: typeof acceptSuggestion,
  ): AnyRoute =>
    route({
      method: 'post',
      path: `/merge-suggestions/:id/${verb}`,
      scope: 'operate',
      tag: 'Lead response',
      summary,
      params: idParams,
      idempotent: true,
      responses: {
        200: { description: 'The suggestion, decided.', schema: suggestionSchema },
        404: missing,
        409: { description: '`dismissed`, `already_merged`.' },
      },
      handler: ({ params, caller, transact }) =>
        transact(function* () {
          const row = yield* decide(response, params.id, actorOf(caller));
          return { status: 200, body: toSuggestion(row) };
        }),
    });

  return [
    route({
      method: 'get',
      path: '/leads/:id/timeline',
      scope: 'read',
      tag: 'Leads',
      summary: 'Everything that happened to a lead, in one ordered list',
      description:
        'Oldest first: source events as received, decisions, links, merge suggestions, tasks, messages with their checks, deliveries with their attempts, what people did.',
      params: idParams,
      query: z.object(pagingQuery),
      responses: {
        200: { description: 'Oldest first.', schema: pageSchema(timelineEntrySchema) },
        404: missing,
      },
      handler: async ({ params, query }) => ({
        status: 200,
        body: await leadTimeline(store, params.id, query),
      }),
    }),
    route({
      method: 'get',
      path: '/merge-suggestions',
      scope: 'read',
      tag: 'Lead response',
      summary: 'Leads that may be one person',
      query: z.object({
        ...pagingQuery,
        state: z.enum(['pending', 'accepted', 'dismissed']).default('pending'),
        lead_id: id.optional(),
      }),
      responses: { 200: { description: 'Newest first.', schema: pageSchema(suggestionSchema) } },
      handler: async ({ query }) => {
        let select = store.db
          .selectFrom('merge_suggestions')
          .selectAll()
          .where('state', '=', query.state);
        const { lead_id: leadId } = query;
        if (leadId !== undefined) {
          select = select.where((where) =>
            where.or([where('lead_id', '=', leadId), where('other_lead_id', '=', leadId)]),
          );
        }
        if (query.cursor !== undefined) {
          select = select.where('id', '<', decodeCursor(query.cursor, 1)[0] ?? '');
        }
        const rows = await select
          .orderBy('id', 'desc')
          .limit(query.limit + 1)
          .execute();
        return { status: 200, body: pageOf(rows, query.limit, (row) => [row.id], toSuggestion) };
      },
    }),
    decideRoute('accept', 'Make one lead of two, reversibly', acceptSuggestion),
    decideRoute('dismiss', 'Keep two leads apart', dismissSuggestion),
    route({
      method: 'post',
      path: '/leads/:id/unmerge',
      scope: 'operate',
      tag: 'Lead response',
      summary: 'Undo a merge',
      description:
        'Names the lead that was merged, or the one it became part of (then `lead_id` says which, if several).',
      params: idParams,
      body: z.strictObject({ lead_id: id.optional() }),
      idempotent: true,
      responses: {
        200: { description: 'The lead that stands by itself again.', schema: leadSchema },
        404: missing,
        409: { description: '`not_merged`, `several_merged`.' },
      },
      handler: ({ params, body, caller, transact }) =>
        transact(function* () {
          const row = yield* unmerge(response, params.id, body.lead_id ?? null, actorOf(caller));
          return { status: 200, body: toLead(row) };
        }),
    }),
    distributeRoute({ ...response, intake }),
  ];
}
