import { AppError } from '../core/errors.js';
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
  log: Log;
  /** Leads that have waited longer are left alone; 0 = never retry. */
  maxAgeHours: () => number;
}

/** Small, so that live intake gets its turn between two of them. */
const UNIT_SIZE = 50;
const AGAIN_AFTER_FAULT_MS = 5000;

interface Cursor {
  queuedAt: string;
  leadId: string;
}

/** What one unit of a sweep did; `next` is null when no lead is left. */
interface Swept {
  next: Cursor | null;
  /** Null when nothing was written. */
  session: RoutingSession | null;
  resets: number;
}

/** Waiting leads after `cursor`, oldest first. Index: unassigned_leads_by_age (queued_at, lead_id). */
function waitingAfter({ routing }: RetryDeps, oldest: string, cursor: Cursor | null) {
  const query = routing.store.db
    .selectFrom('unassigned_leads')
    .innerJoin('leads', 'leads.id', 'unassigned_leads.lead_id')
    .where('unassigned_leads.queued_at', '>=', cursor?.queuedAt ?? oldest)
    .orderBy('unassigned_leads.queued_at')
    .orderBy('unassigned_leads.lead_id');
  if (cursor === null) return query;
  return query.where((where) =>
    where.or([
      where('unassigned_leads.queued_at', '>', cursor.queuedAt),
      where('unassigned_leads.lead_id', '>', cursor.leadId),
    ]),
  );
}

/** Routes the next `size` waiting leads after `cursor`; null when there are no more. */
function* retryUnit(
  deps: RetryDeps,
  oldest: string,
  cursor: Cursor | null,
  size: number,
): Unit<Swept | null> {
  const { routing } = deps;
  const at = routing.runtime.clock.now();
  const rows = yield* all(
    waitingAfter(deps, oldest, cursor)
      .selectAll('leads')
      .select(['unassigned_leads.queued_at', 'unassigned_leads.tries'])
      .limit(size),
  );
  const last = rows.at(-1);
  if (last === undefined) return null;
  const { session, resets } = yield* openSession(routing);
  const changed = rows.map(({ queued_at: waitedSince, tries, ...lead }) => {
    try {
      session.route(lead, 'retry', at, { waitedSince, tries });
    } catch (error) {
      routing.onFault(lead.id, error);
      session.fail(lead, 'retry', at, { waitedSince, tries });
    }
    return routedColumns(lead);
  });
  yield* updateMany('leads', changed);
  yield* session.flush(at);
  return {
    next: rows.length < size ? null : { queuedAt: last.queued_at, leadId: last.id },
    session,
    resets,
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

  /** Past a lead whose outcome cannot be written: it stays waiting, those behind it are tried. */
  const skip = async (
    oldest: string,
    cursor: Cursor | null,
    why: unknown,
  ): Promise<Swept | null> => {
    const blocked = await waitingAfter(deps, oldest, cursor)
      .select(['unassigned_leads.queued_at', 'unassigned_leads.lead_id'])
      .limit(1)
      .executeTakeFirst();
    if (blocked === undefined) return null;
    deps.log.error('a waiting lead could not be tried', {
      lead_id: blocked.lead_id,
      ...errorFields(why),
    });
    const next = { queuedAt: blocked.queued_at, leadId: blocked.lead_id };
    return { next, session: null, resets: 0 };
  };

  const sweep = async (): Promise<void> => {
    const { store, runtime } = deps.routing;
    const oldest = iso(runtime.clock.now() - deps.maxAgeHours() * 3_600_000);
    let cursor: Cursor | null = null;
    /** Leads to be tried one by one, after a unit of several failed. */
    let alone = 0;
    do {
      const from: Cursor | null = cursor;
      const size = alone > 0 ? 1 : UNIT_SIZE;
      let done: Swept | null;
      try {
        done = await store.unit(() => retryUnit(deps, oldest, from, size), { lock: 'routing' });
      } catch (error) {
        if (error instanceof AppError) throw error;
        if (size > 1) {
          alone = UNIT_SIZE;
          continue;
        }
        done = await skip(oldest, from, error);
      }
      alone = Math.max(0, alone - 1);
      done?.session?.committed();
      // A month began in the middle: those already tried may fit now.
      if (from !== null && done !== null && done.resets > 0) due = true;
      cursor = done?.next ?? null;
    } while ((cursor !== null || alone === UNIT_SIZE) && !stopped);
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
      if (deps.maxAgeHours() <= 0) return;
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
