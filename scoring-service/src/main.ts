import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createApiKey } from './access/api-keys.js';
import { makeFirstAdminLink } from './access/sign-in-links.js';
import { hasNoUsers } from './access/users.js';
import { systemRuntime, type Runtime } from './core/clock.js';
import { createLog, errorFields, type Log } from './core/log.js';
import { migrateDatabase, openStore } from './db/open.js';
import type { Store } from './db/store.js';
import { first } from './db/unit.js';
import { SYSTEM } from './events/activity.js';
import { createGracefulClose } from './http/graceful-close.js';
import { createService } from './service.js';
import type { Settings } from './settings/settings.js';

export interface Running {
  /** Where it listens, such as http://127.0.0.1:4100. */
  address: string;
  /** The admin key made on the first start; null later, or when LEADLOOP_ADMIN_KEY fixes one. */
  firstKey: string | null;
  /** Where the first admin makes their account; null once there is a user. */
  firstLink: string | null;
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

/** On a database without keys, makes one with the scope admin; of several replicas only one does. */
async function makeFirstKey(
  store: Store,
  settings: Settings,
  runtime: Runtime,
): Promise<string | null> {
  if (settings.LEADLOOP_ADMIN_KEY !== undefined) return null;
  return store.unit(
    function* () {
      const any = yield* first(store.db.selectFrom('api_keys').select('id').limit(1));
      if (any !== undefined) return null;
      const input = { name: 'first admin key', scopes: ['admin' as const] };
      return (yield* createApiKey(store, runtime, input, SYSTEM)).token;
    },
    { lock: 'routing' },
  );
}

/** As long as there is no user, a link that makes the first one. */
async function makeFirstLink(store: Store, runtime: Runtime): Promise<string | null> {
  if (!(await hasNoUsers(store))) return null;
  const token = await store.unit(() => makeFirstAdminLink({ store, runtime }));
  return `/sign-in?link=${token}`;
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
    const firstLink = await makeFirstLink(store, runtime);
    const service = createService({
      store,
      settings,
      runtime,
      log,
      version,
      intakeMaxPerUnit: given.intakeMaxPerUnit,
    });
    await service.prepare();
    const server = createServer(service.app);
    const closeServer = createGracefulClose(server, STOP_WITHIN_MS);
    const { port } = await listen(server, settings.HOST, settings.PORT);
    service.start();
    const host = settings.HOST.includes(':') ? `[${settings.HOST}]` : settings.HOST;
    const address = `http://${host}:${port}`;
    const shown = settings.PUBLIC_URL?.replace(/\/$/, '') ?? address;
    return {
      address,
      firstKey,
      firstLink: firstLink === null ? null : `${shown}${firstLink}`,
      async stop() {
        service.drain();
        await closeServer();
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
