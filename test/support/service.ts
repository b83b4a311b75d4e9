import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { silentLog, type Log } from '../../scoring-service/src/core/log.js';
import { openStore } from '../../scoring-service/src/db/open.js';
import { openReader } from '../../scoring-service/src/db/reader.js';
import type { Store } from '../../scoring-service/src/db/store.js';
import {
  createService,
  type Service,
  type ServiceOptions,
} from '../../scoring-service/src/service.js';
import { runBacktest } from '../../scoring-service/src/routing/backtest/run.js';
import type { RunInThread } from '../../scoring-service/src/routing/backtest/thread.js';
import {
  readSettings,
  type DatabaseLocation,
} from '../../scoring-service/src/settings/settings.js';
import { createDatabase, type DatabaseName, type TestDatabase } from './databases.js';
import { testRuntime, type TestRuntime } from './runtime.js';

export const ADMIN_KEY = 'test-admin-key-0123456789abcdef';

export interface Answer<T = Record<string, unknown>> {
  status: number;
  body: T;
  headers: Headers;
}

export interface CallOptions {
  key?: string | null;
  headers?: Record<string, string>;
  /** Sent as it is instead of JSON. */
  raw?: string | Uint8Array;
}

/** A service that listens on loopback over a database of its own. */
export interface TestService {
  address: string;
  database: TestDatabase;
  store: Store;
  service: Service;
  runtime: TestRuntime;
  call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    options?: CallOptions,
  ): Promise<Answer<T>>;
  get<T = Record<string, unknown>>(path: string, options?: CallOptions): Promise<Answer<T>>;
  post<T = Record<string, unknown>>(
    path: string,
    body?: unknown,
    options?: CallOptions,
  ): Promise<Answer<T>>;
  patch<T = Record<string, unknown>>(
    path: string,
    body?: unknown,
    options?: CallOptions,
  ): Promise<Answer<T>>;
  stop(): Promise<void>;
}

export interface TestServiceOptions extends Partial<
  Pick<ServiceOptions, 'wrapPlanner' | 'failuresPerMinute' | 'deliveryAgent' | 'textTimeoutMs'>
> {
  env?: Record<string, string>;
  runtime?: TestRuntime;
  log?: Log;
  /** How backtests run; without it on the main thread, for pages that show one. */
  runBacktest?: (location: DatabaseLocation) => RunInThread;
  /** Opens an existing database instead of a new one; it is not dropped at the end. */
  database?: TestDatabase;
  busyWaitMs?: number;
}

const onMainThread =
  (location: DatabaseLocation): RunInThread =>
  async (plan, take) => {
    const reader = openReader(location);
    try {
      return { kind: 'done', result: await runBacktest(reader, plan, take) };
    } finally {
      await reader.close();
    }
  };

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

export async function startTestService(
  databaseName: DatabaseName,
  options: TestServiceOptions = {},
): Promise<TestService> {
  const runtime = options.runtime ?? testRuntime();
  const database = options.database ?? (await createDatabase(databaseName));
  const store = await openStore({ location: database.location, busyWaitMs: options.busyWaitMs });
  const settings = readSettings(
    { DATABASE_URL: database.url, LEADLOOP_ADMIN_KEY: ADMIN_KEY, ...options.env },
    '/',
  );
  const service = createService({
    store,
    settings,
    runtime,
    log: options.log ?? silentLog,
    version: '0.0.0-test',
    failuresPerMinute: options.failuresPerMinute ?? 100_000,
    wrapPlanner: options.wrapPlanner,
    deliveryAgent: options.deliveryAgent,
    textTimeoutMs: options.textTimeoutMs,
    runBacktest: (options.runBacktest ?? onMainThread)(database.location),
  });
  await service.prepare();
  const server = createServer(service.app);
  const port = await listen(server);
  const address = `http://127.0.0.1:${port}`;

  const call: TestService['call'] = async <T>(
    method: string,
    path: string,
    body?: unknown,
    given: CallOptions = {},
  ) => {
    const headers: Record<string, string> = { ...given.headers };
    if (given.key !== null) headers.authorization ??= `Bearer ${given.key ?? ADMIN_KEY}`;
    if (body !== undefined || given.raw !== undefined)
      headers['content-type'] ??= 'application/json';
    const response = await fetch(`${address}${path}`, {
      method,
      headers,
      body: given.raw ?? (body === undefined ? undefined : JSON.stringify(body)),
    } as RequestInit);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? undefined : JSON.parse(text)) as T,
    };
  };

  return {
    address,
    database,
    store,
    service,
    runtime,
    call,
    get: (path, given) => call('GET', path, undefined, given),
    post: (path, body, given) => call('POST', path, body, given),
    patch: (path, body, given) => call('PATCH', path, body, given),
    async stop() {
      service.drain();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await service.stop();
      await store.close();
      if (options.database === undefined) await database.drop();
    },
  };
}
