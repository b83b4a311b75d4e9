import { EventEmitter } from 'node:events';

import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';

import { AppError, unavailable } from '../../core/errors.js';
import type { Database } from '../schema.js';
import type { Store } from '../store.js';
import { translatingErrors } from '../translate-errors.js';
import type { Step, StepResult, Unit } from '../unit.js';
import { anyOf } from './any-of.js';
import { createListener } from './listener.js';

export interface PostgresOptions {
  url: string;
  maxConnections?: number;
  checkSchema: (db: Kysely<Database>) => Promise<void>;
  /** Told about a connection that broke while idle; the pool replaces it. */
  onConnectionError?: (error: Error) => void;
}

/** The lock that every writer of orders, broker status and assignments takes ("leadloop" in hex). */
const ROUTING_LOCK = '0x6c6561646c6f6f70';
const TAKE_ROUTING_LOCK = `select pg_advisory_xact_lock(${BigInt(ROUTING_LOCK).toString()})`;
const RETRYABLE = new Set(['40001', '40P01']);
const MAX_TRIES = 4;

/** 64-bit integers here are counters and sizes, far below 2^53. */
export const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === 20 ? Number : pg.types.getTypeParser(oid, format ?? 'text')) as never,
};

function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : undefined;
}

/** True when the server is away, starting, stopping, full or out of time: nothing was committed. */
function isUnavailable(error: unknown): boolean {
  const code = sqlState(error);
  if (code === undefined) {
    return (
      error instanceof Error &&
      /timeout|terminated|ended|closed|connection error|not queryable/i.test(error.message)
    );
  }
  return (
    /^(08|53|57P|58)/.test(code) ||
    code === '55P03' ||
    // An operator lets nobody into the database.
    code === '55000' ||
    code === '57014' ||
    code === '25006' ||
    code === '25P03' ||
    /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)/.test(code)
  );
}

/** What a caller is told: 503 while the server is away, everything else as it is. */
export function asUnavailable(error: unknown): unknown {
  return isUnavailable(error) && !(error instanceof AppError)
    ? unavailable('database_unavailable', 'The database does not answer now.', error)
    : error;
}

const names = new Map<string, string>();

/** A name by text, so that each connection parses and plans an insert once. */
function statementName(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = `leadloop_${names.size}`;
    names.set(text, name);
  }
  return name;
}

async function runStep(client: pg.PoolClient, step: Step): Promise<StepResult> {
  switch (step.kind) {
    case 'query': {
      const result = await client.query(step.query.sql, [...step.query.parameters]);
      return { rows: result.rows as unknown[], changes: result.rowCount ?? 0 };
    }
    case 'insert_many': {
      const firstRow = step.rows[0];
      if (firstRow === undefined) return { rows: [], changes: 0 };
      const columns = Object.keys(firstRow)
        .map((name) => `"${name}"`)
        .join(', ');
      const tail = step.ignoreConflicts ? ' on conflict do nothing' : '';
      const text = `insert into "${step.table}" (${columns}) select ${columns} from json_populate_recordset(null::"${step.table}", $1)${tail}`;
      const result = await client.query({
        name: statementName(text),
        text,
        values: [JSON.stringify(step.rows)],
      });
      return { rows: [], changes: result.rowCount ?? 0 };
    }
    case 'update_many': {
      const firstRow = step.rows[0];
      if (firstRow === undefined) return { rows: [], changes: 0 };
      const sets = Object.keys(firstRow)
        .filter((column) => column !== 'id')
        .map((column) => `"${column}" = changed."${column}"`)
        .join(', ');
      const text = `update "${step.table}" set ${sets} from json_populate_recordset(null::"${step.table}", $1) changed where "${step.table}"."id" = changed."id"`;
      const result = await client.query({
        name: statementName(text),
        text,
        values: [JSON.stringify(step.rows)],
      });
      return { rows: [], changes: result.rowCount ?? 0 };
    }
    case 'notify':
      await client.query('select pg_notify($1, $2)', [step.channel, '']);
      return { rows: [], changes: 0 };
  }
}

async function runUnit<T>(client: pg.PoolClient, unit: Unit<T>): Promise<T> {
  const faults: unknown[] = [];
  let step = unit.next();
  while (step.done !== true) {
    let result: StepResult;
    try {
      result = await runStep(client, step.value);
    } catch (error) {
      faults.push(error);
      step = unit.throw(error);
      continue;
    }
    step = unit.next(result);
  }
  // The transaction is aborted: its commit would be a rollback that reports success.
  if (faults.length > 0) throw faults[0];
  return step.value;
}

/** The store for several replicas: a pool, READ COMMITTED transactions, one advisory lock. */
export function openPostgresStore(options: PostgresOptions): Store {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: 5000,
    types,
    application_name: 'leadloop',
    // An abandoned transaction (a replica that lost its network) must not hold the lock for ever.
    idle_in_transaction_session_timeout: 30_000,
    statement_timeout: 30_000,
  });
  pool.on('error', (error) => options.onConnectionError?.(error));
  // A connection that breaks while it is lent out emits an error of its own, beside the one of its
  // query; unheard it would end the process.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  const db = new Kysely<Database>({
    dialect: translatingErrors(new PostgresDialect({ pool }), asUnavailable),
  });
  const bus = new EventEmitter().setMaxListeners(0);
  const listener = createListener({
    url: options.url,
    onNotify: (channel) => bus.emit(channel),
    onError: (error) => options.onConnectionError?.(error),
  });
  let pending = 0;

  const attempt = async <T>(make: () => Unit<T>, lock: boolean): Promise<T> => {
    const client = await pool.connect();
    let broken: Error | undefined;
    const onError = (error: Error): void => {
      broken = error;
    };
    client.on('error', onError);
    try {
      await client.query('begin isolation level read committed');
      if (lock) await client.query(TAKE_ROUTING_LOCK);
      const value = await runUnit(client, make());
      await client.query('commit');
      return value;
    } catch (error) {
      try {
        await client.query('rollback');
      } catch (rollbackError) {
        broken = rollbackError as Error;
      }
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  };

  return {
    dialect: 'postgres',
    db,
    async unit(make, unitOptions) {
      pending += 1;
      try {
        for (let tries = 1; ; tries += 1) {
          try {
            return await attempt(make, unitOptions?.lock === 'routing');
          } catch (error) {
            if (error instanceof AppError) throw error;
            const code = sqlState(error);
            if (code !== undefined && RETRYABLE.has(code) && tries < MAX_TRIES) continue;
            if (code !== undefined && RETRYABLE.has(code)) {
              throw unavailable('database_unavailable', 'The database does not answer now.', error);
            }
            throw asUnavailable(error);
          }
        }
      } finally {
        pending -= 1;
      }
    },
    anyOf,
    locked: (query, mode) => (mode === 'skip' ? query.forUpdate().skipLocked() : query.forUpdate()),
    listen(channel, callback) {
      bus.on(channel, callback);
      listener.listen(channel);
      return () => bus.off(channel, callback);
    },
    async ping() {
      await options.checkSchema(db);
    },
    pending: () => pending,
    async close() {
      await listener.close();
      await db.destroy();
    },
  };
}
