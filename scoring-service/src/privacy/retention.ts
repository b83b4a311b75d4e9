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

/** How long each kind is kept, milliseconds; null: for ever. */
export interface Kept {
  leads: number | null;
  routingLogs: number | null;
  activity: number | null;
}

/** Rows looked at together, and rows that one unit changes: nobody waits long for the write lane. */
const LOOK = 1000;
const STEP = 100;
/** Leads that one unit erases: each touches a dozen tables. */
const LEADS = 25;

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
async function eraseOldLeads(deps: RetentionDeps, cutoff: string): Promise<void> {
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
    for (const some of chunks(quiet, LEADS)) {
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
  if (erased > 0) log.info('personal data was erased by age', { count: erased });
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

/**
 * Erases what came in before `cutoff` (ISO) and never became part of a lead. Ids follow the order of
 * arrival, so that each time goes on where the last one ended.
 */
async function eraseOldLoose(
  deps: RetentionDeps,
  cutoff: string,
  places: { source_events: string; messages: string },
): Promise<void> {
  const { store } = deps;
  const { db } = store;
  const pages = {
    source_events: () =>
      db
        .selectFrom('source_events')
        .select(['id', 'lead_id', 'received_at as at'])
        .where('id', '>', places.source_events)
        .orderBy('id')
        .limit(LOOK)
        .execute(),
    messages: () =>
      db
        .selectFrom('messages')
        .select(['id', 'lead_id', 'created_at as at'])
        .where('id', '>', places.messages)
        .orderBy('id')
        .limit(LOOK)
        .execute(),
  };
  for (const table of ['source_events', 'messages'] as const) {
    for (;;) {
      const page = await pages[table]();
      const young = page.findIndex(({ at }) => at >= cutoff);
      const old = young === -1 ? page : page.slice(0, young);
      const loose = old.filter(({ lead_id }) => lead_id === null).map(({ id }) => id);
      for (const some of chunks(loose, STEP)) {
        await store.unit(() => eraseLoose(deps, { [table]: some }));
      }
      places[table] = old.at(-1)?.id ?? places[table];
      if (old.length < LOOK) break;
    }
  }
  const calls = await db
    .selectFrom('calls')
    .select('key')
    .where('lead_id', 'is', null)
    .where('created_at', '<', cutoff)
    .where((where) =>
      where.or([
        where('recording_url', 'is not', null),
        where('transcription_url', 'is not', null),
      ]),
    )
    .execute();
  const keys = calls.map(({ key }) => key);
  for (const some of chunks(keys, STEP)) await store.unit(() => eraseLoose(deps, { calls: some }));
}

/** Empties the routing logs of decisions before `cutoff`; outcomes, scores and reasons stay. */
async function forgetRoutingLogs(
  { store }: RetentionDeps,
  cutoffMs: number,
  places: { decisions: [string, string] },
): Promise<void> {
  const { db } = store;
  const cutoff = iso(cutoffMs);
  for (;;) {
    const page = await db
      .selectFrom('decisions')
      .select(['id', 'at', 'set_id'])
      .where(behind('at', 'id', places.decisions))
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
    if (last === undefined) break;
    places.decisions = [last.at, last.id];
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

/** Does away with what is older than it is kept. */
export interface Retention {
  /** Once over everything that is due, in small units. A fault of one kind does not keep the others. */
  apply(): Promise<void>;
}

export function createRetention(deps: RetentionDeps, kept: Kept): Retention {
  // Where the last time ended; forgotten with the process, which then looks from the beginning.
  const places = {
    source_events: '',
    messages: '',
    decisions: ['', ''] as [string, string],
  };
  const kinds: [string, number | null, (cutoffMs: number) => Promise<void>][] = [
    ['leads', kept.leads, (cutoff) => eraseOldLeads(deps, iso(cutoff))],
    ['what has no lead', kept.leads, (cutoff) => eraseOldLoose(deps, iso(cutoff), places)],
    ['routing logs', kept.routingLogs, (cutoff) => forgetRoutingLogs(deps, cutoff, places)],
    ['activity', kept.activity, (cutoff) => forgetActivity(deps, iso(cutoff))],
  ];
  return {
    async apply() {
      const now = deps.runtime.clock.now();
      for (const [kind, keptMs, work] of kinds) {
        if (keptMs === null) continue;
        try {
          await work(now - keptMs);
        } catch (error) {
          const fields = { component: kind, ...errorFields(error) };
          deps.log.warn('what is too old could not be removed', fields);
        }
      }
    },
  };
}
