import type { Unit } from '../../db/unit.js';
import type { CellKind } from './cells.js';
import type { KnownColumns } from './columns.js';
import type { CsvRow } from './read-csv.js';

/** What is wrong with a row, by field; `row` when it is the row as a whole. */
export type Problems = Record<string, string>;

export interface RefusedRow {
  at: CsvRow;
  problems: Problems;
}

export interface ReadyRow<T> {
  at: CsvRow;
  value: T;
}

/** What became of the rows of a batch that were not refused before. */
export interface BatchOutcome {
  refused: RefusedRow[];
  /** Rows taken, by what became of them (`assigned`, `duplicate`, `created`, …). */
  counts: Record<string, number>;
}

/** What stands in the batch's transaction around the rows themselves. */
export interface BatchFrame {
  /** First: throws when somebody else goes on with this import. */
  begin: () => Unit<void>;
  /** Last: keeps how far the import is. */
  end: (outcome: BatchOutcome) => Unit<void>;
}

/** One kind of row that can be imported. */
export interface ImportKind<T = unknown> {
  columns: KnownColumns;
  cells: Readonly<Record<string, CellKind>>;
  /** By the rules of the API; without the database. */
  check(
    values: Record<string, unknown>,
    row: CsvRow,
    header: readonly string[],
  ): { value: T } | { problems: Problems };
  /**
   * Writes rows in one transaction, all or none, by the functions that the API uses.
   * @returns what became of them, after the commit
   */
  write(rows: readonly ReadyRow<T>[], frame: BatchFrame): Promise<BatchOutcome>;
  /** Checks rows as far as can be done without an effect. */
  rehearse(rows: readonly ReadyRow<T>[]): Promise<BatchOutcome>;
  /** Whether waiting leads may fit once rows have been taken. */
  makesRoom: boolean;
}
