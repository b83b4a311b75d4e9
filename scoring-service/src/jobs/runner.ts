import { setMaxListeners } from 'node:events';

import { unavailable } from '../core/errors.js';
import { errorFields } from '../core/log.js';
import type { ClaimResult, Finished, Job, JobSource } from './source.js';
import { createUnits, isUnavailable, type RunnerDeps } from './units.js';

export interface RunnerOptions {
  /** Jobs under way at once. */
  concurrency: number;
  /** How long a claim holds; longer than any job may take, because it is never renewed. */
  leaseMs: number;
  /** How long `stop` waits for jobs under way before it ends them. */
  stopWithinMs?: number;
  /** The safety net: how long at most until it looks for work without having been woken. */
  pollMs?: number;
}

export interface Runner {
  /** Listens for new work and looks for old. Before it, only `tick` does anything. */
  start(): void;
  /** There may be work: looks at once. */
  wake(): void;
  /** Looks for work now and resolves when none is due or under way. */
  tick(): Promise<void>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  /**
   * Claims nothing more and waits for what is under way; what takes too long is ended, and its
   * claim is given back or runs out.
   */
  stop(): Promise<void>;
}

const DEFAULT_STOP_MS = 8000;
const DEFAULT_POLL_MS = 5000;
/** Time to write ends of jobs that were cut off. */
const LAST_WRITES_MS = 2000;
/** Ends of jobs gather this long, so that one transaction writes several. */
const GATHER_MS = 4;
/** … or until there are this many. */
const GATHER_AT = 64;
const MAX_PER_UNIT = 256;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

/** Sleeping longer than this in one go would overflow a timer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The one runner of work that waits in the database. Each cycle is one unit that writes what has
 * finished and claims what is due into the slots that are free; jobs run outside of it. Everything
 * it knows can be lost: what a dead process had claimed becomes due again when the lease ends.
 */
export function createRunner<J extends Job, R, Effect>(
  source: JobSource<J, R, Effect>,
  deps: RunnerDeps,
  options: RunnerOptions,
): Runner {
  const { store, clock, log } = deps;
  const { concurrency } = options;
  const pollMs = options.pollMs ?? DEFAULT_POLL_MS;
  const gatherAt = Math.min(GATHER_AT, concurrency / 2);
  const groups = new Map<string, number>();
  const units = createUnits(source, deps, options.leaseMs, groups);
  const cutOff = new AbortController();
  setMaxListeners(0, cutOff.signal);
  let running = 0;
  let finished: Finished<J, R>[] = [];
  /** A look for work is due. */
  let look = false;
  let cycling = false;
  let started = false;
  let stopping = false;
  let pauseMs = 0;
  let pause: NodeJS.Timeout | undefined;
  let gather: NodeJS.Timeout | undefined;
  let alarm: NodeJS.Timeout | undefined;
  let unlisten: (() => void) | undefined;
  let idleWaiters: (() => void)[] = [];

  const isIdle = (): boolean =>
    !cycling && running === 0 && finished.length === 0 && (!look || stopping);

  const tellIdle = (): void => {
    if (!isIdle()) return;
    const waiters = idleWaiters;
    idleWaiters = [];
    for (const resolve of waiters) resolve();
  };

  const countGroup = (group: string, by: 1 | -1): void => {
    const count = (groups.get(group) ?? 0) + by;
    if (count === 0) groups.delete(group);
    else groups.set(group, count);
  };

  const startJob = (job: J): void => {
    running += 1;
    countGroup(job.group, 1);
    const end = (): void => {
      running -= 1;
      countGroup(job.group, -1);
    };
    source.run(job, cutOff.signal).then(
      (result) => {
        end();
        finished.push({ job, result });
        look = true;
        if (running === 0 || finished.length >= gatherAt) pump();
        else gather ??= setTimeout(pump, GATHER_MS);
      },
      (error: unknown) => {
        // A fault of ours: the row stays claimed and is tried again when its lease ends.
        end();
        log.error(`${source.name}: a job failed`, { job_id: job.id, ...errorFields(error) });
        look = true;
        pump();
        tellIdle();
      },
    );
  };

  const setAlarm = (nextDueAt: number | null): void => {
    if (!started || stopping) return;
    clearTimeout(alarm);
    const dueIn = nextDueAt === null ? pollMs : nextDueAt - clock.now();
    const delay = Math.min(Math.max(dueIn, 1), pollMs, LONGEST_TIMER_MS);
    alarm = setTimeout(wake, delay).unref();
  };

  const cycle = async (): Promise<void> => {
    const batch = finished.splice(0, MAX_PER_UNIT);
    const limit = look && !stopping ? concurrency - running : 0;
    if (limit > 0) look = false;
    let claimed: ClaimResult<J> | undefined;
    try {
      claimed = await units.run(batch, limit);
    } catch (error) {
      look = true;
      if (isUnavailable(error) || batch.length === 0) {
        finished = [...batch, ...finished];
        throw error;
      }
      log.error(`${source.name}: results could not be written together`, errorFields(error));
      const left = await units.completeSingly(batch);
      if (left.length > 0) {
        finished = [...left, ...finished];
        throw unavailable('database_unavailable', 'The database went away in between.', error);
      }
      return;
    }
    if (claimed === undefined) return;
    if (stopping) {
      await units.giveBack(claimed.jobs);
      return;
    }
    for (const job of claimed.jobs) startJob(job);
    if (claimed.more) look = true;
    setAlarm(claimed.nextDueAt);
  };

  /** Whether another cycle has something to do now. */
  const isDue = (): boolean => {
    if (finished.length > 0 && (running === 0 || finished.length >= gatherAt)) return true;
    return look && !stopping && finished.length === 0 && running < concurrency;
  };

  const turn = async (): Promise<void> => {
    try {
      do await cycle();
      while (isDue());
      pauseMs = 0;
      if (finished.length > 0) gather ??= setTimeout(pump, GATHER_MS);
    } catch (error) {
      pauseMs = Math.min(Math.max(pauseMs * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
      log.warn(`${source.name}: interrupted`, errorFields(error));
      pause = setTimeout(() => {
        pause = undefined;
        pump();
      }, pauseMs);
    }
    cycling = false;
    tellIdle();
  };

  function pump(): void {
    clearTimeout(gather);
    gather = undefined;
    if (cycling || pause !== undefined) return;
    if (finished.length === 0 && (!look || stopping || running >= concurrency)) return;
    cycling = true;
    void turn();
  }

  function wake(): void {
    if (!started || stopping) return;
    look = true;
    pump();
  }

  const idle = (): Promise<void> =>
    isIdle()
      ? Promise.resolve()
      : new Promise((resolve) => {
          idleWaiters.push(resolve);
        });

  return {
    start() {
      if (started) return;
      started = true;
      unlisten = store.listen(source.channel, wake);
      wake();
    },
    wake,
    tick() {
      look = true;
      clearTimeout(pause);
      pause = undefined;
      pump();
      return idle();
    },
    idle,
    async stop() {
      stopping = true;
      unlisten?.();
      clearTimeout(alarm);
      const within = options.stopWithinMs ?? DEFAULT_STOP_MS;
      const cut = setTimeout(() => cutOff.abort(), within);
      let giveUp: NodeJS.Timeout | undefined;
      const outOfTime = new Promise<void>((resolve) => {
        giveUp = setTimeout(resolve, within + LAST_WRITES_MS);
      });
      pump();
      await Promise.race([idle(), outOfTime]);
      clearTimeout(cut);
      clearTimeout(giveUp);
      clearTimeout(gather);
      clearTimeout(pause);
    },
  };
}
