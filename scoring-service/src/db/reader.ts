import BetterSqlite3 from 'better-sqlite3';
import { Kysely, PostgresDialect, SqliteDialect, type Expression, type SqlBool } from 'kysely';
import pg from 'pg';

import type { OpenOptions } from './open.js';
import { anyOf as anyOfPostgres } from './postgres/any-of.js';
import { asUnavailable as postgresUnavailable, types } from './postgres/postgres-store.js';
import type { Database } from './schema.js';
import { anyOf as anyOfSqlite } from './sqlite/any-of.js';
import { asUnavailable as sqliteUnavailable } from './sqlite/sqlite-store.js';
import { translatingErrors } from './translate-errors.js';

/** A handle of its own for long reads beside the service: it cannot write. */
export interface Reader {
  readonly db: Kysely<Database>;
  /** As in the store. */
  anyOf(column: string, values: readonly string[]): Expression<SqlBool>;
  close(): Promise<void>;
}

/** One statement of a long read may look at every lead. */
const STATEMENT_TIMEOUT_MS = 600_000;

/** Opens a read-only handle, one connection on PostgreSQL. Meant for a thread of its own. */
export function openReader(location: OpenOptions['location']): Reader {
  if (location.kind === 'sqlite') {
    const database = new BetterSqlite3(location.file, { readonly: true, timeout: 5000 });
    const dialect = translatingErrors(new SqliteDialect({ database }), sqliteUnavailable);
    const db = new Kysely<Database>({ dialect });
    return { db, anyOf: anyOfSqlite, close: () => db.destroy() };
  }
  const pool = new pg.Pool({
    connectionString: location.url,
    max: 1,
    connectionTimeoutMillis: 5000,
    types,
    application_name: 'leadloop reader',
    statement_timeout: STATEMENT_TIMEOUT_MS,
  });
  // A connection that breaks is told by the query that needs it.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    // Not as a parameter of the connection, which poolers refuse. Runs before anything else does.
    client.query('set default_transaction_read_only = on').catch(() => undefined);
  });
  const dialect = translatingErrors(new PostgresDialect({ pool }), postgresUnavailable);
  const db = new Kysely<Database>({ dialect });
  return { db, anyOf: anyOfPostgres, close: () => db.destroy() };
}
