import type { Expression, Kysely, SqlBool } from 'kysely';

import type { Database } from './schema.js';
import type { Unit } from './unit.js';

export type DialectName = 'sqlite' | 'postgres';

export interface UnitOptions {
  /**
   * `routing` makes the unit exclusive among all writers of orders, broker status and
   * assignments, in every replica: what it reads afterwards is current.
   */
  lock?: 'routing';
  /**
   * May be committed together with units that wait beside it, where that saves commits (SQLite).
   * Each stays all or nothing by itself, and resolves after the commit as ever. Not with a lock.
   */
  shared?: true;
}

/** A select that can lock its rows; said by shape, so that every select of any tables fits. */
export interface LockableQuery<Q> {
  forUpdate(): Q;
  skipLocked(): Q;
}

/**
 * The database behind one interface. What differs between the two is listed in
 * `docs/decisions/003-one-store-two-databases.md` and tested by one suite on both.
 */
export interface Store {
  readonly dialect: DialectName;
  /** For reads outside a unit and for building queries. On SQLite its handle is read-only. */
  readonly db: Kysely<Database>;
  /**
   * Runs a unit of work in one transaction and resolves after the commit. `make` may be called
   * again when the database asks for a retry (deadlock), so it must start from nothing.
   * Errors: whatever the unit throws (rolled back); 503 `database_busy`/`database_unavailable`.
   */
  unit<T>(make: () => Unit<T>, options?: UnitOptions): Promise<T>;
  /** `column in (values…)` with one parameter, so that the statement's text never changes. */
  anyOf(column: string, values: readonly string[]): Expression<SqlBool>;
  /**
   * The query with its rows locked until the unit ends: `wait` for other holders, or `skip` what
   * they hold. On SQLite a unit has the whole database, so nothing is added.
   */
  locked<Q extends LockableQuery<Q>>(query: Q, mode: 'wait' | 'skip'): Q;
  /** Calls back after a committed `notify` of the channel here or in another replica. */
  listen(channel: string, callback: () => void): () => void;
  /** Resolves when the database answers and its schema is the newest; else throws. */
  ping(): Promise<void>;
  /** Units waiting or running: what back-pressure looks at. */
  pending(): number;
  close(): Promise<void>;
}
