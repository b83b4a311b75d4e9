/**
 * Handing events on to three subscriptions.
 *
 * `fan_out`: everything but the requests. Events lie in the stream; the worker takes them, writes
 * its claims and their ends, and the receivers answer at once. On both databases.
 *
 * `over_http`: the same on SQLite, to a receiver in another process: requests are made and signed.
 *
 * `intake`: leads per second at full load with three subscriptions to `lead.assigned` and with
 * none, taking turns.
 */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { systemRuntime } from '../../scoring-service/dist/core/clock.js';
import { silentLog } from '../../scoring-service/dist/core/log.js';
import { migrateDatabase, openStore } from '../../scoring-service/dist/db/open.js';
import { DEFAULT_BREAKER_OPTIONS } from '../../scoring-service/dist/delivery/breaker/breaker.js';
import { DEFAULT_RETRY_DELAYS_MS } from '../../scoring-service/dist/delivery/retry/schedule.js';
import { SYSTEM } from '../../scoring-service/dist/events/activity.js';
import { recordEvents } from '../../scoring-service/dist/events/events.js';
import { createRunner } from '../../scoring-service/dist/jobs/runner.js';
import { createSubscription } from '../../scoring-service/dist/subscriptions/manage.js';
import { createSubscriptions } from '../../scoring-service/dist/subscriptions/subscriptions.js';
import { createHandOnSource } from '../../scoring-service/dist/subscriptions/worker/source.js';
import { startPostgres } from '../support/postgres-server.mjs';
import { ADMIN_KEY } from './fixture.mjs';
import { median, runLoad, startServer } from './processes.mjs';

const SUBSCRIPTIONS = 3;
const silentMetrics = {
  attempt: () => undefined,
  firstAttempt: () => undefined,
  givenUp: () => undefined,
  staleResult: () => undefined,
};

function startReceiver() {
  const child = fork(fileURLToPath(new URL('event-receiver.mjs', import.meta.url)));
  const next = () => new Promise((resolve) => child.once('message', resolve));
  return next().then(({ address }) => ({
    address,
    count() {
      const answer = next();
      child.send('count');
      return answer.then(({ count }) => count);
    },
    stop: () => child.kill('SIGTERM'),
  }));
}

const fileIn = (folder) => ({
  kind: 'sqlite',
  file: join(folder, `${randomBytes(4).toString('hex')}.db`),
});

/** A database with subscriptions, and then events that wait for them. */
async function openFilled(location, url, events) {
  await migrateDatabase(location);
  const store = await openStore({ location });
  const deps = { store, runtime: systemRuntime };
  for (let n = 0; n < SUBSCRIPTIONS; n += 1) {
    await store.unit(() => createSubscription(deps, { url, events: ['lead.assigned'] }, SYSTEM));
  }
  for (let made = 0; made < events; made += 100) {
    const data = { lead_id: systemRuntime.newId(), order_id: systemRuntime.newId() };
    const batch = Array.from({ length: 100 }, () => ({ type: 'lead.assigned', data }));
    await store.unit(() => recordEvents(batch, Date.now(), systemRuntime.newId));
  }
  return store;
}

async function timed(runner, store, handOns) {
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  // A look takes what fits into the slots and looks again when something ends.
  await runner.tick();
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  const { left } = await store.db
    .selectFrom('hand_ons')
    .select((select) => select.fn.countAll().as('left'))
    .executeTakeFirst();
  if (left > 0) throw new Error(`${left} hand-ons are left`);
  return {
    per_second: Math.round(handOns / seconds),
    // Tells the cost also where other work shares the machine.
    cpu_us: Math.round((cpu.user + cpu.system) / handOns),
  };
}

async function fanOut(location, events) {
  const store = await openFilled(location, 'http://127.0.0.1:9/hook', events);
  let sent = 0;
  const post = { status: 200, error_class: null, retry_after: null, duration_ms: 0 };
  const source = createHandOnSource({
    store,
    runtime: systemRuntime,
    log: silentLog,
    metrics: silentMetrics,
    webhook: {
      send: () => {
        sent += 1;
        return Promise.resolve(post);
      },
    },
    options: {
      perSubscription: 8,
      retryDelaysMs: DEFAULT_RETRY_DELAYS_MS,
      breaker: DEFAULT_BREAKER_OPTIONS,
    },
  });
  const runner = createRunner(
    source,
    { store, clock: systemRuntime.clock, newId: systemRuntime.newId, log: silentLog },
    { concurrency: 64, leaseMs: 60_000 },
  );
  const rate = await timed(runner, store, events * SUBSCRIPTIONS);
  if (sent !== events * SUBSCRIPTIONS) throw new Error(`${sent} were sent`);
  await store.close();
  return rate;
}

async function overHttp(folder, events) {
  const receiver = await startReceiver();
  const store = await openFilled(fileIn(folder), `${receiver.address}/hook`, events);
  const subscriptions = createSubscriptions({
    store,
    runtime: systemRuntime,
    log: silentLog,
    version: 'bench',
    metrics: silentMetrics,
    allow: [],
    retryDelaysMs: DEFAULT_RETRY_DELAYS_MS,
    timeoutMs: 15_000,
    leaseMs: 60_000,
    keptMs: 86_400_000,
  });
  const rate = await timed(subscriptions.runner, store, events * SUBSCRIPTIONS);
  const count = await receiver.count();
  if (count !== events * SUBSCRIPTIONS) throw new Error(`${count} arrived`);
  await subscriptions.stop();
  await store.close();
  receiver.stop();
  return rate;
}

async function intake(folder, requests, rounds) {
  const receiver = await startReceiver();
  const start = (name) =>
    startServer('service-server.mjs', [`sqlite:${join(folder, `${name}.db`)}`, 'group']);
  const servers = { without: await start('without'), with: await start('with') };
  for (let n = 0; n < SUBSCRIPTIONS; n += 1) {
    const response = await fetch(`${servers.with.address}/api/subscriptions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ url: `${receiver.address}/hook`, events: ['lead.assigned'] }),
    });
    if (response.status !== 201) throw new Error(`subscribing answered ${response.status}`);
  }
  const rates = { without: [], with: [] };
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, server] of Object.entries(servers)) {
      const figures = await runLoad(server.address + server.path, requests, 64);
      if (figures.failed > 0) throw new Error(`${name}: ${figures.failed} requests failed`);
      if (round >= 0) rates[name].push(figures.requests / figures.seconds);
    }
  }
  for (const server of Object.values(servers)) await server.stop();
  receiver.stop();
  return {
    leads_per_second: {
      without: Math.round(median(rates.without)),
      with: Math.round(median(rates.with)),
    },
    ratio: median(rates.with.map((rate, i) => rate / rates.without[i])),
  };
}

export async function benchEvents({ events = 10_000, requests = 6000, rounds = 3 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'leadloop-bench-'));
  const postgres = await startPostgres({ durable: true });
  try {
    await fanOut(fileIn(folder), events / 10);
    return {
      subscriptions: SUBSCRIPTIONS,
      hand_ons: {
        fan_out_sqlite: await fanOut(fileIn(folder), events),
        fan_out_postgres: await fanOut({ kind: 'postgres', url: postgres.url }, events),
        over_http: await overHttp(folder, events / 2),
      },
      intake: await intake(folder, requests, rounds),
    };
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(JSON.stringify(await benchEvents(), null, 2));
}
