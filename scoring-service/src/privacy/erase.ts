import { iso, type Runtime } from '../core/clock.js';
import { all, run, type Unit } from '../db/unit.js';
import { recordActivity, type Actor } from '../events/activity.js';
import { cancelWhatWaits } from './cancel.js';
import type { FindDeps } from './find.js';
import { refuseWhileInFlight } from './in-flight.js';
import { otherHolders, suppressionsOf } from './other-holders.js';
import { PERSONAL_TABLES, type Holdings, type PersonalTable } from './personal-tables.js';
import type { ErasureResult } from './privacy-schema.js';

export interface EraseDeps extends FindDeps {
  runtime: Runtime;
}

/** Marks the leads, and takes them from wherever they wait. */
function* markLeads({ store }: EraseDeps, held: Holdings, at: number): Unit<void> {
  const { db, anyOf } = store;
  const these = anyOf('id', held.leads);
  yield* run(
    db
      .updateTable('leads')
      .set({ status: 'rejected', rejection_reason: 'erased' })
      .where(these)
      .where('status', '=', 'unassigned'),
  );
  yield* run(
    db.updateTable('leads').set({ status: 'closed' }).where(these).where('status', '=', 'open'),
  );
  yield* run(
    db
      .updateTable('leads')
      .set((set) => ({
        erased_at: iso(at),
        updated_at: iso(at),
        version: set('version', '+', 1),
      }))
      .where(these)
      .where('erased_at', 'is', null),
  );
}

function* eraseRows({ store }: EraseDeps, spec: PersonalTable, held: Holdings): Unit<number> {
  if (spec.erased === 'kept') return 0;
  const { db } = store;
  const columns = Object.keys(spec.erased);
  if (spec.erased !== 'deleted' && columns.length === 0) return 0;
  let changed = 0;
  // One statement for each way to a row: with "or" neither database would use its indexes.
  for (const [column, holding] of spec.rows) {
    if (held[holding].length === 0) continue;
    const theirs = store.anyOf(column, held[holding]);
    if (spec.erased === 'deleted') {
      changed += yield* run(db.deleteFrom(spec.table).where(theirs));
      continue;
    }
    const update = db
      .updateTable(spec.table as 'activity_log')
      .set(spec.erased as Record<string, null>)
      .where(theirs);
    const { except } = spec;
    changed += yield* run(
      except === undefined ? update : update.where(except.column as 'action', '!=', except.value),
    );
  }
  return changed;
}

/**
 * Erases what tells who a person is, everywhere at once and for good, inside a unit that holds the
 * routing lock: waiting deliveries, messages and tasks are cancelled, waiting leads leave the
 * queue; decisions, counts and the capacity that was used stay. Suppressions stay, because without
 * them the person would be messaged again. Done twice, it changes nothing more.
 * Errors: 409 `in_flight`.
 */
export function* erasePerson(
  deps: EraseDeps,
  held: Holdings,
  reason: string | undefined,
  actor: Actor,
): Unit<ErasureResult> {
  const { store, runtime } = deps;
  const at = runtime.clock.now();
  const leads = yield* all(
    store.locked(
      store.db
        .selectFrom('leads')
        .select(['id', 'erased_at'])
        .where(store.anyOf('id', held.leads))
        .orderBy('id'),
      'wait',
    ),
  );
  yield* refuseWhileInFlight(store, held, iso(at));
  const alsoHeldBy = yield* otherHolders(store, held);
  const cancelled = yield* cancelWhatWaits(store, held, at);
  yield* markLeads(deps, held, at);
  const rows: Record<string, number> = {};
  for (const spec of PERSONAL_TABLES) {
    const count = yield* eraseRows(deps, spec, held);
    if (count > 0) rows[spec.table] = count;
  }
  yield* recordActivity(
    leads
      .filter(({ erased_at }) => erased_at === null)
      .map(({ id }) => ({
        actor,
        action: 'lead.erased',
        subjectType: 'lead',
        subjectId: id,
        after: reason === undefined ? null : { reason },
      })),
    at,
    runtime.newId,
  );
  return {
    erased_at: iso(at),
    lead_ids: held.leads,
    rows,
    cancelled,
    suppressions_kept: yield* suppressionsOf(store, held),
    also_held_by: alsoHeldBy,
  };
}
