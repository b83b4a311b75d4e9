import { sql, type SqlBool } from 'kysely';

import { iso } from '../core/clock.js';
import { AppError } from '../core/errors.js';
import { errorFields, type Log } from '../core/log.js';
import { run, type Unit } from '../db/unit.js';
import { SYSTEM } from '../events/activity.js';
import { SNAPSHOT_USED_MS } from '../routing/assignment/snapshots.js';
import { eraseLoose, erasePerson, type EraseDeps } from './erase.js';
import { holdingsOf } from './find.js';

export interface RetentionDeps extends EraseDeps {
  log: Log;
}

/** Milliseconds; null keeps. */
export interface Retention {
  leads: number | null;
  routingLogs: number | null;
  activity: number | null;
}

/** Rows looked at together, and rows that one unit changes: nobody waits long for the write lane. */
const LOOK = 1000;
const STEP = 100;

/** Rows behind a place in the order of two columns; both databases use an index for it. */
const behind = (moment: string, id: string, place: readonly [string, string]) =>
  sql<SqlBool>`(${sql.ref(moment)}, ${sql.ref(id)}) > (${place[0]}, ${place[1]})`;

function chunks<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  );
}

/**
 * Erases the personal data of leads about which nothing has happened since `cutoff` (ISO), with
 * the leads that were merged into them. Leads with an open task or a time that is still to come
 * are not old; one of which something is on its way is left for the next time.
 */
async function eraseOldLeads(deps: RetentionDeps, cutoff: string): Promise<number> {
  const { store, runtime, log } = deps;
  const { db } = store;
  const now = iso(runtime.clock.now());
  let erased = 0;
  let place: [string, string] = ['', ''];
  for (;;) {
    const page = await db
      .selectFrom('leads')
      .leftJoin('response_leads', 'response_leads.lead_id', 'leads.id')
      .select(['leads.id', 'leads.created_at', 'leads.updated_at', 'erased_at'])
      .select(['last_event_at', 'merged_into'])
      .where(behind('leads.created_at', 'leads.id', place))
      .where('leads.created_at', '<', cutoff)
      .orderBy('leads.created_at')
      .orderBy('leads.id')
      .limit(LOOK)
      .execute();
    const quiet = page.filter(
      (lead) =>
        lead.erased_at === null &&
        lead.merged_into === null &&
        lead.updated_at < cutoff &&
        (lead.last_event_at ?? '') < cutoff,
    );
    for (const some of chunks(quiet, STEP)) {
      const busy = await busyLeads(
        deps,
        some.map(({ id }) => id),
        now,
      );
      const ids = some.map(({ id }) => id).filter((id) => !busy.has(id));
      erased += await eraseTogether(deps, ids);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < LOOK) break;
    place = [last.created_at, last.id];
  }
  const loose = await store.unit(() => eraseLoose(deps, cutoff));
  if (erased + loose > 0) log.info('personal data was erased by age', { count: erased + loose });
  return erased;
}

/** Leads for which somebody still has something to do. */
async function busyLeads(
  { store: { db, anyOf } }: RetentionDeps,
  ids: readonly string[],
  now: string,
): Promise<Set<string>> {
  const tasks = await db
    .selectFrom('tasks')
    .select('lead_id')
    .where(anyOf('lead_id', ids))
    .where('state', 'in', ['open', 'claimed', 'escalated'])
    .execute();
  const visits = await db
    .selectFrom('appointments')
    .select('lead_id')
    .where(anyOf('lead_id', ids))
    .where('scheduled_at', '>=', now)
    .execute();
  return new Set([...tasks, ...visits].map(({ lead_id }) => lead_id));
}

/** Erases leads with what was merged into them; those that are in the way of others are left. */
async function eraseTogether(deps: RetentionDeps, ids: string[]): Promise<number> {
  if (ids.length === 0) return 0;
  const { store, log } = deps;
  const parts = await store.db
    .selectFrom('response_leads')
    .select('lead_id')
    .where(store.anyOf('merged_into', ids))
    .execute();
  const held = await holdingsOf(store, [...ids, ...parts.map(({ lead_id }) => lead_id)]);
  try {
    await store.unit(() => erasePerson(deps, held, 'kept for as long as it may be', SYSTEM), {
      lock: 'routing',
    });
    return ids.length;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'in_flight') throw error;
    if (ids.length === 1) {
      log.info('a lead is erased later: something is on its way', { lead_id: ids[0] });
      return 0;
    }
    let erased = 0;
    for (const id of ids) erased += await eraseTogether(deps, [id]);
    return erased;
  }
}

/** Empties the routing logs of decisions before `cutoff`; outcomes, scores and reasons stay. */
async function forgetRoutingLogs({ store }: RetentionDeps, cutoffMs: number): Promise<void> {
  const { db } = store;
  const cutoff = iso(cutoffMs);
  let place: [string, string] = ['', ''];
  for (;;) {
    const page = await db
      .selectFrom('decisions')
      .select(['id', 'at', 'set_id'])
      .where(behind('at', 'id', place))
      .where('at', '<', cutoff)
      .orderBy('at')
      .orderBy('id')
      .limit(LOOK)
      .execute();
    const ids = page.filter(({ set_id }) => set_id !== null).map(({ id }) => id);
    for (const some of chunks(ids, STEP)) {
      await store.unit(() =>
        run(
          db
            .updateTable('decisions')
            .set({ set_id: null, snapshot_id: null, changes: null, rows: '[]' })
            .where(store.anyOf('id', some)),
        ),
      );
    }
    const last = page.at(-1);
    if (last === undefined || page.length < LOOK) break;
    place = [last.at, last.id];
  }
  const unused = iso(cutoffMs - 2 * SNAPSHOT_USED_MS);
  const step = function* (): Unit<number> {
    const old = db
      .selectFrom('order_snapshots')
      .select('id')
      .where('created_at', '<', unused)
      .limit(STEP);
    return yield* run(db.deleteFrom('order_snapshots').where('id', 'in', old));
  };
  while ((await store.unit(step)) === STEP);
}

/**
 * Deletes entries of the activity log before `cutoff`, but for those of imports: by them a file is
 * known that was imported already.
 */
async function forgetActivity({ store }: RetentionDeps, cutoff: string): Promise<void> {
  const { db } = store;
  const step = function* (): Unit<number> {
    const old = db
      .selectFrom('activity_log')
      .select('id')
      .where('at', '<', cutoff)
      .where('subject_type', '<>', 'import')
      .orderBy('id')
      .limit(STEP);
    return yield* run(db.deleteFrom('activity_log').where('id', 'in', old));
  };
  while ((await store.unit(step)) === STEP);
}

/**
 * Does away with what is older than it is kept, in small units. Each kind goes by itself: a fault
 * of one does not keep the others.
 */
export async function applyRetention(deps: RetentionDeps, kept: Retention): Promise<void> {
  const now = deps.runtime.clock.now();
  const kinds: [string, number | null, (cutoffMs: number) => Promise<unknown>][] = [
    ['leads', kept.leads, (cutoff) => eraseOldLeads(deps, iso(cutoff))],
    ['routing logs', kept.routingLogs, (cutoff) => forgetRoutingLogs(deps, cutoff)],
    ['activity', kept.activity, (cutoff) => forgetActivity(deps, iso(cutoff))],
  ];
  for (const [kind, keptMs, work] of kinds) {
    if (keptMs === null) continue;
    try {
      await work(now - keptMs);
    } catch (error) {
      deps.log.warn('what is too old could not be removed', {
        component: kind,
        ...errorFields(error),
      });
    }
  }
}
