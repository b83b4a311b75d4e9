import type { Compilable, CompiledQuery, InsertObject, Updateable } from 'kysely';

import type { Database, TableName } from './schema.js';

/**
 * A unit of work: a generator that yields queries and is given their results. The same unit runs
 * synchronously inside SQLite's write lane and asynchronously in a PostgreSQL transaction, so
 * nothing in it can wait for anything but the database.
 */
export type Unit<T> = Generator<Step, T, StepResult>;

export type Step =
  | { kind: 'query'; query: CompiledQuery }
  | { kind: 'insert_many'; table: TableName; rows: readonly object[]; ignoreConflicts: boolean }
  | { kind: 'update_many'; table: TableName; rows: readonly { id: string }[] }
  | { kind: 'notify'; channel: string };

export interface StepResult {
  rows: unknown[];
  /** Rows changed by an insert, update or delete. */
  changes: number;
}

/** All rows of a query. */
export function* all<R>(query: Compilable<R>): Unit<R[]> {
  const result = yield { kind: 'query', query: query.compile() };
  return result.rows as R[];
}

/** The first row of a query, or undefined. */
export function* first<R>(query: Compilable<R>): Unit<R | undefined> {
  const rows = yield* all(query);
  return rows[0];
}

/** Runs a statement; the number of rows it changed. */
export function* run(query: Compilable): Unit<number> {
  const result = yield { kind: 'query', query: query.compile() };
  return result.changes;
}

/**
 * Inserts complete rows (every column of the table given, in any number) with one prepared
 * statement. The column list is taken from the first row.
 */
export function* insertMany<T extends TableName>(
  table: T,
  rows: readonly InsertObject<Database, T>[],
  options: { ignoreConflicts?: boolean } = {},
): Unit<number> {
  if (rows.length === 0) return 0;
  const result = yield {
    kind: 'insert_many',
    table,
    rows,
    ignoreConflicts: options.ignoreConflicts ?? false,
  };
  return result.changes;
}

/**
 * Updates rows by their `id` with one prepared statement. Every row names the same columns, taken
 * from the first one.
 */
export function* updateMany<T extends TableName>(
  table: T,
  rows: readonly (Updateable<Database[T]> & { id: string })[],
): Unit<number> {
  if (rows.length === 0) return 0;
  const result = yield { kind: 'update_many', table, rows };
  return result.changes;
}

/** Wakes the listeners of a channel, in every replica, once the unit is committed. */
export function* notify(channel: string): Unit<void> {
  yield { kind: 'notify', channel };
}
