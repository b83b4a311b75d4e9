import { AppError, unavailable } from '../core/errors.js';
import { errorFields, type Log } from '../core/log.js';
import type { Unit } from '../db/unit.js';
import type { RoutingDeps } from '../routing/assignment/ports.js';
import {
  intakeUnit,
  type IntakeJob,
  type IntakeOutcome,
  type IntakeUnitResult,
  type JobResult,
} from './intake-unit.js';

export interface Intake {
  /**
   * Stores and routes the job's leads and resolves after the commit. Jobs that wait at the same
   * time share one transaction.
   * Errors: 429 `overloaded` when too many leads wait; 503 when the database cannot be written
   * (nothing of the job was stored).
   */
  submit<R>(job: IntakeJob<R>): Promise<R>;
  /** Leads waiting for their unit. */
  waiting(): number;
}

export interface IntakeDeps {
  routing: RoutingDeps;
  log: Log;
  /** Told when a new month gave orders capacity again. */
  capacityChanged: () => void;
  /** Leads that one unit takes, unless a single job brings more. */
  maxPerUnit?: number;
  /** Leads that may wait. */
  maxWaiting?: number;
}

interface Entry {
  job: IntakeJob<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

const DEFAULT_MAX_PER_UNIT = 128;
const DEFAULT_MAX_WAITING = 10_000;

/**
 * Group commit: one unit runs at a time and takes what has gathered meanwhile. If a unit fails it
 * is rolled back and its jobs run again alone, so that one bad lead does not take others along.
 */
export function createIntake(deps: IntakeDeps): Intake {
  const { routing, log } = deps;
  const maxPerUnit = deps.maxPerUnit ?? DEFAULT_MAX_PER_UNIT;
  const maxWaiting = deps.maxWaiting ?? DEFAULT_MAX_WAITING;
  let queue: Entry[] = [];
  let waiting = 0;
  let running = false;

  const takeBatch = (): Entry[] => {
    let leads = 0;
    let count = 0;
    for (const { job } of queue) {
      if (count > 0 && leads + job.leads.length > maxPerUnit) break;
      leads += job.leads.length;
      count += 1;
    }
    const batch = queue.slice(0, count);
    queue = queue.slice(count);
    waiting -= leads;
    return batch;
  };

  const runUnit = async (
    jobs: () => readonly IntakeJob<unknown>[],
    storeOnly: boolean,
  ): Promise<JobResult<unknown>[]> => {
    const done: IntakeUnitResult<unknown> = await routing.store.unit(
      () => intakeUnit(routing, jobs(), storeOnly),
      { lock: 'routing' },
    );
    done.session.committed();
    if (done.resets > 0) deps.capacityChanged();
    return done.results;
  };

  /** One job alone; a job without a key is divided into its leads when it fails as a whole. */
  const runAlone = async (job: IntakeJob<unknown>): Promise<JobResult<unknown>> => {
    for (const storeOnly of [false, true]) {
      try {
        const [result] = await runUnit(() => [job], storeOnly);
        if (result !== undefined) return result;
      } catch (error) {
        if (isUnavailable(error)) return { ok: false, error };
        log.error('intake unit failed', { count: job.leads.length, ...errorFields(error) });
        if (job.leads.length > 1 && job.before === undefined) return divide(job);
      }
    }
    return {
      ok: false,
      error: unavailable('lead_not_stored', 'The lead could not be stored. Send it again.'),
    };
  };

  /** Each lead in a unit of its own. What is stored is answered as stored, whatever befalls others. */
  const divide = async (job: IntakeJob<unknown>): Promise<JobResult<unknown>> => {
    const outcomes: IntakeOutcome[] = [];
    for (const lead of job.leads) {
      const single: IntakeJob<unknown> = { leads: [lead], after: keepOutcomes };
      const result = await runAlone(single);
      if (result.ok) outcomes.push(...(result.value as IntakeOutcome[]));
      else outcomes.push({ error: result.error });
    }
    const failed = outcomes.find((outcome) => 'error' in outcome);
    if (failed !== undefined && outcomes.every((outcome) => 'error' in outcome)) {
      return { ok: false, error: failed.error };
    }
    return { ok: true, value: finish(job.after(outcomes)) };
  };

  const settle = (entry: Entry, result: JobResult<unknown> | undefined): void => {
    if (result === undefined) entry.reject(new Error('A unit gave no result for a job.'));
    else if (result.ok) entry.resolve(result.value);
    else entry.reject(result.error);
  };

  const runBatch = async (batch: readonly Entry[]): Promise<void> => {
    try {
      const results = await runUnit(() => batch.map((entry) => entry.job), false);
      batch.forEach((entry, index) => settle(entry, results[index]));
    } catch (error) {
      if (isUnavailable(error)) {
        for (const entry of batch) entry.reject(error);
        return;
      }
      log.error('intake unit failed, running its jobs alone', {
        count: batch.length,
        ...errorFields(error),
      });
      for (const entry of batch) {
        try {
          settle(entry, await runAlone(entry.job));
        } catch (fault) {
          // Whatever befalls one, those behind it get their turn.
          entry.reject(fault);
        }
      }
    }
  };

  const pump = async (): Promise<void> => {
    while (queue.length > 0) {
      // The requests of this turn of the event loop come along.
      await new Promise((resolve) => setImmediate(resolve));
      await runBatch(takeBatch());
    }
    running = false;
  };

  return {
    submit<R>(job: IntakeJob<R>): Promise<R> {
      if (waiting + job.leads.length > maxWaiting) {
        return Promise.reject(
          new AppError('overloaded', 429, 'Too many leads are waiting. Try again in a moment.', {
            retryAfter: 1,
          }),
        );
      }
      return new Promise<R>((resolve, reject) => {
        queue.push({
          job: job as IntakeJob<unknown>,
          resolve: resolve as (value: unknown) => void,
          reject,
        });
        waiting += job.leads.length;
        if (!running) {
          running = true;
          void pump();
        }
      });
    },
    waiting: () => waiting,
  };
}

function isUnavailable(error: unknown): error is AppError {
  return error instanceof AppError && error.status >= 500;
}

/** The answer of a job without a key: it writes nothing, so it needs no unit of its own. */
function finish(unit: Unit<unknown>): unknown {
  const end = unit.next();
  if (end.done !== true) throw new Error('A job without a key must not write its answer.');
  return end.value;
}

function* keepOutcomes(outcomes: IntakeOutcome[]) {
  yield* [];
  return outcomes;
}
