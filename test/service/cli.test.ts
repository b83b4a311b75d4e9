import { connect, createServer, type AddressInfo } from 'node:net';

import { silentLog } from '../../scoring-service/src/core/log.js';
import { startService } from '../../scoring-service/src/main.js';
import { readSettings } from '../../scoring-service/src/settings/settings.js';
import { buildService, type Build } from '../support/build.js';
import {
  createDatabase,
  createEmptyDatabase,
  DATABASES,
  type TestDatabase,
} from '../support/databases.js';
import { runNode, startNode } from '../support/process.js';

let build: Build;
beforeAll(() => {
  build = buildService();
});
afterAll(() => build.remove());

const TOKEN = /ll_[0-9a-f]{32}_[A-Za-z0-9_-]+/;

const leadloop = (args: string[], env: Record<string, string> = {}) =>
  runNode([build.bin, ...args], env);

async function serve(database: TestDatabase, env: Record<string, string> = {}) {
  const started = startNode([build.bin, 'serve'], {
    DATABASE_URL: database.url,
    PORT: '0',
    LOG_LEVEL: 'silent',
    ...env,
  });
  const [, address = ''] = await started.waitFor(/listens on (http:\S+)/);
  return { ...started, address };
}

const whoami = (address: string, key: string) =>
  fetch(`${address}/api/whoami`, { headers: { 'x-api-key': key } });

describe('leadloop', () => {
  test('lists every bad setting at once and prints no value of any', async () => {
    const bad = {
      PORT: '70000',
      TIMEZONE: 'Mars/Olympus',
      DATABASE_URL: 'mysql://user:s3cr3t-database@db.example.com/x',
      LEADLOOP_ADMIN_KEY: 's3cr3t-key',
      OPENAI_BASE_URL: 's3cr3t-address',
      CREDIT_FLOOR: 'high',
      LOG_LEVEL: 'loud',
      BOOK_NOW_MIN_SCORE: '40',
      FOLLOW_UP_MIN_SCORE: '60',
    };
    const names = Object.keys(bad).filter((name) => name !== 'BOOK_NOW_MIN_SCORE');
    const commands = ['serve', 'migrate', 'doctor'].map((command) => leadloop([command], bad));
    for (const { code, output } of await Promise.all(commands)) {
      expect(code).toBe(1);
      for (const name of names) expect(output).toMatch(new RegExp(`^ .*${name}: \\w`, 'm'));
      expect(output).not.toContain('s3cr3t');
      expect(output).not.toMatch(/at .*\.js:\d+/);
    }
  });

  test('says on a Node that is too old what it needs, and how to get it', async () => {
    const old = `data:text/javascript,${encodeURIComponent(
      "Object.defineProperty(process.versions, 'node', { value: '20.11.1' });",
    )}`;
    const { code, output } = await runNode(['--import', old, build.bin, 'doctor']);
    expect(code).toBe(1);
    expect(output).toMatch(/^LeadLoop needs Node 22 or newer; this is 20\.11\.1\. .*npm/);
  });

  test('names its commands, and refuses one that it does not have', async () => {
    const [help, version, wrong] = await Promise.all([
      leadloop(['--help']),
      leadloop(['--version']),
      leadloop(['sevre']),
    ]);
    expect(help.code).toBe(0);
    for (const command of ['serve', 'migrate', 'doctor', 'keys', 'import', 'export', 'backup'])
      expect(help.output).toContain(command);
    expect(wrong).toMatchObject({ code: 1, output: expect.stringContaining('error') });
    expect(version.output).toMatch(/^\d+\.\d+\.\d+/);
  });

  test('says plainly when the database cannot be reached, without its password', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const env = { DATABASE_URL: `postgres://someone:s3cr3t@127.0.0.1:${port}/leadloop` };
    const commands = [['serve'], ['migrate'], ['doctor'], ['keys', 'list']].map((command) =>
      leadloop(command, env),
    );
    for (const { code, output } of await Promise.all(commands)) {
      expect(code).toBe(1);
      expect(output).toContain('ECONNREFUSED');
      expect(output).not.toContain('s3cr3t');
      expect(output).not.toMatch(/at .*\.js:\d+/);
    }
  });
});

describe.each(DATABASES)('leadloop on %s', (name) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createEmptyDatabase(name);
  });
  afterEach(() => database.drop());
  const on = (...args: string[]) => leadloop(args, { DATABASE_URL: database.url, PORT: '0' });

  test('migrates once, then has nothing to do; the doctor knows the difference', async () => {
    const before = await on('doctor');
    expect(before.code).toBe(1);
    expect(before.output).toMatch(/^MEND database: .*leadloop migrate/m);
    const first = await on('migrate');
    expect(first).toMatchObject({
      code: 0,
      output: expect.stringContaining('Applied: 001-routing'),
    });
    expect(await on('migrate')).toMatchObject({ code: 0, output: 'Nothing to do.\n' });
    const after = await on('doctor');
    expect(after.output).not.toContain('MEND');
    expect(after.code).toBe(0);
  });

  test('makes, lists and revokes keys; a secret is shown once', async () => {
    const made = await on('keys', 'create', '--name', 'n8n', '--scopes', 'intake,read');
    expect(made.code).toBe(0);
    const [token = ''] = TOKEN.exec(made.output) ?? [];
    const [, id = ''] = /Key (\S+) \(intake, read\)/.exec(made.output) ?? [];
    const listed = await on('keys', 'list');
    expect(listed.output).toContain(`${id}  n8n  intake,read  active  never used`);
    expect(listed.output).not.toContain(token.slice(-20));

    const served = await serve(database);
    expect((await whoami(served.address, token)).status).toBe(200);
    expect(await on('keys', 'revoke', id)).toMatchObject({
      code: 0,
      output: `Revoked ${id} (n8n).\n`,
    });
    served.kill('SIGTERM');
    expect(await served.exited).toEqual({ code: 0, signal: null });
    const again = await serve(database);
    expect((await whoami(again.address, token)).status).toBe(401);
    again.kill('SIGINT');
    expect(await again.exited).toEqual({ code: 0, signal: null });
    expect((await on('keys', 'list')).output).toMatch(/ {2}n8n .* revoked /);
  });

  test('refuses keys without a name, with an unknown scope or broker, and unknown ids', async () => {
    const nobody = '00000000-0000-7000-8000-000000000000';
    const [nameless, scope, broker, missing] = await Promise.all([
      on('keys', 'create', '--scopes', 'read'),
      on('keys', 'create', '--name', 'x', '--scopes', 'read,root'),
      on('keys', 'create', '--name', 'x', '--scopes', 'intake', '--brokers', nobody),
      on('keys', 'revoke', nobody),
    ]);
    expect(nameless.code).toBe(1);
    expect(scope).toMatchObject({
      code: 1,
      output: expect.stringContaining('"root" is not a scope'),
    });
    expect(broker.code).toBe(1);
    expect(broker.output).not.toMatch(TOKEN);
    expect(missing).toMatchObject({ code: 1, output: expect.stringContaining(nobody) });
    expect((await on('keys', 'list')).output).toBe('No keys.\n');
  });

  test('shows a first key on the first start, and never again', async () => {
    const first = await serve(database);
    const [token] = await first.waitFor(TOKEN);
    expect((await whoami(first.address, token)).status).toBe(200);
    first.kill('SIGTERM');
    await first.exited;
    expect(first.output().match(new RegExp(TOKEN, 'g'))).toHaveLength(1);
    const second = await serve(database);
    expect((await whoami(second.address, token)).status).toBe(200);
    second.kill('SIGTERM');
    await second.exited;
    expect(second.output()).not.toMatch(/ll_/);
  });

  test('shows no key when the environment fixes one, and prints that one nowhere', async () => {
    const fixed = 'an-admin-key-of-the-environment';
    const served = await serve(database, { LEADLOOP_ADMIN_KEY: fixed, LOG_LEVEL: 'debug' });
    expect((await whoami(served.address, fixed)).status).toBe(200);
    served.kill('SIGTERM');
    expect(await served.exited).toEqual({ code: 0, signal: null });
    expect(served.output()).not.toContain(fixed);
    expect(served.output()).not.toMatch(/ll_/);
  });
});

describe('several replicas that start at once on one PostgreSQL', () => {
  test('all serve a new database, and one of them shows a first key', async () => {
    const database = await createEmptyDatabase('postgres');
    const replicas = await Promise.all([serve(database), serve(database)]);
    for (const replica of replicas) replica.kill('SIGTERM');
    const ended = await Promise.all(replicas.map(({ exited }) => exited));
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    expect(replicas.filter((replica) => TOKEN.test(replica.output()))).toHaveLength(1);
    await database.drop();
  });

  test('make one first key, however they run into each other', async () => {
    const database = await createDatabase('postgres');
    const settings = readSettings(
      { DATABASE_URL: database.url, PORT: '0', LOG_LEVEL: 'silent' },
      '/',
    );
    const replicas = await Promise.all(
      Array.from({ length: 6 }, () =>
        startService({ settings, version: '0.0.0-test', log: silentLog }),
      ),
    );
    expect(replicas.filter(({ firstKey }) => firstKey !== null)).toHaveLength(1);
    await Promise.all(replicas.map((replica) => replica.stop()));
    await database.drop();
  });
});

describe('a service that is asked to stop', () => {
  test('is stopped at once by a second signal while a request hangs', async () => {
    const database = await createDatabase('sqlite');
    const served = await serve(database);
    const url = new URL(served.address);
    const socket = connect(Number(url.port), url.hostname);
    socket.on('error', () => undefined);
    const accepted = new Promise((resolve) => socket.once('data', resolve));
    // The answer 100 proves that the request is in flight.
    socket.write(
      `POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n`,
    );
    await accepted;
    served.kill('SIGTERM');
    await served.waitFor(/SIGTERM: finishing/);
    served.kill('SIGTERM');
    expect(await served.exited).toEqual({ code: 1, signal: null });
    socket.destroy();
    await database.drop();
  });

  test('says why it does not start when its address is taken', async () => {
    const database = await createDatabase('sqlite');
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as AddressInfo;
    const { code, output } = await leadloop(['serve'], {
      DATABASE_URL: database.url,
      PORT: String(port),
    });
    expect(code).toBe(1);
    expect(output).toContain('EADDRINUSE');
    expect(output).not.toMatch(/at .*\.js:\d+/);
    await new Promise((resolve) => holder.close(resolve));
    await database.drop();
  });
});
