/**
 * What matching costs with 1,000 leads stored against 500,000: the look-up and decision alone, and
 * a whole missed call. Both databases take turns, so that the ratio holds whatever else the machine
 * does.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { v7 } from 'uuid';

import { systemRuntime } from '../../scoring-service/dist/core/clock.js';
import { silentLog } from '../../scoring-service/dist/core/log.js';
import { migrateDatabase, openStore } from '../../scoring-service/dist/db/open.js';
import { insertMany } from '../../scoring-service/dist/db/unit.js';
import { createQualifyLater } from '../../scoring-service/dist/qualification/queue.js';
import { findCandidates } from '../../scoring-service/dist/response/candidates.js';
import { createLeadResponse } from '../../scoring-service/dist/response/lead-response.js';
import { matchLead } from '../../scoring-service/dist/response/match.js';
import { takeTwilioCall } from '../../scoring-service/dist/response/twilio-calls.js';
import { readSettings } from '../../scoring-service/dist/settings/settings.js';
import { median } from './processes.mjs';

const BATCH = 5000;

/** A number that nobody has, for a stored lead or a new caller. */
const number = (i) => `+1999${String(i).padStart(7, '0')}`;

async function open(folder, name, leads) {
  const file = join(folder, `${name}.db`);
  const location = { kind: 'sqlite', file };
  await migrateDatabase(location);
  const store = await openStore({ location });
  const settings = readSettings(
    {
      DATABASE_URL: `sqlite:${file}`,
      BUSINESS_NAME: 'Example Dental',
      BUSINESS_PHONE: '+12025550100',
    },
    '/',
  );
  const response = createLeadResponse({
    store,
    runtime: systemRuntime,
    log: silentLog,
    settings,
    qualify: createQualifyLater({ store, runtime: systemRuntime }),
  });
  await response.prepare();
  const { id: businessId } = await store.db
    .selectFrom('businesses')
    .select('id')
    .executeTakeFirstOrThrow();
  for (let from = 0; from < leads; from += BATCH) {
    await store.unit(() => fill(businessId, from, Math.min(BATCH, leads - from)));
  }
  return { store, deps: response.deps, businessId, leads, next: 5_000_000 };
}

function* fill(businessId, from, count) {
  const at = new Date().toISOString();
  const rows = Array.from({ length: count }, (_, i) => ({ id: v7(), n: from + i }));
  yield* insertMany(
    'leads',
    rows.map(({ id, n }) => ({
      id,
      kind: 'response',
      status: 'open',
      first_name: 'Ann',
      last_name: `Example ${n}`,
      email: `ann.${n}@example.com`,
      email_key: `ann.${n}@example.com`,
      phone: number(n),
      phone_key: number(n),
      source: 'twilio call',
      delivery_hold: 0,
      business_id: businessId,
      created_at: at,
      updated_at: at,
      version: 1,
    })),
  );
  yield* insertMany(
    'response_leads',
    rows.map(({ id, n }) => ({
      lead_id: id,
      business_id: businessId,
      name_key: `ann example ${n}`,
      withheld: 0,
      last_event_at: at,
    })),
  );
  yield* insertMany(
    'lead_identifiers',
    rows.flatMap(({ id, n }) => [
      { lead_id: id, business_id: businessId, kind: 'phone', value: number(n), created_at: at },
      {
        lead_id: id,
        business_id: businessId,
        kind: 'email',
        value: `ann.${n}@example.com`,
        created_at: at,
      },
    ]),
  );
}

/** Somebody who is known, anywhere in the table. */
const known = (side, i) => ({
  phoneKey: number((i * 7919) % side.leads),
  emailKey: `ann.${(i * 7919) % side.leads}@example.com`,
  ghlContactId: null,
  nameKey: null,
});

/** Microseconds for one look-up and decision, of known and unknown people in turn. */
async function matchCost(side, count) {
  const identities = Array.from({ length: count }, (_, i) =>
    i % 2 === 0
      ? known(side, i + side.next)
      : { ...known(side, i), phoneKey: number(9_000_000 + i), emailKey: null },
  );
  side.next += count;
  return side.store.unit(function* () {
    const startedAt = performance.now();
    for (const identity of identities) {
      const found = yield* findCandidates(side.store, side.businessId, identity);
      matchLead(identity, found, Date.now());
    }
    return ((performance.now() - startedAt) * 1000) / count;
  });
}

/** Microseconds for one missed call, stored and decided, its commit included. */
async function callCost(side, count) {
  const startedAt = performance.now();
  for (let i = 0; i < count; i += 1) {
    side.next += 1;
    const params = {
      CallSid: `CA${side.next}`,
      From: i % 2 === 0 ? number((side.next * 7919) % side.leads) : number(side.next),
      To: '+12025550100',
      CallStatus: 'no-answer',
    };
    const received = { params, raw: 'bench', verifiedBy: 'signature', sourceKeyId: null };
    await side.store.unit(() => takeTwilioCall(side.deps, received));
  }
  return ((performance.now() - startedAt) * 1000) / count;
}

export async function benchMatching({ small = 1000, large = 500_000, rounds = 15 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'leadloop-bench-'));
  const sides = {
    small: await open(folder, 'small', small),
    large: await open(folder, 'large', large),
  };
  const match = { small: [], large: [] };
  const call = { small: [], large: [] };
  try {
    for (let round = -2; round < rounds; round += 1) {
      for (const name of ['small', 'large']) {
        const us = await matchCost(sides[name], 2000);
        const whole = await callCost(sides[name], 50);
        // The first rounds warm up.
        if (round < 0) continue;
        match[name].push(us);
        call[name].push(whole);
      }
    }
  } finally {
    for (const side of Object.values(sides)) await side.store.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const figures = (costs) => ({
    us: { small: Math.round(median(costs.small)), large: Math.round(median(costs.large)) },
    ratio: Number(median(costs.large.map((value, i) => value / costs.small[i])).toFixed(2)),
  });
  return { stored_leads: { small, large }, match: figures(match), missed_call: figures(call) };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(await benchMatching());
}
