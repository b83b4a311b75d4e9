import type { Clock, NewId } from '../core/clock.js';
import { AppError } from '../core/errors.js';
import { errorFields, type Log } from '../core/log.js';
import type { Store } from '../db/store.js';
import type { ClaimResult, Finished, Job, JobSource } from './source.js';

export interface RunnerDeps {
  store: Store;
  clock: Clock;
  newId: NewId;
  log: Log;
}

/** The units of work that a runner makes of a source's parts. */
export interface Units<J extends Job, R> {
  /** Writes what has finished and claims into `limit` free slots, all in one transaction. */
  run(finished: readonly Finished<J, R>[], limit: number): Promise<ClaimResult<J> | undefined>;
  /**
   * Writes results one by one, so that one that cannot be written does not take its neighbours
   * along: it is dropped, and its row becomes due again when the lease ends.
   * @returns what is left because the database went away
   */
  completeSingly(finished: readonly Finished<J, R>[]): Promise<readonly Finished<J, R>[]>;
  giveBack(jobs: readonly J[]): Promise<void>;
}

/** The database is away or locked: what was to be written is kept and tried again. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof AppError && error.status === 503;
}

export function createUnits<J extends Job, R, Effect>(
  source: JobSource<J, R, Effect>,
  { store, clock, newId, log }: RunnerDeps,
  leaseMs: number,
  running: ReadonlyMap<string, number>,
): Units<J, R> {
  const run: Units<J, R>['run'] = async (finished, limit) => {
    const work = function* () {
      const made = finished.length === 0 ? [] : [yield* source.complete(finished)];
      if (limit <= 0) return { effects: made, claimed: undefined };
      const at = clock.now();
      const request = { claimId: newId(), at, leaseUntil: at + leaseMs, limit, running };
      return { effects: made, claimed: yield* source.claim(request) };
    };
    const { effects, claimed } = await store.unit(work, { shared: true });
    for (const effect of effects) source.completed?.(effect);
    claimed?.committed?.();
    return claimed;
  };

  return {
    run,
    async completeSingly(finished) {
      for (const [index, one] of finished.entries()) {
        try {
          await run([one], 0);
        } catch (error) {
          if (isUnavailable(error)) return finished.slice(index);
          log.error(`${source.name}: a result could not be written`, {
            job_id: one.job.id,
            ...errorFields(error),
          });
        }
      }
      return [];
    },
    async giveBack(jobs) {
      if (jobs.length > 0) await store.unit(() => source.giveBack(jobs));
    },
  };
}
