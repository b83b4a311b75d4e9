import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { EventEmitter } from 'node:events';

import BetterSqlite3 from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';

import { unavailable } from '../../core/errors.js';
import type { Database } from '../schema.js';
import type { Store } from '../store.js';
import type { StepResult, Unit } from '../unit.js';
import { translatingErrors } from '../translate-errors.js';
import { anyOf } from './any-of.js';
import { createLane } from './lane.js';
import { createSharing } from './sharing.js';
import { cachingStatements } from './statements.js';
import { runStep } from './steps.js';

export interface SqliteOptions {
  /** A file's path. */
  file: string;
  /** How long a unit waits for another process's write lock before it answers 503. */
  busyWaitMs?: number;
  /** Checks that the schema is the newest; given by the migrations. */
  checkSchema: (db: Kysely<Database>) => Promise<void>;
}

/** How long SQLite itself waits inside one BEGIN; short, because it blocks the event loop. */
const BUSY_TIMEOUT_MS = 50;
const BUSY_PAUSE_MS = 25;

function isBusy(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && (code.startsWith('SQLITE_BUSY') || code === 'SQLITE_LOCKED');
}

function isUnavailable(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return (
    typeof code === 'string' && /^SQLITE_(FULL|IOERR|CANTOPEN|READONLY|CORRUPT|NOTADB)/.test(code)
  );
}

/** What a caller is told: 503 while the file cannot be used, everything else as it is. */
export function asUnavailable(error: unknown): unknown {
  return isBusy(error) || isUnavailable(error)
    ? unavailable('database_unavailable', 'The database cannot be used now.', error)
    : error;
}

/** Opens the write handle with the settings that durability rests on, and asserts them. */
function openWriter(file: string): BetterSqlite3.Database {
  const handle = new BetterSqlite3(file, { timeout: 5000 });
  handle.pragma('journal_mode = WAL');
  handle.pragma('synchronous = FULL');
  handle.pragma('foreign_keys = ON');
  handle.pragma('wal_autocheckpoint = 4000');
  handle.pragma('cache_size = -65536');
  handle.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  const found = {
    journal_mode: handle.pragma('journal_mode', { simple: true }),
    synchronous: handle.pragma('synchronous', { simple: true }),
    foreign_keys: handle.pragma('foreign_keys', { simple: true }),
  };
  if (found.journal_mode !== 'wal' || found.synchronous !== 2 || found.foreign_keys !== 1) {
    handle.close();
    throw new Error(
      `SQLite refused its durable settings (wanted WAL, synchronous FULL, foreign keys on; got ${JSON.stringify(found)}).`,
    );
  }
  return handle;
}

function openReader(file: string): BetterSqlite3.Database {
  const handle = new BetterSqlite3(file, { readonly: true, timeout: 5000 });
  handle.pragma('cache_size = -32768');
  return handle;
}

/** The embedded store: one write lane of synchronous units, a separate read-only handle. */
export function openSqliteStore(options: SqliteOptions): Store {
  mkdirSync(dirname(options.file), { recursive: true });
  const writer = openWriter(options.file);
  const reader = openReader(options.file);
  const writes = cachingStatements(writer);
  const readStatements = cachingStatements(reader);
  const db = new Kysely<Database>({
    dialect: translatingErrors(
      new SqliteDialect({
        database: {
          prepare: (text: string) => readStatements.get(text),
          close: () => reader.close(),
        },
      }),
      asUnavailable,
    ),
  });
  const lane = createLane();
  const bus = new EventEmitter().setMaxListeners(0);
  const busyWaitMs = options.busyWaitMs ?? 3000;

  /**
   * Takes the write lock. The wait counts from `since`, when the unit was asked for: units that
   * queue up behind another process's lock are refused together, not one wait after another.
   */
  const begin = async (since: number): Promise<void> => {
    for (;;) {
      try {
        writes.get('BEGIN IMMEDIATE').run();
        return;
      } catch (error) {
        if (!isBusy(error)) throw error;
        if (performance.now() - since >= busyWaitMs) {
          throw unavailable('database_busy', 'The database is locked by another process.', error);
        }
        await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS));
      }
    }
  };

  /** Runs the steps of a unit inside the transaction that is open. */
  const drive = <T>(make: () => Unit<T>, notified: Set<string>): T => {
    const faults: unknown[] = [];
    const unit = make();
    let step = unit.next();
    while (step.done !== true) {
      let result: StepResult;
      try {
        result = runStep(writes, step.value, notified);
      } catch (error) {
        faults.push(error);
        step = unit.throw(error);
        continue;
      }
      step = unit.next(result);
    }
    // A failed statement ends the unit even when the unit swallows it, as on PostgreSQL.
    if (faults.length > 0) throw faults[0];
    return step.value;
  };

  const attempt = <T>(make: () => Unit<T>, notified: Set<string>): T => {
    try {
      const value = drive(make, notified);
      writes.get('COMMIT').run();
      return value;
    } catch (error) {
      if (writer.inTransaction) writes.get('ROLLBACK').run();
      throw error;
    }
  };

  const announce = (notified: ReadonlySet<string>): void => {
    for (const channel of notified) setImmediate(() => bus.emit(channel));
  };

  const gather = createSharing({
    push: (task) => lane.push(task),
    begin,
    run: (text) => void writes.get(text).run(),
    inTransaction: () => writer.inTransaction,
    drive,
    announce,
    asUnavailable,
  });

  return {
    dialect: 'sqlite',
    db,
    unit: (make, unitOptions) => {
      if (unitOptions?.shared === true) return gather(make);
      const since = performance.now();
      return lane.push(async () => {
        const notified = new Set<string>();
        try {
          await begin(since);
          const value = attempt(make, notified);
          announce(notified);
          return value;
        } catch (error) {
          throw asUnavailable(error);
        }
      });
    },
    anyOf,
    locked: (query) => query,
    listen(channel, callback) {
      bus.on(channel, callback);
      return () => bus.off(channel, callback);
    },
    async ping() {
      await options.checkSchema(db);
      // A write lock that can be had proves that the file is there and writable.
      const since = performance.now();
      await lane.push(async () => {
        await begin(since);
        writes.get('ROLLBACK').run();
      });
    },
    pending: () => lane.size(),
    async close() {
      await lane.drain();
      await db.destroy();
      writer.pragma('wal_checkpoint(TRUNCATE)');
      writer.close();
    },
  };
}
