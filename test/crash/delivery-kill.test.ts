import { openStore } from '../../scoring-service/src/db/open.js';
import { startFakeCrm, status, type FakeCrm } from '../fakes/crm.js';
import { until } from '../support/builders.js';
import { buildService, type Build } from '../support/build.js';
import { createDatabase, DATABASES, type TestDatabase } from '../support/databases.js';
import { startNode, type TestProcess } from '../support/process.js';
import { ADMIN_KEY } from '../support/service.js';

const ROUNDS = 5;
const LEASE_SECONDS = 4;

/** A repeatable source of whole numbers below `limit` (a linear congruential generator). */
function seeded(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

interface Live {
  process: TestProcess;
  post<T>(path: string, body: unknown): Promise<T>;
  /** Whether anything is still to be delivered. */
  isBusy(): Promise<boolean>;
}

async function serve(build: Build, database: TestDatabase): Promise<Live> {
  const started = startNode([build.bin, 'serve'], {
    DATABASE_URL: database.url,
    LEADLOOP_ADMIN_KEY: ADMIN_KEY,
    PORT: '0',
    LOG_LEVEL: 'silent',
    EGRESS_ALLOW_CIDRS: '127.0.0.0/8',
    DELIVERY_LEASE_SECONDS: String(LEASE_SECONDS),
    // Ample, so that a busy machine does not look like a dead broker.
    DELIVERY_TIMEOUT_SECONDS: '2',
    DELIVERY_RETRY_DELAYS: '0,0.05,0.05,0.05,0.05,0.05,0.05,0.05,0.05,0.05',
  });
  const [, address = ''] = await started.waitFor(/listens on (http:\S+)/);
  return {
    process: started,
    async post<T>(path: string, body: unknown): Promise<T> {
      const response = await fetch(`${address}/api${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      return (await response.json()) as T;
    },
    async isBusy() {
      const response = await fetch(`${address}/api/deliveries?status=pending&limit=1`, {
        headers: { authorization: `Bearer ${ADMIN_KEY}` },
      });
      return ((await response.json()) as { data: unknown[] }).data.length > 0;
    },
  };
}

interface Row {
  id: string;
  status: string;
  claim_id: string | null;
  due_at: string | null;
}

async function storedDeliveries(database: TestDatabase): Promise<Row[]> {
  const store = await openStore({ location: database.location });
  try {
    return await store.db
      .selectFrom('deliveries')
      .select(['id', 'status', 'claim_id', 'due_at'])
      .execute();
  } finally {
    await store.close();
  }
}

interface Load {
  ended: Promise<unknown>;
  stop(): void;
}

/** Posts leads over several connections until stopped or cut off; keeps acknowledged deliveries. */
function load(live: Live, name: string, acknowledged: Set<string>): Load {
  let stopped = false;
  let count = 0;
  const worker = async (): Promise<void> => {
    while (!stopped) {
      count += 1;
      try {
        const body = await live.post<{ assignment: { delivery_ids: string[] } }>(
          '/leads/incoming',
          {
            ghl_contact_id: `${name}-${count}`,
            vertical: 'MCA',
            credit_score: 700,
            funding_amount: 50_000,
          },
        );
        for (const id of body.assignment.delivery_ids) acknowledged.add(id);
      } catch {
        return;
      }
    }
  };
  return {
    ended: Promise.all(Array.from({ length: 8 }, worker)),
    stop: () => {
      stopped = true;
    },
  };
}

let build: Build;
let crm: FakeCrm;
beforeAll(async () => {
  build = buildService();
  crm = await startFakeCrm();
});
afterAll(async () => {
  build.remove();
  await crm.close();
});

describe.each(DATABASES)('deliveries of a service on %s that is killed under load', (name) => {
  test('all arrive, always with the same id and the same bytes, and no claim outlives its lease', async () => {
    const below = seeded(name === 'sqlite' ? 11 : 12);
    const database = await createDatabase(name);
    const acknowledged = new Set<string>();
    crm.requests.length = 0;
    // One in ten fails once, so that retries are under way too when the process dies.
    crm.behave((_request, index) =>
      index % 10 === 3 ? status(500) : { kind: 'answer', status: 200 },
    );
    let claimedAtDeath = 0;

    for (let round = 0; round < ROUNDS; round += 1) {
      const live = await serve(build, database);
      if (round === 0) {
        const broker = await live.post<{ id: string }>('/brokers', {
          name: 'Example Funding',
          crm_webhook_url: crm.url(),
        });
        await live.post('/orders', {
          broker_id: broker.id,
          name: 'All leads',
          verticals: ['All'],
          total_leads: 1_000_000,
        });
      }
      const loading = load(live, `round-${round}`, acknowledged);
      await crm.arrived(crm.requests.length + 40 + below(200));
      live.process.kill('SIGKILL');
      await live.process.exited;
      loading.stop();
      await loading.ended;
      const latest = new Date(Date.now() + LEASE_SECONDS * 1000).toISOString();
      const claimed = (await storedDeliveries(database)).filter((row) => row.claim_id !== null);
      claimedAtDeath += claimed.length;
      for (const row of claimed) expect((row.due_at ?? '') <= latest).toBe(true);
    }
    // Otherwise the moments were not the ones that this is about.
    expect(claimedAtDeath).toBeGreaterThan(0);

    const last = await serve(build, database);
    await until(async () => !(await last.isBusy()));
    last.process.kill('SIGTERM');
    expect((await last.process.exited).code).toBe(0);

    const rows = await storedDeliveries(database);
    expect(rows.filter((row) => row.status !== 'sent')).toEqual([]);
    const stored = rows.map((row) => row.id);
    expect(stored).toEqual(expect.arrayContaining([...acknowledged]));
    const bodies = new Map<string, Set<string>>();
    for (const request of crm.requests) {
      const id = request.headers['webhook-id'] ?? '';
      bodies.set(id, (bodies.get(id) ?? new Set()).add(request.body));
    }
    expect(new Set(bodies.keys())).toEqual(new Set(stored));
    expect([...bodies.values()].every((texts) => texts.size === 1)).toBe(true);
    await database.drop();
  }, 120_000);
});
