import { lockBusiness } from '../businesses/find.js';
import { iso } from '../core/clock.js';
import { conflict, notFound } from '../core/errors.js';
import type { LeadsTable } from '../db/tables/leads.js';
import type { MergeSuggestionsTable } from '../db/tables/response.js';
import { all, first, run, type Unit } from '../db/unit.js';
import { recordActivity, type Actor } from '../events/activity.js';
import { requireLead } from '../leads/rerouting.js';
import { rootOf } from './candidates.js';
import type { ResponseDeps } from './deps.js';
import { joinTasks } from './merge-tasks.js';

/** What a lead gets from one that is merged into it, where it has nothing itself. */
export const FILLED = [
  'ghl_contact_id',
  'first_name',
  'last_name',
  'business_name',
  'email',
  'email_key',
  'phone',
  'phone_key',
  'state',
] as const;

export type Filled = Partial<Pick<LeadsTable, (typeof FILLED)[number]>>;

/** The suggestion, locked until the unit ends, with its business. */
function* lockSuggestion(deps: ResponseDeps, id: string): Unit<MergeSuggestionsTable> {
  const { db } = deps.store;
  const found = yield* first(
    db.selectFrom('merge_suggestions').select('business_id').where('id', '=', id),
  );
  if (found === undefined) throw notFound('merge suggestion', id);
  yield* lockBusiness(deps.store, { businessId: found.business_id });
  const row = yield* first(db.selectFrom('merge_suggestions').selectAll().where('id', '=', id));
  if (row === undefined) throw notFound('merge suggestion', id);
  return row;
}

function* decide(
  { store, runtime }: ResponseDeps,
  row: MergeSuggestionsTable,
  state: 'accepted' | 'dismissed',
  actor: Actor,
): Unit<MergeSuggestionsTable> {
  const decided = {
    state,
    decided_at: iso(runtime.clock.now()),
    decided_by: JSON.stringify(actor),
  };
  yield* run(store.db.updateTable('merge_suggestions').set(decided).where('id', '=', row.id));
  return { ...row, ...decided };
}

/** Two leads stay two: the pair is not suggested again. */
export function* dismissSuggestion(
  deps: ResponseDeps,
  id: string,
  actor: Actor,
): Unit<MergeSuggestionsTable> {
  const row = yield* lockSuggestion(deps, id);
  if (row.state === 'dismissed') return row;
  if (row.state === 'accepted') {
    throw conflict('already_merged', 'The leads have been merged. Unmerge them instead.');
  }
  const dismissed = yield* decide(deps, row, 'dismissed', actor);
  yield* recordActivity(
    [
      {
        actor,
        action: 'merge_suggestion.dismissed',
        subjectType: 'lead',
        subjectId: row.lead_id,
        after: { other_lead_id: row.other_lead_id, reason: row.reason },
      },
    ],
    deps.runtime.clock.now(),
    deps.runtime.newId,
  );
  return dismissed;
}

/**
 * Makes one of two leads, reversibly: the older one stays and is found from now on by the
 * identifiers of both. No source event, message or task is rewritten; each keeps the lead it came
 * in for, and the timeline of the one that stays shows those of both.
 */
export function* acceptSuggestion(
  deps: ResponseDeps,
  id: string,
  actor: Actor,
): Unit<MergeSuggestionsTable> {
  const row = yield* lockSuggestion(deps, id);
  if (row.state === 'accepted') return row;
  if (row.state === 'dismissed') {
    throw conflict('dismissed', 'The suggestion was dismissed.');
  }
  const one = yield* rootOfLead(deps, row.lead_id);
  const other = yield* rootOfLead(deps, row.other_lead_id);
  if (one !== other) {
    const [kept, merged] = [yield* requireLead(deps, one), yield* requireLead(deps, other)].sort(
      (a, b) => (a.created_at + a.id < b.created_at + b.id ? -1 : 1),
    ) as [LeadsTable, LeadsTable];
    yield* merge(deps, kept, merged, actor);
  }
  return yield* decide(deps, row, 'accepted', actor);
}

function* rootOfLead({ store }: ResponseDeps, id: string): Unit<string> {
  const row = yield* first(
    store.db.selectFrom('response_leads').select('merged_into').where('lead_id', '=', id),
  );
  return yield* rootOf(store, id, row?.merged_into ?? null);
}

function* merge(
  deps: ResponseDeps,
  kept: LeadsTable,
  merged: LeadsTable,
  actor: Actor,
): Unit<void> {
  const { store, runtime } = deps;
  const at = runtime.clock.now();
  const named = kept.first_name !== null || kept.last_name !== null;
  const filled: Filled = {};
  for (const name of FILLED) {
    if (named && (name === 'first_name' || name === 'last_name')) continue;
    if (kept[name] === null && merged[name] !== null) filled[name] = merged[name];
  }
  const times = yield* all(
    store.db
      .selectFrom('response_leads')
      .select('last_event_at')
      .where(store.anyOf('lead_id', [kept.id, merged.id])),
  );
  const last =
    times
      .map(({ last_event_at }) => last_event_at)
      .sort()
      .at(-1) ?? iso(at);
  yield* run(
    store.db
      .updateTable('leads')
      .set({ ...filled, updated_at: iso(at), version: kept.version + 1 })
      .where('id', '=', kept.id),
  );
  yield* run(
    store.db
      .updateTable('response_leads')
      .set({ last_event_at: last })
      .where('lead_id', '=', kept.id),
  );
  yield* run(
    store.db
      .updateTable('leads')
      .set({ status: 'closed', updated_at: iso(at), version: merged.version + 1 })
      .where('id', '=', merged.id),
  );
  yield* run(
    store.db
      .updateTable('response_leads')
      .set({ merged_into: kept.id, merged_at: iso(at), merge_filled: JSON.stringify(filled) })
      .where('lead_id', '=', merged.id),
  );
  const reopened = yield* joinTasks(deps, kept.id, merged.id, actor);
  if (reopened) {
    yield* run(store.db.updateTable('leads').set({ status: 'open' }).where('id', '=', kept.id));
  }
  yield* recordActivity(
    [
      entry(actor, 'lead.merged', kept.id, { merged_lead_id: merged.id }),
      entry(actor, 'lead.merged', merged.id, { merged_into: kept.id }),
    ],
    at,
    runtime.newId,
  );
}

/** An entry of a lead's activity. */
export const entry = (
  actor: Actor,
  action: string,
  id: string,
  after: Record<string, unknown>,
) => ({
  actor,
  action,
  subjectType: 'lead',
  subjectId: id,
  after,
});
