import { errorFields, type Log } from '../core/log.js';
import { iso } from '../core/clock.js';
import { all, updateMany, type Unit } from '../db/unit.js';
import type { RoutingDeps } from '../routing/assignment/ports.js';
import { openSession, routedColumns, type RoutingSession } from '../routing/assignment/session.js';

export interface UnassignedRetry {
  /** Orders changed so that waiting leads may fit: starts a sweep, or one more after the running. */
  kick(): void;
  /** Resolves when no sweep runs or is due. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

export interface RetryDeps {
  routing: RoutingDeps;
  knownSets: Set<string>;
  log: Log;
  /** Leads that have waited longer are left alone; 0 = never retry. */
  maxAgeHours: number;
}

/** Small, so that live intake gets its turn between two of them. */
const UNIT_SIZE = 50;
const AGAIN_AFTER_FAULT_MS = 5000;

interface Cursor {
  queuedAt: string;
  leadId: string;
}

/** Routes the oldest waiting leads after `cursor`, at most 50; null when there are no more. */
function* retryUnit(
  { routing, knownSets, log }: RetryDeps,
  oldest: string,
  cursor: Cursor | null,
): Unit<{ next: Cursor | null; session: RoutingSession } | null> {
  const { store, runtime } = routing;
  const at = runtime.clock.now();
  // Index: unassigned_leads_by_age (queued_at, lead_id).
  let query = store.db
    .selectFrom('unassigned_leads')
    .innerJoin('leads', 'leads.id', 'unassigned_leads.lead_id')
    .selectAll('leads')
    .select(['unassigned_leads.queued_at', 'unassigned_leads.tries'])
    .where('unassigned_leads.queued_at', '>=', cursor?.queuedAt ?? oldest);
  if (cursor !== null) {
    query = query.where((where) =>
      where.or([
        where('unassigned_leads.queued_at', '>', cursor.queuedAt),
        where('unassigned_leads.lead_id', '>', cursor.leadId),
      ]),
    );
  }
  const rows = yield* all(
    query
      .orderBy('unassigned_leads.queued_at')
      .orderBy('unassigned_leads.lead_id')
      .limit(UNIT_SIZE),
  );
  const last = rows.at(-1);
  if (last === undefined) return null;
  const { session } = yield* openSession(routing, knownSets);
  const changed = rows.map(({ queued_at: waitedSince, tries, ...lead }) => {
    try {
      session.route(lead, 'retry', at, { waitedSince, tries });
    } catch (error) {
      log.error('retry failed', { lead_id: lead.id, ...errorFields(error) });
      session.fail(lead, 'retry', at, { waitedSince, tries });
    }
    return routedColumns(lead);
  });
  yield* updateMany('leads', changed);
  yield* session.flush(at);
  return {
    next: rows.length < UNIT_SIZE ? null : { queuedAt: last.queued_at, leadId: last.id },
    session,
  };
}

/**
 * Tries waiting leads again, oldest first, when orders are created, resumed or get capacity. One
 * sweep runs at a time; a change during it starts another. A restart sweeps once, so that a change
 * whose sweep was cut off is not forgotten.
 */
export function createUnassignedRetry(deps: RetryDeps): UnassignedRetry {
  let due = false;
  let stopped = false;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const sweep = async (): Promise<void> => {
    const { store, runtime } = deps.routing;
    const oldest = iso(runtime.clock.now() - deps.maxAgeHours * 3_600_000);
    let cursor: Cursor | null = null;
    do {
      const from: Cursor | null = cursor;
      const done: { next: Cursor | null; session: RoutingSession } | null = await store.unit(
        () => retryUnit(deps, oldest, from),
        { lock: 'routing' },
      );
      done?.session.committed();
      cursor = done?.next ?? null;
    } while (cursor !== null && !stopped);
  };

  const loop = async (): Promise<void> => {
    while (due && !stopped) {
      due = false;
      try {
        await sweep();
      } catch (error) {
        deps.log.warn('the retry of waiting leads was interrupted', errorFields(error));
        due = true;
        timer = setTimeout(start, AGAIN_AFTER_FAULT_MS).unref();
        break;
      }
    }
    running = undefined;
  };

  const start = (): void => {
    if (!stopped) running ??= loop();
  };

  return {
    kick() {
      if (deps.maxAgeHours <= 0) return;
      due = true;
      start();
    },
    async idle() {
      while (running !== undefined) await running;
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
