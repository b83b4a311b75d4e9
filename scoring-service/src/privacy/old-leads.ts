import { iso } from '../core/clock.js';
import { AppError } from '../core/errors.js';
import type { Log } from '../core/log.js';
import { SYSTEM } from '../events/activity.js';
import { erasePerson, type EraseDeps } from './erase.js';
import { holdingsOf, withMerged } from './find.js';
import { behind, chunks, LOOK } from './steps.js';

export interface RetentionDeps extends EraseDeps {
  log: Log;
}

/** Leads that one unit erases: each touches a dozen tables. */
const LEADS = 25;

/**
 * Erases the personal data of leads about which nothing has happened since `cutoff` (ISO), with
 * the leads that were merged into them. Leads with an open task or a time that is still to come
 * are not old; one of which something is on its way is left for the next time.
 */
export async function eraseOldLeads(deps: RetentionDeps, cutoff: string): Promise<void> {
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
  const held = await holdingsOf(store, await withMerged(store, ids));
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
