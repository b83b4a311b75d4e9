import BetterSqlite3 from 'better-sqlite3';
import { Kysely, PostgresDialect, SqliteDialect } from 'kysely';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import pg from 'pg';

import { checkSchema, migrate } from './migrations/index.js';
import { openPostgresStore } from './postgres/postgres-store.js';
import type { Database } from './schema.js';
import { openSqliteStore } from './sqlite/sqlite-store.js';
import type { Store } from './store.js';

export interface OpenOptions {
  /** A file's path, or `postgres://…`. */
  location: { kind: 'sqlite'; file: string } | { kind: 'postgres'; url: string };
  maxConnections?: number;
  busyWaitMs?: number;
  onConnectionError?: (error: Error) => void;
}

/** Applies the migrations that are missing; their names. */
export async function migrateDatabase(location: OpenOptions['location']): Promise<string[]> {
  if (location.kind === 'sqlite') {
    mkdirSync(dirname(location.file), { recursive: true });
    const handle = new BetterSqlite3(location.file, { timeout: 10_000 });
    handle.pragma('journal_mode = WAL');
    handle.pragma('synchronous = FULL');
    const db = new Kysely<Database>({ dialect: new SqliteDialect({ database: handle }) });
    try {
      // Kysely takes no lock and opens no transaction here: without them two processes would make
      // the same tables, and a process that dies half-way would leave half a schema.
      handle.exec('begin immediate');
      const applied = await migrate(db, { dialect: 'sqlite' });
      handle.exec('commit');
      return applied;
    } catch (error) {
      if (handle.inTransaction) handle.exec('rollback');
      throw error;
    } finally {
      await db.destroy();
    }
  }
  const db = new Kysely<Database>({
    dialect: new PostgresDialect({
      pool: new pg.Pool({ connectionString: location.url, max: 2, connectionTimeoutMillis: 5000 }),
    }),
  });
  try {
    return await migrate(db, { dialect: 'postgres' });
  } finally {
    await db.destroy();
  }
}

/** Opens the store; the schema must be the newest (see {@link migrateDatabase}). */
export async function openStore(options: OpenOptions): Promise<Store> {
  const store =
    options.location.kind === 'sqlite'
      ? openSqliteStore({
          file: options.location.file,
          busyWaitMs: options.busyWaitMs,
          checkSchema,
        })
      : openPostgresStore({
          url: options.location.url,
          maxConnections: options.maxConnections,
          onConnectionError: options.onConnectionError,
          checkSchema,
        });
  try {
    await checkSchema(store.db);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}
