import { createThreads } from '../../../scoring-service/src/routing/backtest/thread.js';
import { backtest } from '../../support/backtests.js';
import { buildService, type Build } from '../../support/build.js';
import { DATABASES } from '../../support/databases.js';
import { createBroker, createOrder, postLead } from '../../support/seed.js';
import { startTestService, type TestService } from '../../support/service.js';

let build: Build;
beforeAll(() => {
  build = buildService();
});
afterAll(() => build.remove());

/** A repeatable stream of numbers in [0, 1) (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const BEGIN = '2026-03-20T00:00:00.000Z';
const END = '2026-04-08T00:00:00.000Z';
const MIDNIGHT = '2026-04-01T00:00:00.000Z';

const LEADS = 320;
const momentOf = (i: number): string => {
  const step = (Date.parse(END) - Date.parse(BEGIN)) / (LEADS + 1);
  return new Date(Date.parse(BEGIN) + Math.round(step * (i + 1))).toISOString();
};

/** Leads from which on no earlier one is changed: a range may begin there. */
const BOUNDARIES = [0, 100, 220];

/** Orders that fill up and complete, start anew, tie, take more than they asked for, or none. */
const ORDERS: Record<string, Record<string, unknown>> = {
  small: { total_leads: 9, priority: 'high' },
  monthly: { total_leads: 20, order_type: 'monthly' },
  'monthly 680': { total_leads: 6, order_type: 'monthly', credit_score_min: 680 },
  'twin a': { verticals: ['SBA'], total_leads: 25 },
  'twin b': { verticals: ['SBA'], total_leads: 25 },
  'twin c': { verticals: ['SBA'], total_leads: 25 },
  bonus: { verticals: ['Equipment'], total_leads: 4, bonus_mode: true },
  everything: { verticals: ['All'], total_leads: 30, order_type: 'monthly', loan_min: 80_000 },
  pool: { verticals: ['MCA', 'SBA'], total_leads: 18, order_type: 'monthly' },
};

interface World {
  service: TestService;
  /** Order id → its name in ORDERS. */
  names: Map<string, string>;
  ids: Record<string, string>;
}

async function world(
  database: 'sqlite' | 'postgres',
  over: Record<string, Record<string, unknown>> = {},
): Promise<World & { poolKey: string }> {
  const service = await startTestService(database, {
    runBacktest: (location) => createThreads(location, build.backtestScript),
  });
  service.runtime.set(BEGIN);
  const broker = await createBroker(service);
  const names = new Map<string, string>();
  const ids: Record<string, string> = {};
  for (const [name, order] of Object.entries(ORDERS)) {
    const broker_id = name === 'pool' ? broker.id : undefined;
    const made = await createOrder(service, { name, broker_id, ...order, ...over[name] });
    names.set(made.id, name);
    ids[name] = made.id;
  }
  const key = await service.post<{ token: string }>('/api/api-keys', {
    name: 'pool',
    scopes: ['intake'],
    broker_ids: [broker.id],
  });
  return { service, names, ids, poolKey: key.body.token };
}

/** A lead's outcome in words that are the same in every world. */
interface Told {
  status: string;
  order: string | null;
}

/**
 * The same weeks of leads in any world: different verticals, credits and amounts, repeats, leads that
 * are rejected, changes of what was said, and a key that is limited to one broker.
 */
async function liveThrough({ service, poolKey }: World & { poolKey: string }): Promise<void> {
  const random = seeded(7);
  const pick = <T>(...choices: [T, ...T[]]): T =>
    choices[Math.floor(random() * choices.length)] ?? choices[0];
  let month = '2026-03';
  for (let i = 0; i < LEADS; i += 1) {
    const at = momentOf(i);
    if (at.slice(0, 7) !== month) {
      month = at.slice(0, 7);
      service.runtime.set(MIDNIGHT);
      expect(await service.service.resetDueOrders()).toBeGreaterThan(0);
      await service.service.retriesIdle();
    }
    service.runtime.set(at);
    const lead = {
      ghl_contact_id: `lead-${i}`,
      vertical: pick('MCA', 'MCA', 'SBA', 'SBA', 'Equipment', 'Other'),
      credit_score: pick<number | undefined>(undefined, 560, 610, 640, 655, 690, 720, 800),
      funding_amount: pick<number | undefined>(50_000, 50_000, 90_000, 20_000, undefined),
    };
    const options = random() < 0.2 ? { key: poolKey } : undefined;
    const answer = await service.post('/api/leads/incoming', lead, options);
    expect(answer.status).toBe(200);
    if (random() < 0.1) await service.post('/api/leads/incoming', lead, options);
    if (random() < 0.15) {
      service.runtime.advance(30_000);
      const change = pick<Record<string, unknown>>(
        { credit_score: 700 },
        { funding_amount: 85_000 },
        { vertical: 'SBA', credit_score: 660 },
        { first_name: 'Pat' },
      );
      const oldest = Math.max(...BOUNDARIES.filter((boundary) => boundary <= i));
      const contact = `lead-${oldest + Math.floor(random() * (i + 1 - oldest))}`;
      const updated = await service.patch('/api/leads/update', {
        ghl_contact_id: contact,
        ...change,
      });
      expect(updated.status).toBe(200);
    }
  }
  service.runtime.set(END);
}

interface Lead {
  id: string;
  ghl_contact_id: string;
  status: string;
  assigned_order_id: string | null;
}

async function outcomes({ service, names }: World): Promise<Map<string, Told & { id: string }>> {
  const rows = (await service.store.db
    .selectFrom('leads')
    .select(['id', 'ghl_contact_id', 'status', 'assigned_order_id'])
    .orderBy('id')
    .execute()) as Lead[];
  return new Map(
    rows.map((row) => [
      row.ghl_contact_id,
      { id: row.id, status: row.status, order: names.get(row.assigned_order_id ?? '') ?? null },
    ]),
  );
}

describe.each(DATABASES)('a backtest on %s', (database) => {
  test('of unchanged orders repeats what live routing decided, lead by lead', async () => {
    const lived = await world(database);
    const { service, ids } = lived;
    await liveThrough(lived);
    const live = [...(await outcomes(lived)).values()];
    const statuses = (status: string) => live.filter((lead) => lead.status === status).length;
    // What makes it worth something: every way of ending is there, and retries and updates count.
    for (const status of ['assigned', 'unassigned', 'rejected'])
      expect(statuses(status)).toBeGreaterThan(15);
    const triggers = await service.store.db
      .selectFrom('decisions')
      .select(['trigger', 'status'])
      .where('status', '=', 'assigned')
      .execute();
    for (const trigger of ['retry', 'update'])
      expect(triggers.filter((row) => row.trigger === trigger).length).toBeGreaterThan(2);

    const { job, differences } = await backtest(service, { from: BEGIN });
    expect(differences).toEqual([]);
    expect(job.request).toMatchObject({ compare_with: 'history', start: 'history', to: END });
    expect(job.result?.leads).toBe(live.length);
    expect(job.result?.totals.proposed).toEqual({
      assigned: statuses('assigned'),
      unassigned: statuses('unassigned'),
      rejected: statuses('rejected'),
    });
    for (const [name, id] of Object.entries(ids)) {
      const now = (await service.get(`/api/orders/${id}`)).body;
      const entry = job.result?.orders.find((order) => order.order_id === id);
      expect({ name, ...entry?.proposed }).toMatchObject({
        name,
        leads_delivered: now.leads_delivered,
        leads_remaining: now.leads_remaining,
        status: now.status,
        start_delivered: 0,
        resets: ORDERS[name]?.order_type === 'monthly' ? 1 : 0,
      });
    }
    const filled = job.result?.orders.filter((order) => order.proposed?.first_completed_at != null);
    expect(filled?.length).toBeGreaterThan(2);

    // From the middle on, the counters are those that stood there then.
    for (const from of BOUNDARIES.slice(1).map(momentOf)) {
      const later = await backtest(service, { from });
      expect(later.differences).toEqual([]);
      expect(later.job.result?.leads).toBeGreaterThan(50);
      const small = later.job.result?.orders.find(({ order_id }) => order_id === ids['twin a']);
      expect(small?.proposed?.start_delivered).toBeGreaterThan(0);
    }
    await service.stop();
  });

  test('does not try leads again in a new month that have waited too long for it', async () => {
    const service = await startTestService(database, {
      runBacktest: (location) => createThreads(location, build.backtestScript),
    });
    service.runtime.set('2026-03-27T00:00:00.000Z');
    await createOrder(service, { total_leads: 1, order_type: 'monthly' });
    await createOrder(service, { verticals: ['SBA'] });
    for (const [contact, at] of [
      ['takes it', '2026-03-27T01:00:00.000Z'],
      ['too old by a second', '2026-03-28T23:59:59.000Z'],
      ['takes it in April', '2026-04-02T00:00:00.000Z'],
    ] as const) {
      service.runtime.set(at);
      if (at > MIDNIGHT) expect(await service.service.resetDueOrders()).toBe(1);
      await postLead(service, contact);
      await service.service.retriesIdle();
    }
    service.runtime.set(END);
    const { job, differences } = await backtest(service, { from: BEGIN });
    expect(job.result?.totals.baseline).toEqual({ assigned: 2, unassigned: 1, rejected: 0 });
    expect(differences).toEqual([]);
    await service.stop();
  });

  test('of a changed order names the leads that a service with that order routed elsewhere', async () => {
    const before = await world(database);
    const after = await world(database, { monthly: { credit_score_min: 650 } });
    await liveThrough(before);
    await liveThrough(after);
    const was = await outcomes(before);
    const is = await outcomes(after);
    const expected = [...was].flatMap(([contact, one]) => {
      const other = is.get(contact);
      return one.status === other?.status && one.order === other.order
        ? []
        : [{ lead_id: one.id, was: one.order, is: other?.order ?? null }];
    });
    expect(expected.length).toBeGreaterThan(10);

    const { job, differences } = await backtest(before.service, {
      from: BEGIN,
      changes: [{ order_id: before.ids.monthly, credit_score_min: 650 }],
    });
    const named = (id: string | null) => (id === null ? null : (before.names.get(id) ?? id));
    const moved = differences.filter(
      ({ baseline, proposed }) =>
        baseline.status !== proposed.status || baseline.order_id !== proposed.order_id,
    );
    expect(
      moved
        .map((one) => ({
          lead_id: one.lead_id,
          was: named(one.baseline.order_id),
          is: named(one.proposed.order_id),
        }))
        .sort((a, b) => (a.lead_id < b.lead_id ? -1 : 1)),
    ).toEqual(expected.sort((a, b) => (a.lead_id < b.lead_id ? -1 : 1)));
    expect(job.request).toMatchObject({ compare_with: 'current_orders', changes: 1 });
    const { differences: counts } = job.result ?? {};
    for (const kind of [
      'changed_winner',
      'newly_assigned',
      'newly_unassigned',
      'changed_reason',
    ] as const)
      expect([kind, counts?.[kind]]).toEqual([
        kind,
        differences.filter((one) => one.kind === kind).length,
      ]);
    await before.service.stop();
    await after.service.stop();
  });
});
