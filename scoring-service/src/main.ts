import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createApiKey } from './access/api-keys.js';
import { systemRuntime, type Runtime } from './core/clock.js';
import { createLog, errorFields, type Log } from './core/log.js';
import { migrateDatabase, openStore } from './db/open.js';
import type { Store } from './db/store.js';
import { SYSTEM } from './events/activity.js';
import { createService } from './service.js';
import type { Settings } from './settings/settings.js';

export interface Running {
  /** Where it listens, such as http://127.0.0.1:4100. */
  address: string;
  /** The admin key made on the first start; null later, or when LEADLOOP_ADMIN_KEY fixes one. */
  firstKey: string | null;
  /** Finishes requests in flight (bounded), then closes everything. */
  stop(): Promise<void>;
}

export interface StartOptions {
  settings: Settings;
  version: string;
  runtime?: Runtime;
  log?: Log & { flush?: () => void };
  /** See ServiceOptions. */
  intakeMaxPerUnit?: number;
}

const STOP_WITHIN_MS = 10_000;

/** On a database without keys, makes one with the scope admin. */
async function makeFirstKey(
  store: Store,
  settings: Settings,
  runtime: Runtime,
): Promise<string | null> {
  if (settings.LEADLOOP_ADMIN_KEY !== undefined) return null;
  const any = await store.db.selectFrom('api_keys').select('id').limit(1).executeTakeFirst();
  if (any !== undefined) return null;
  const made = await store.unit(() =>
    createApiKey(store, runtime, { name: 'first admin key', scopes: ['admin'] }, SYSTEM),
  );
  return made.token;
}

function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(server.address() as AddressInfo);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), STOP_WITHIN_MS).unref();
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** Migrates, opens, listens. */
export async function startService({
  settings,
  version,
  ...given
}: StartOptions): Promise<Running> {
  const runtime = given.runtime ?? systemRuntime;
  const log = given.log ?? createLog(settings.LOG_LEVEL);
  await migrateDatabase(settings.database);
  const store = await openStore({
    location: settings.database,
    maxConnections: settings.DATABASE_POOL_SIZE,
    onConnectionError: (error) => log.warn('a database connection broke', errorFields(error)),
  });
  try {
    const firstKey = await makeFirstKey(store, settings, runtime);
    const service = createService({
      store,
      settings,
      runtime,
      log,
      version,
      intakeMaxPerUnit: given.intakeMaxPerUnit,
    });
    const server = createServer(service.app);
    const { port } = await listen(server, settings.HOST, settings.PORT);
    service.start();
    const host = settings.HOST.includes(':') ? `[${settings.HOST}]` : settings.HOST;
    return {
      address: `http://${host}:${port}`,
      firstKey,
      async stop() {
        service.drain();
        await closeServer(server);
        await service.stop();
        await store.close();
        log.flush?.();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
