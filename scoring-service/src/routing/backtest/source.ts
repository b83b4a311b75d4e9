import { iso, type Runtime } from '../../core/clock.js';
import { AppError } from '../../core/errors.js';
import { errorFields, type Log, type LogFields } from '../../core/log.js';
import type { Store } from '../../db/store.js';
import type { BacktestsTable } from '../../db/tables/backtests.js';
import { all, first, insertMany, run, type Unit } from '../../db/unit.js';
import type { Job, JobSource } from '../../jobs/source.js';
import type { BacktestReport } from './run.js';
import type { RunInThread, ThreadEnd } from './thread.js';
import type { BacktestPlan } from './types.js';

/** Told when a backtest is asked for or cancelled. */
export const BACKTEST_CHANNEL = 'backtests';

export interface BacktestJobClaim extends Job {
  claimId: string;
  run: number;
  plan: BacktestPlan;
}

/** `lost`: cancelled, or claimed by another process; nothing is left to write. */
export type RunEnd = ThreadEnd | { kind: 'lost' };

export interface SourceOptions {
  store: Store;
  runtime: Runtime;
  log: Log;
  runInThread: RunInThread;
  /** How long a claim holds without a sign of life. */
  leaseMs: number;
  /** How often a run shows that it lives. */
  heartbeatMs: number;
  /** How long a backtest that has ended is kept. */
  keptMs: number;
}

export interface BacktestSource extends JobSource<BacktestJobClaim, RunEnd> {
  /** Looks whether what runs here is still wanted, and ends what is not. */
  check(): Promise<void>;
}

/** A process may die twice in the course of a run; then the run is taken to be what kills it. */
const MAX_LAPSES = 2;
/** When a run whose database was away begins again. */
const AGAIN_AFTER_MS = 5000;

const INTERRUPTED =
  'The service ended three times in the course of this backtest, so it was given up. Try a shorter range.';
const FAILED =
  'The backtest ended with an error, which the log of the service names. Try it again.';

class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
}

/** How a run ended whose thread died or whose report was not taken. */
function endOf(error: unknown): RunEnd {
  if (error instanceof ClaimLost) return { kind: 'lost' };
  const away = error instanceof AppError && error.status === 503;
  return { kind: away ? 'unavailable' : 'failed', error: errorFields(error) };
}

/** Backtests as work for the runner: each in a thread of its own, its writes through the store. */
export function createBacktestSource(options: SourceOptions): BacktestSource {
  const { store, runtime, log, runInThread } = options;
  const { db } = store;
  const checks = new Map<string, () => Promise<void>>();

  const now = (): string => iso(runtime.clock.now());
  const leaseEnd = (): string => iso(runtime.clock.now() + options.leaseMs);

  const ended = (status: BacktestsTable['status'], extra: Partial<BacktestsTable> = {}) => ({
    status,
    plan: null,
    due_at: null,
    ended_at: now(),
    expires_at: iso(runtime.clock.now() + options.keptMs),
    ...extra,
  });

  /** The row, as long as the claim holds and nobody has cancelled it. */
  const claimed = ({ id, claimId }: BacktestJobClaim) =>
    db
      .updateTable('backtests')
      .where('id', '=', id)
      .where('claim_id', '=', claimId)
      .where('status', '=', 'running');

  /** Shows that the run lives; throws ClaimLost when it is no longer wanted. */
  function* touch(job: BacktestJobClaim, progress: Partial<BacktestsTable> = {}): Unit<void> {
    const changed = yield* run(claimed(job).set({ ...progress, due_at: leaseEnd() }));
    if (changed === 0) throw new ClaimLost('The backtest is no longer claimed.');
  }

  const take = (job: BacktestJobClaim, report: BacktestReport): Promise<void> =>
    store.unit(
      function* () {
        const { leadsDone: leads_done, leadsTotal: leads_total } = report;
        yield* touch(job, { leads_done, leads_total });
        yield* insertMany(
          'backtest_differences',
          report.differences.map(({ baseline, proposed, ...difference }) => ({
            backtest_id: job.id,
            run: job.run,
            ...difference,
            baseline_status: baseline.status,
            baseline_order_id: baseline.order_id,
            baseline_reason_code: baseline.reason_code,
            proposed_status: proposed.status,
            proposed_order_id: proposed.order_id,
            proposed_reason_code: proposed.reason_code,
          })),
        );
      },
      { shared: true },
    );

  const toldOf = (job: BacktestJobClaim, fields: LogFields) => ({ ...fields, job_id: job.id });

  const runJob = async (job: BacktestJobClaim, signal: AbortSignal): Promise<RunEnd> => {
    const unwanted = new AbortController();
    const check = (): Promise<void> =>
      store
        .unit(() => touch(job), { shared: true })
        .catch((error: unknown) => {
          // A database that is away is told by the next report, or ends the claim.
          if (error instanceof ClaimLost) unwanted.abort();
        });
    const heartbeat = setInterval(() => void check(), options.heartbeatMs);
    checks.set(job.id, check);
    try {
      const stop = AbortSignal.any([signal, unwanted.signal]);
      const end = await runInThread(job.plan, (report) => take(job, report), stop);
      return end.kind === 'stopped' && unwanted.signal.aborted ? { kind: 'lost' } : end;
    } catch (error) {
      return endOf(error);
    } finally {
      clearInterval(heartbeat);
      checks.delete(job.id);
    }
  };

  function* begin(
    row: Pick<BacktestsTable, 'id' | 'status' | 'run' | 'lapses' | 'plan' | 'started_at'>,
    claimId: string,
    leaseUntil: number,
  ): Unit<BacktestJobClaim | null> {
    const update = db.updateTable('backtests').where('id', '=', row.id);
    // Its claim ran out: the process that had it is gone.
    const lapses = row.lapses + (row.status === 'running' ? 1 : 0);
    if (row.plan === null || lapses > MAX_LAPSES) {
      const error = { error_code: 'interrupted', error: INTERRUPTED, lapses };
      yield* run(update.set(ended('failed', error)));
      log.error('a backtest was given up', { job_id: row.id, attempt: row.run });
      return null;
    }
    const next = row.run + 1;
    yield* run(
      update.set({
        status: 'running',
        run: next,
        lapses,
        leads_done: 0,
        started_at: row.started_at ?? now(),
        claim_id: claimId,
        due_at: iso(leaseUntil),
      }),
    );
    const plan = JSON.parse(row.plan) as BacktestPlan;
    return { id: row.id, group: 'backtests', claimId, run: next, plan };
  }

  return {
    name: 'backtests',
    channel: BACKTEST_CHANNEL,

    *claim({ claimId, at, leaseUntil, limit }) {
      // Index: backtests_due. What has ended is not due.
      const rows = yield* all(
        store.locked(
          db
            .selectFrom('backtests')
            .select(['id', 'status', 'run', 'lapses', 'plan', 'started_at'])
            .where('due_at', '<=', iso(at))
            .orderBy('due_at')
            .orderBy('id')
            .limit(limit),
          'skip',
        ),
      );
      const jobs: BacktestJobClaim[] = [];
      for (const row of rows) {
        const job = yield* begin(row, claimId, leaseUntil);
        if (job !== null) jobs.push(job);
      }
      const next = yield* first(
        db
          .selectFrom('backtests')
          .select('due_at')
          .where('due_at', '>', iso(at))
          .orderBy('due_at')
          .limit(1),
      );
      return {
        jobs,
        more: rows.length === limit,
        nextDueAt: next?.due_at == null ? null : Date.parse(next.due_at),
      };
    },

    run: runJob,

    *complete(finished): Unit<void> {
      for (const { job, result: end } of finished) {
        switch (end.kind) {
          case 'done':
            yield* run(claimed(job).set(ended('done', { result: JSON.stringify(end.result) })));
            break;
          case 'failed':
            log.error('a backtest failed', toldOf(job, end.error));
            yield* run(
              claimed(job).set(ended('failed', { error_code: 'backtest_failed', error: FAILED })),
            );
            break;
          case 'unavailable':
            log.warn('a backtest begins again later', toldOf(job, end.error));
            yield* run(
              claimed(job).set({
                status: 'waiting',
                claim_id: null,
                due_at: iso(runtime.clock.now() + AGAIN_AFTER_MS),
              }),
            );
            break;
          case 'stopped':
            yield* run(claimed(job).set({ status: 'waiting', claim_id: null, due_at: now() }));
            break;
          case 'lost':
            break;
        }
      }
    },

    *giveBack(jobs): Unit<void> {
      for (const job of jobs) {
        yield* run(claimed(job).set({ status: 'waiting', claim_id: null, due_at: now() }));
      }
    },

    async check() {
      await Promise.all([...checks.values()].map((check) => check()));
    },
  };
}
