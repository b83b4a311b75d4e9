import { iso, type Runtime } from '../../core/clock.js';
import { AppError, conflict, notFound } from '../../core/errors.js';
import { errorFields, type Log } from '../../core/log.js';
import type { Store } from '../../db/store.js';
import { first, notify, run, type Unit } from '../../db/unit.js';
import { createRunner, type Runner } from '../../jobs/runner.js';
import type { RoutingRules } from '../engine/index.js';
import type { BacktestJob } from './answer-schema.js';
import { forgetOldBacktests } from './housekeeping.js';
import { makePlan, requestOf } from './plan.js';
import { JOB_COLUMNS, toJob } from './queries.js';
import type { BacktestInput } from './request-schema.js';
import { BACKTEST_CHANNEL, createBacktestSource } from './source.js';
import type { RunInThread } from './thread.js';
import type { BacktestPlan, ReplayRules } from './types.js';

export interface BacktestsOptions {
  store: Store;
  runtime: Runtime;
  log: Log;
  /** The rules of routing as they hold now. */
  rules: () => RoutingRules;
  replay: () => ReplayRules;
  runInThread: RunInThread;
}

/** Everything of backtests that the rest of the service uses. */
export interface Backtests {
  runner: Runner;
  /** What is to be run, with the orders as they stand now. Errors: 400. */
  plan(input: BacktestInput): Promise<BacktestPlan>;
  /** Stores a backtest that waits for its turn. Errors: 429 when too many wait already. */
  ask(plan: BacktestPlan, createdBy: string): Unit<BacktestJob>;
  /** Ends a backtest that waits or runs; 404, or 409 `already_ended`. */
  cancel(id: string): Unit<BacktestJob>;
  /** After the commit of `cancel`: a run in this process ends at once. */
  cancelled(): Promise<void>;
  /** Forgets what has been kept long enough. */
  forget(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

/** Each takes a processor while it runs. */
const CONCURRENCY = 2;
const MAX_WAITING = 20;
/** Several heartbeats long, so that a busy process does not lose its claim. */
const LEASE_MS = 60_000;
const HEARTBEAT_MS = 10_000;
/** How long a backtest that has ended is kept. */
const KEPT_MS = 7 * 86_400_000;

/** Puts the parts of backtesting together. */
export function createBacktests(options: BacktestsOptions): Backtests {
  const { store, runtime, log } = options;
  const { db } = store;
  const source = createBacktestSource({
    store,
    runtime,
    log,
    runInThread: options.runInThread,
    leaseMs: LEASE_MS,
    heartbeatMs: HEARTBEAT_MS,
    keptMs: KEPT_MS,
  });
  const runner = createRunner(
    source,
    { store, clock: runtime.clock, newId: runtime.newId, log },
    // A run is begun again elsewhere or later, so nobody waits for it when the service stops.
    { concurrency: CONCURRENCY, leaseMs: LEASE_MS, stopWithinMs: 0 },
  );
  let unlisten: (() => void) | undefined;

  return {
    runner,
    plan: (input) =>
      makePlan(input, {
        db,
        now: runtime.clock.now(),
        rules: options.rules(),
        replay: options.replay(),
      }),

    *ask(plan, createdBy) {
      const waiting = yield* first(
        db
          .selectFrom('backtests')
          .select((select) => select.fn.countAll<number>().as('n'))
          .where('status', '=', 'waiting'),
      );
      if (Number(waiting?.n ?? 0) >= MAX_WAITING) {
        throw new AppError(
          'too_many_backtests',
          429,
          `${MAX_WAITING} backtests are waiting already. Try again when some are done, or cancel some.`,
          { retryAfter: 60 },
        );
      }
      const at = iso(runtime.clock.now());
      const row = {
        id: runtime.newId(),
        status: 'waiting' as const,
        request: JSON.stringify(requestOf(plan)),
        plan: JSON.stringify(plan),
        run: 0,
        lapses: 0,
        leads_done: 0,
        leads_total: null,
        result: null,
        error_code: null,
        error: null,
        created_by: createdBy,
        created_at: at,
        started_at: null,
        ended_at: null,
        expires_at: null,
        claim_id: null,
        due_at: at,
      };
      yield* run(db.insertInto('backtests').values(row));
      yield* notify(BACKTEST_CHANNEL);
      return toJob(row);
    },

    *cancel(id) {
      const row = yield* first(
        store.locked(db.selectFrom('backtests').select(JOB_COLUMNS).where('id', '=', id), 'wait'),
      );
      if (row === undefined) throw notFound('backtest', id);
      if (row.status === 'cancelled') return toJob(row);
      if (row.status !== 'waiting' && row.status !== 'running') {
        throw conflict(
          'already_ended',
          `The backtest is ${row.status}: nothing is left to cancel.`,
        );
      }
      const at = runtime.clock.now();
      const ended = {
        status: 'cancelled' as const,
        plan: null,
        due_at: null,
        ended_at: iso(at),
        expires_at: iso(at + KEPT_MS),
      };
      yield* run(db.updateTable('backtests').set(ended).where('id', '=', id));
      yield* notify(BACKTEST_CHANNEL);
      return toJob({ ...row, ...ended });
    },

    cancelled: () => source.check(),
    forget: () => forgetOldBacktests(store, runtime.clock.now()),

    start() {
      runner.start();
      unlisten ??= store.listen(BACKTEST_CHANNEL, () => {
        source
          .check()
          .catch((error: unknown) => log.warn('backtests were not checked', errorFields(error)));
      });
    },
    async stop() {
      unlisten?.();
      await runner.stop();
    },
  };
}
