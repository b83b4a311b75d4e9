import { conflict, notFound } from '../../core/errors.js';
import {
  decodeCursor,
  invalidCursor,
  newestPage,
  pageOf,
  type Page,
  type Paging,
} from '../../core/paging.js';
import type { Store } from '../../db/store.js';
import type {
  BacktestDifferencesTable,
  BacktestsTable,
  DifferenceKind,
} from '../../db/tables/backtests.js';
import {
  LIMITS,
  type BacktestJob,
  type BacktestRequest,
  type BacktestWithResult,
} from './answer-schema.js';
import type { BacktestResult, Difference, Outcome } from './types.js';

/** The columns of a job, without its large ones. */
export const JOB_COLUMNS = [
  'id',
  'status',
  'request',
  'run',
  'leads_done',
  'leads_total',
  'error_code',
  'error',
  'created_by',
  'created_at',
  'started_at',
  'ended_at',
  'expires_at',
] as const;

type JobRow = Pick<BacktestsTable, (typeof JOB_COLUMNS)[number]>;

function shareOf({ status, leads_done, leads_total }: JobRow): number {
  if (status === 'done') return 1;
  return leads_total === null || leads_total === 0 ? 0 : Math.min(1, leads_done / leads_total);
}

/** A backtest as the API shows it. */
export function toJob(row: JobRow): BacktestJob {
  const { leads_done, leads_total, error_code } = row;
  return {
    id: row.id,
    status: row.status,
    progress: { leads_done, leads_total, share: shareOf(row) },
    request: JSON.parse(row.request) as BacktestRequest,
    error: error_code === null ? null : { code: error_code, message: row.error ?? error_code },
    runs: row.run,
    created_by: row.created_by,
    created_at: row.created_at,
    started_at: row.started_at,
    ended_at: row.ended_at,
    expires_at: row.expires_at,
  };
}

export function withResult(row: JobRow & Pick<BacktestsTable, 'result'>): BacktestWithResult {
  return {
    ...toJob(row),
    limits: [...LIMITS],
    result: row.result === null ? null : (JSON.parse(row.result) as BacktestResult),
  };
}

/** A backtest with its result; 404 when there is none, or no longer. */
export async function getBacktest({ db }: Store, id: string): Promise<BacktestWithResult> {
  const row = await db
    .selectFrom('backtests')
    .select([...JOB_COLUMNS, 'result'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw notFound('backtest', id);
  return withResult(row);
}

/** Backtests without their results, newest first. */
export function listBacktests({ db }: Store, paging: Paging): Promise<Page<BacktestJob>> {
  return newestPage(db.selectFrom('backtests').select(JOB_COLUMNS), paging, toJob);
}

function outcome(status: string, order_id: string | null, reason_code: string | null): Outcome {
  return { status: status as Outcome['status'], order_id, reason_code };
}

function toDifference(row: BacktestDifferencesTable): Difference {
  return {
    position: row.position,
    lead_id: row.lead_id,
    arrived_at: row.arrived_at,
    kind: row.kind,
    baseline: outcome(row.baseline_status, row.baseline_order_id, row.baseline_reason_code),
    proposed: outcome(row.proposed_status, row.proposed_order_id, row.proposed_reason_code),
  };
}

/**
 * The leads that went another way, in the order of arrival. Errors: 404; 409 `not_done` as long as
 * there is no result; 400 for a cursor that is not of such a list.
 */
export async function listDifferences(
  { db }: Store,
  id: string,
  { limit, cursor, kind }: Paging & { kind?: DifferenceKind },
): Promise<Page<Difference>> {
  const job = await db
    .selectFrom('backtests')
    .select(['status', 'run'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (job === undefined) throw notFound('backtest', id);
  if (job.status !== 'done') {
    throw conflict('not_done', `The backtest is ${job.status}: it has no differences to show.`);
  }
  const [after = '0'] = cursor === undefined ? [] : decodeCursor(cursor, 1);
  if (!/^\d{1,9}$/.test(after)) throw invalidCursor();
  // Index: the primary key (backtest_id, run, position).
  let query = db
    .selectFrom('backtest_differences')
    .selectAll()
    .where('backtest_id', '=', id)
    .where('run', '=', job.run)
    .where('position', '>', Number(after));
  if (kind !== undefined) query = query.where('kind', '=', kind);
  const rows = await query
    .orderBy('position')
    .limit(limit + 1)
    .execute();
  return pageOf(rows, limit, (row) => [String(row.position)], toDifference);
}
