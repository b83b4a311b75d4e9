/**
 * How long the service takes for each page of the dashboard with 100,000 leads stored: median and
 * slowest of several requests, one after the other, from request to the last byte.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { openSession } from '../../scoring-service/dist/access/sessions.js';
import { createUser } from '../../scoring-service/dist/access/users.js';
import { systemRuntime } from '../../scoring-service/dist/core/clock.js';
import { openStore } from '../../scoring-service/dist/db/open.js';
import { ADMIN_KEY, leadBody } from './fixture.mjs';
import { median, startServer } from './processes.mjs';

const BATCH = 250;

const PAGES = {
  overview: '/',
  'overview of 90 days': '/?range=90d',
  leads: '/leads',
  'assigned leads': '/leads?status=assigned',
  'leads of a vertical': '/leads?vertical=SBA',
  'leads of today': '/leads?from=today&to=today',
  'search by e-mail': '/leads?q=somebody%40example.com',
  'search by name': '/leads?q=example+99',
  'search for nothing': '/leads?q=nobody-is-called-this',
  unassigned: '/unassigned',
  deliveries: '/deliveries',
  orders: '/orders',
  brokers: '/brokers',
  simulator: '/simulator?vertical=MCA&credit_score=700&funding_amount=50000',
  activity: '/activity',
  'activity about users': '/activity?subject_type=user',
  tasks: '/tasks',
  messages: '/messages',
};

async function fill(server, leads) {
  for (let sent = 0; sent < leads; sent += BATCH) {
    const response = await fetch(`${server.address}/api/leads/incoming/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
      body: `{"leads":[${Array.from({ length: BATCH }, leadBody).join(',')}]}`,
    });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    await response.arrayBuffer();
  }
}

async function signIn(file) {
  const store = await openStore({ location: { kind: 'sqlite', file } });
  const deps = { store, runtime: systemRuntime };
  const { token } = await store.unit(function* () {
    const input = { name: 'Ann Example', email: 'ann@example.com', role: 'admin' };
    const user = yield* createUser(deps, input, null);
    return yield* openSession(deps, user.id);
  });
  await store.close();
  return `leadloop_session=${token}`;
}

async function get(address, path, cookie) {
  const startedAt = performance.now();
  const response = await fetch(`${address}${path}`, { headers: { cookie, accept: 'text/html' } });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path}: ${response.status}`);
  return { ms: performance.now() - startedAt, text };
}

export async function benchDashboard({ leads = 100_000, rounds = 15 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'leadloop-bench-'));
  const file = join(folder, 'dashboard.db');
  const server = await startServer('service-server.mjs', [`sqlite:${file}`, 'group']);
  const pages = {};
  try {
    await fill(server, leads);
    const cookie = await signIn(file);
    const list = await get(server.address, '/leads', cookie);
    const lead = /href="(\/leads\/[0-9a-f-]{36})"/.exec(list.text)?.[1];
    const today = new Date().toISOString().slice(0, 10);
    for (const [name, path] of Object.entries({
      ...PAGES,
      lead,
      'choice of an order': `${lead}?assign=yes`,
    })) {
      const times = [];
      for (let round = 0; round < rounds; round += 1) {
        times.push((await get(server.address, path.replaceAll('today', today), cookie)).ms);
      }
      pages[name] = {
        median_ms: Math.round(median(times)),
        slowest_ms: Math.round(Math.max(...times)),
      };
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    stored_leads: leads,
    slowest_median_ms: Math.max(...Object.values(pages).map((page) => page.median_ms)),
    pages,
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(await benchDashboard());
}
