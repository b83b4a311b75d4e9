import { AppError } from '../../core/errors.js';
import { readCells } from './cells.js';
import type { ColumnPlan } from './columns.js';
import type { BatchFrame, BatchOutcome, ImportKind, ReadyRow, RefusedRow } from './kind.js';
import type { ImportState, Ledger } from './ledger.js';
import { readRows, type CsvFile, type CsvRow } from './read-csv.js';
import type { Report } from './report.js';

/** Rows of one commit: few enough that a service beside it gets its turn soon. */
const PER_BATCH = 200;

export interface ImportRun {
  kind: ImportKind;
  file: CsvFile;
  plan: ColumnPlan;
  report: Report;
  /** Null: rehearse, and write nothing but the report. */
  ledger: Ledger | null;
  /** Where to go on. */
  from: ImportState;
  /** Runs before each batch. */
  beforeBatch?: () => Promise<void>;
  onRefused: (rows: readonly RefusedRow[]) => void;
  onProgress: (state: ImportState) => void;
  /** True when it is to stop after the batch under way. */
  stopping: () => boolean;
}

interface Checked {
  ready: ReadyRow<unknown>[];
  refused: RefusedRow[];
}

function checkRows({ kind, file, plan }: ImportRun, rows: readonly CsvRow[]): Checked {
  const checked: Checked = { ready: [], refused: [] };
  for (const at of rows) {
    const read = readCells(at.cells, plan.fields, kind.cells);
    const result = 'problems' in read ? read : kind.check(read.values, at, file.header);
    if ('problems' in result) checked.refused.push({ at, problems: result.problems });
    else checked.ready.push({ at, value: result.value });
  }
  return checked;
}

function advance(
  before: ImportState,
  { counts }: BatchOutcome,
  refused: number,
  now: Pick<ImportState, 'rows' | 'done' | 'report_bytes'>,
): ImportState {
  const total = { ...before.counts };
  for (const [name, count] of Object.entries(counts)) total[name] = (total[name] ?? 0) + count;
  return { ...before, ...now, refused: before.refused + refused, counts: total };
}

/** What ends the import, as opposed to what is wrong with a row. */
function endsImport(error: unknown): boolean {
  return error instanceof AppError && error.code !== 'lead_not_stored';
}

const NOT_STORED = { row: 'could not be stored' };

/** Writes rows in one commit together with how far the import is then. */
async function writeBatch(
  run: ImportRun,
  before: ImportState,
  { ready, refused }: Checked,
  last: number,
): Promise<ImportState> {
  const { kind, file, ledger, report } = run;
  let after = before;
  let late: readonly RefusedRow[] = [];
  const settle = (outcome: BatchOutcome): void => {
    late = outcome.refused;
    const all = [...refused, ...late];
    after = advance(before, outcome, all.length, {
      rows: last,
      done: last === file.rows,
      report_bytes: report.write(before.report_bytes, all),
    });
  };
  if (ledger === null) {
    settle(await kind.rehearse(ready));
  } else {
    const frame: BatchFrame = {
      begin: () => ledger.begin(),
      *end(outcome) {
        settle(outcome);
        yield* ledger.record(after);
      },
    };
    await kind.write(ready, frame);
    ledger.recorded(after);
  }
  run.onRefused([...refused, ...late].sort((a, b) => a.at.row - b.at.row));
  return after;
}

/** One batch; when it cannot be written, its rows one by one, so that a bad one stands alone. */
async function takeBatch(
  run: ImportRun,
  before: ImportState,
  rows: readonly CsvRow[],
): Promise<ImportState> {
  const last = rows.at(-1)?.row ?? before.rows;
  const checked = checkRows(run, rows);
  try {
    return await writeBatch(run, before, checked, last);
  } catch (error) {
    if (endsImport(error) || run.ledger === null) throw error;
    run.report.cut(before.report_bytes);
    const [only] = checked.ready;
    if (rows.length === 1 && only !== undefined) {
      const refused = [{ at: only.at, problems: NOT_STORED }];
      return writeBatch(run, before, { ready: [], refused }, last);
    }
    if (rows.length === 1) throw error;
  }
  let state = before;
  for (const row of rows) state = await takeBatch(run, state, [row]);
  return state;
}

/**
 * Takes the file's rows from where the last commit left off, batch by batch. Whatever ends it, each
 * row before the state it was in is dealt with once, and none after it.
 */
export async function runImport(run: ImportRun): Promise<ImportState> {
  let state = run.from;
  let batch: CsvRow[] = [];
  const take = async (): Promise<void> => {
    await run.beforeBatch?.();
    state = await takeBatch(run, state, batch);
    batch = [];
    run.onProgress(state);
  };
  for await (const row of readRows(run.file, state.rows)) {
    batch.push(row);
    if (batch.length < PER_BATCH) continue;
    await take();
    if (run.stopping()) return state;
  }
  if (batch.length > 0) await take();
  return state;
}
