/**
 * Deliveries on SQLite to a loopback CRM in another process: how long from the assignment of a lead
 * to its first byte there, how many a second with their attempt rows, and what one dead broker
 * among ten costs the others. Build first, then: node test/bench/delivery.mjs
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { ADMIN_KEY } from './fixture.mjs';
import { median } from './processes.mjs';

const NINE = 9;

/** A script in a process of its own, and a question-and-answer line to it. */
function start(script, args = []) {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const child = fork(file, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const answer = () => new Promise((resolve) => child.once('message', resolve));
  return answer().then((ready) => ({
    ...ready,
    ask(message) {
      const told = answer();
      child.send(message);
      return told;
    },
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', resolve);
        child.kill('SIGTERM');
      }),
  }));
}

async function call(address, method, path, body) {
  const response = await fetch(`${address}/api${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** A broker, and an order that only leads of its own vertical fit. */
async function makeBroker(address, name, port) {
  const broker = await call(address, 'POST', '/brokers', {
    name,
    crm_webhook_url: `http://127.0.0.1:${port}/leads`,
  });
  await call(address, 'POST', '/orders', {
    broker_id: broker.id,
    name,
    verticals: [name],
    total_leads: 10_000_000,
  });
  return broker;
}

let serial = 0;

function lead(vertical) {
  serial += 1;
  return {
    ghl_contact_id: `bench-${serial}`,
    first_name: 'Ann',
    last_name: `Example ${serial}`,
    business_name: 'Example Bakery',
    email: `ann.${serial}@example.com`,
    phone: `+1 202 555 ${String(100 + (serial % 100)).padStart(4, '0')}`,
    vertical,
    credit_score: 700,
    funding_amount: 50_000,
    funding_purpose: 'Working capital',
  };
}

async function fill(address, verticals, each) {
  for (const vertical of verticals) {
    for (let from = 0; from < each; from += 500) {
      const leads = Array.from({ length: Math.min(500, each - from) }, () => lead(vertical));
      await call(address, 'POST', '/leads/incoming/batch', { leads });
    }
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Lets `count` waiting deliveries go; how many a second arrived, and the service's CPU time of each. */
async function drain(address, server, crm, count) {
  await crm.ask({ ask: 'reset' });
  const before = await server.ask({ ask: 'cpu' });
  const startedAt = Date.now();
  await call(address, 'POST', '/delivery/resume');
  let told;
  do {
    await pause(50);
    told = await crm.ask({ ask: 'count' });
  } while (told.count < count);
  const after = await server.ask({ ask: 'cpu' });
  return {
    rate: (count / (told.lastAt - startedAt)) * 1000,
    cpuMs: (after.cpuMs - before.cpuMs) / count,
  };
}

async function sentWithAttempts(address) {
  const metrics = await (await fetch(`${address}/metrics`)).text();
  return Number(/attempts_total\{outcome="sent"\} (\d+)/.exec(metrics)?.[1] ?? 0);
}

async function inService(work) {
  const folder = mkdtempSync(join(tmpdir(), 'leadloop-bench-'));
  const crm = await start('crm-receiver.mjs');
  const server = await start('delivery-server.mjs', [`sqlite:${join(folder, 'bench.db')}`]);
  try {
    return await work(server.address, crm, server);
  } finally {
    await crm.stop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** From assignment to first byte, leads posted one by one at a steady rate. */
function benchLatency({ leadsPerSecond, seconds }) {
  return inService(async (address, crm) => {
    const verticals = [];
    for (let i = 0; i < 10; i += 1) {
      verticals.push((await makeBroker(address, `broker ${i}`, crm.port)).name);
    }
    await fill(address, verticals, 20);
    await pause(500);
    await crm.ask({ ask: 'reset', timing: true });
    const count = leadsPerSecond * seconds;
    const posts = [];
    const startedAt = performance.now();
    for (let i = 0; i < count; i += 1) {
      const due = startedAt + (i * 1000) / leadsPerSecond;
      const wait = due - performance.now();
      if (wait > 0) await pause(wait);
      posts.push(call(address, 'POST', '/leads/incoming', lead(verticals[i % verticals.length])));
    }
    await Promise.all(posts);
    let told;
    do {
      await pause(50);
      told = await crm.ask({ ask: 'count' });
    } while (told.count < count);
    const sorted = told.latencies.sort((a, b) => a - b);
    return {
      leads: count,
      p50_ms: sorted[Math.floor(count * 0.5)],
      p99_ms: sorted[Math.floor(count * 0.99)],
      max_ms: sorted.at(-1),
    };
  });
}

/**
 * Rates of nine brokers' deliveries, with a dead tenth and without, taking turns. Each dead broker
 * is a new one: its breaker is closed and as much waits for it as for each of the others.
 */
function benchRates({ each, rounds }) {
  return inService(async (address, crm, server) => {
    const nine = [];
    for (let i = 0; i < NINE; i += 1) {
      nine.push((await makeBroker(address, `broker ${i}`, crm.port)).name);
    }
    const rates = { alone: [], beside_dead: [] };
    const cpu = [];
    const count = NINE * each;
    let sent = 0;
    for (let round = -1; round < rounds; round += 1) {
      for (const kind of ['alone', 'beside_dead']) {
        await call(address, 'POST', '/delivery/pause');
        await fill(address, nine, each);
        const dead =
          kind === 'alone' ? null : await makeBroker(address, `dead ${round}`, crm.deadPort);
        if (dead !== null) await fill(address, [dead.name], each);
        const { rate, cpuMs } = await drain(address, server, crm, count);
        sent += count;
        // The first round warms up.
        if (round >= 0) {
          rates[kind].push(rate);
          cpu.push(cpuMs);
        }
        if (dead !== null) await call(address, 'POST', `/brokers/${dead.id}/deliveries/pause`);
      }
    }
    await pause(500);
    return { rates, cpu, attempts: await sentWithAttempts(address), sent };
  });
}

export async function benchDelivery({ each = 600, rounds = 4, seconds = 20 } = {}) {
  const latency = await benchLatency({ leadsPerSecond: 50, seconds });
  const { rates, cpu, attempts, sent } = await benchRates({ each, rounds });
  const whole = (values) => values.map(Math.round);
  return {
    latency,
    deliveries_per_second: {
      alone: whole(rates.alone),
      beside_dead: whole(rates.beside_dead),
    },
    median_per_second: Math.round(median(rates.alone)),
    service_cpu_ms_per_delivery: Number(median(cpu).toFixed(3)),
    best_per_second: Math.round(Math.max(...rates.alone)),
    ratio_beside_dead: median(rates.beside_dead.map((rate, i) => rate / rates.alone[i])),
    all_with_attempts: attempts === sent,
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(await benchDelivery());
}
