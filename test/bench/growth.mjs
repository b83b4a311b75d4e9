/**
 * Cost per lead with 1,000 leads stored against 200,000, everything else equal. Both servers are
 * warm and take turns; what the small one got in a round is deleted again, so that it stays small.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import Database from 'better-sqlite3';

import { ADMIN_KEY, leadBody } from './fixture.mjs';
import { median, startServer } from './processes.mjs';

const BATCH = 250;

async function postBatch(server, leads) {
  const response = await fetch(`${server.address}/api/leads/incoming/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    body: `{"leads":[${Array.from({ length: leads }, leadBody).join(',')}]}`,
  });
  const { results } = await response.json();
  if (results.some((result) => result.assignment === undefined))
    throw new Error('a lead was not routed');
}

async function fill(server, leads) {
  for (let sent = 0; sent < leads; sent += BATCH)
    await postBatch(server, Math.min(BATCH, leads - sent));
}

/** Microseconds per lead of one batch. */
async function cost(server) {
  const startedAt = performance.now();
  await postBatch(server, BATCH);
  return ((performance.now() - startedAt) * 1000) / BATCH;
}

const TABLES = [
  'decisions',
  'source_events',
  'activity_log',
  'deliveries',
  'unassigned_leads',
  'events',
  'leads',
];

/** Deletes all but the oldest rows of what grows with leads. */
function trim(file, keep) {
  const db = new Database(file, { timeout: 10_000 });
  for (const table of TABLES) {
    db.exec(
      `delete from ${table} where rowid > (select rowid from ${table} order by rowid limit 1 offset ${keep})`,
    );
  }
  // Pages freed by the deletion would spare the small file the growth that the large one has.
  db.exec('vacuum');
  db.close();
}

export async function benchGrowth({ small = 1000, large = 200_000, rounds = 8, batches = 8 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'leadloop-bench-'));
  const littleFile = join(folder, 'little.db');
  const big = await startServer('service-server.mjs', [
    `sqlite:${join(folder, 'big.db')}`,
    'group',
  ]);
  const little = await startServer('service-server.mjs', [`sqlite:${littleFile}`, 'group']);
  const costs = { small: [], large: [] };
  try {
    await fill(little, 20_000);
    await fill(big, large);
    for (let round = 0; round < rounds; round += 1) {
      trim(littleFile, small);
      for (let batch = 0; batch < batches; batch += 1) {
        costs.small.push(await cost(little));
        costs.large.push(await cost(big));
      }
    }
  } finally {
    await big.stop();
    await little.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    stored_leads: { small, large },
    us_per_lead: { small: Math.round(median(costs.small)), large: Math.round(median(costs.large)) },
    ratio: median(costs.large) / median(costs.small),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(await benchGrowth());
}
