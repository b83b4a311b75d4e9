import { lockBusiness } from '../businesses/find.js';
import { iso } from '../core/clock.js';
import { conflict } from '../core/errors.js';
import type { LeadsTable } from '../db/tables/leads.js';
import { all, run, type Unit } from '../db/unit.js';
import { recordActivity, type Actor } from '../events/activity.js';
import { requireLead } from '../leads/rerouting.js';
import type { ResponseDeps } from './deps.js';
import { entry, FILLED, type Filled } from './merge.js';
import { partTasks } from './merge-tasks.js';

/**
 * Undoes a merge. `id` may name the lead that was merged, or the one it was merged into when that
 * has taken in no other; `part` says which one then. The lead that stands by itself again.
 * Errors: 409 `not_merged`, `several_merged`.
 */
export function* unmerge(
  deps: ResponseDeps,
  id: string,
  part: string | null,
  actor: Actor,
): Unit<LeadsTable> {
  const { store, runtime } = deps;
  const { db } = store;
  const at = runtime.clock.now();
  const asked = yield* requireLead(deps, part ?? id);
  if (asked.business_id === null) throw conflict('not_merged', 'The lead was never merged.');
  yield* lockBusiness(store, { businessId: asked.business_id });
  const parts = yield* all(
    db
      .selectFrom('response_leads')
      .selectAll()
      .where((where) =>
        where.or([
          where.and([where('lead_id', '=', asked.id), where('merged_into', 'is not', null)]),
          where('merged_into', '=', asked.id),
        ]),
      ),
  );
  const own = parts.find((row) => row.lead_id === asked.id);
  if (own === undefined && parts.length > 1) {
    throw conflict('several_merged', 'Several leads are part of it. Say which: lead_id.', {
      lead_ids: parts.map((row) => row.lead_id),
    });
  }
  const row = own ?? parts[0];
  if (row?.merged_into == null) throw conflict('not_merged', 'The lead is not merged.');
  const kept = yield* requireLead(deps, row.merged_into);
  const filled = JSON.parse(row.merge_filled ?? '{}') as Filled;
  const back = Object.fromEntries(
    FILLED.filter((name) => name in filled && kept[name] === filled[name]).map((name) => [
      name,
      null,
    ]),
  );
  yield* run(
    db
      .updateTable('leads')
      .set({ ...back, updated_at: iso(at), version: kept.version + 1 })
      .where('id', '=', kept.id),
  );
  yield* run(
    db
      .updateTable('response_leads')
      .set({ merged_into: null, merged_at: null, merge_filled: null })
      .where('lead_id', '=', row.lead_id),
  );
  const open = yield* partTasks(deps, kept.id, row.lead_id);
  const parted = yield* requireLead(deps, row.lead_id);
  const columns = {
    status: open.parted ? ('open' as const) : ('closed' as const),
    updated_at: iso(at),
    version: parted.version + 1,
  };
  yield* run(db.updateTable('leads').set(columns).where('id', '=', parted.id));
  yield* run(
    db
      .updateTable('leads')
      .set({ status: open.kept ? 'open' : 'closed' })
      .where('id', '=', kept.id),
  );
  yield* run(
    db
      .updateTable('merge_suggestions')
      .set({ state: 'dismissed', decided_at: iso(at), decided_by: JSON.stringify(actor) })
      .where('pair_key', '=', [kept.id, parted.id].sort().join(' ')),
  );
  yield* recordActivity(
    [
      entry(actor, 'lead.unmerged', kept.id, { parted_lead_id: parted.id }),
      entry(actor, 'lead.unmerged', parted.id, { parted_from: kept.id }),
    ],
    at,
    runtime.newId,
  );
  return { ...parted, ...columns };
}
