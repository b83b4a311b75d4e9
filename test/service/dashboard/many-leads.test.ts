import type { RootOperationNode } from 'kysely';

import { countWaiting } from '../../../scoring-service/src/dashboard/data/queue.js';
import type { Store } from '../../../scoring-service/src/db/store.js';
import { getPage, signedIn } from '../../support/dashboard.js';
import { DATABASES } from '../../support/databases.js';
import { seedManyLeads } from '../../support/many-leads.js';
import { execute, statement } from '../../support/seed.js';
import { startTestService, type TestService } from '../../support/service.js';
import { all, run } from '../../../scoring-service/src/db/unit.js';

const LEADS = 100_000;

/** Statements that a page ran, as the database got them. */
interface Watched {
  take(): { sql: string; parameters: readonly unknown[] }[];
}

/** Lets the pages' statements be seen: they ask the store for its `db` at every use. */
function watch(store: Store): Watched {
  let nodes: RootOperationNode[] = [];
  const plain = store.db;
  const watched = plain.withPlugin({
    transformQuery: ({ node }) => {
      nodes.push(node);
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  });
  Object.assign(store, { db: watched });
  return {
    take() {
      const taken = nodes.map((node) => {
        const { sql: text, parameters } = plain
          .getExecutor()
          .compileQuery(node, { queryId: 'test' });
        return { sql: text, parameters };
      });
      nodes = [];
      return taken;
    },
  };
}

const GROWING = [
  'leads',
  'decisions',
  'deliveries',
  'activity_log',
  'unassigned_leads',
  'source_events',
];

describe.each(DATABASES)('with 100,000 leads on %s', (database) => {
  let service: TestService;
  let watched: Watched;
  let cookie: string;
  let ids: { orderId: string; brokerId: string; leadId: string };

  beforeAll(async () => {
    service = await startTestService(database);
    ids = await seedManyLeads(service, LEADS);
    if (database === 'postgres') await execute(service.store, 'analyze');
    cookie = (await signedIn(service, 'admin')).cookie;
    watched = watch(service.store);
  }, 120_000);
  afterAll(() => service.stop());

  /** Steps of a plan that walk a growing table from end to end without an index. */
  const scans = async (text: string, parameters: readonly unknown[]): Promise<string[]> => {
    if (database === 'sqlite') {
      const steps = await service.store.unit(() =>
        all(statement<{ detail: string }>(`explain query plan ${text}`, [...parameters])),
      );
      return steps
        .map(({ detail }) => detail)
        .filter((detail) => GROWING.some((table) => detail === `SCAN ${table}`));
    }
    // A whole table may well be the cheapest way to a large part of it. What counts is that there is
    // another one: with sequential scans as the last resort, none is left in the plan.
    const filled = text.replace(/\$(\d+)/g, (_all, n: string) =>
      literal(parameters[Number(n) - 1]),
    );
    const rows = await service.store.unit(function* () {
      yield* run(statement('set local enable_seqscan = off'));
      return yield* all(statement<{ 'QUERY PLAN': string }>(`explain ${filled}`));
    });
    watched.take();
    return rows
      .map((row) => row['QUERY PLAN'])
      .filter((line) => GROWING.some((table) => new RegExp(`Seq Scan on ${table}\\b`).test(line)));
  };

  const pages = (): Record<string, string> => ({
    overview: '/',
    'overview of a quarter': '/?range=90d',
    leads: '/leads',
    'leads of a status': '/leads?status=rejected',
    'leads of a vertical': '/leads?vertical=SBA',
    'leads of an order': `/leads?order_id=${ids.orderId}`,
    'leads of a broker': `/leads?broker_id=${ids.brokerId}`,
    'leads of a day': '/leads?from=2026-03-01&to=2026-03-01',
    lead: `/leads/${ids.leadId}`,
    unassigned: '/unassigned',
    'one reason': '/unassigned?reason=no_capacity',
    deliveries: '/deliveries',
    'failed deliveries': '/deliveries?status=failed',
    orders: '/orders',
    order: `/orders/${ids.orderId}`,
    brokers: '/brokers',
    broker: `/brokers/${ids.brokerId}`,
    activity: '/activity',
    'activity on one lead': `/activity?subject_id=${ids.leadId}`,
    'activity of a rare kind': '/activity?subject_type=user',
    simulator: '/simulator?vertical=MCA&credit_score=700&funding_amount=50000',
    tasks: '/tasks',
    messages: '/messages',
  });

  test('no page walks a table that grows with leads', async () => {
    const found: string[] = [];
    for (const [name, path] of Object.entries(pages())) {
      watched.take();
      const { status } = await getPage(service, path, cookie);
      expect([name, status]).toEqual([name, 200]);
      const statements = watched.take();
      expect(statements.length).toBeGreaterThan(0);
      for (const { sql: text, parameters } of statements) {
        if (!/^select|^with/i.test(text)) continue;
        for (const scan of await scans(text, parameters)) found.push(`${name}: ${scan}: ${text}`);
      }
    }
    expect(found).toEqual([]);
  });

  test('counts of the queue stop at a thousand', async () => {
    const { text } = await getPage(service, '/unassigned', cookie);
    expect(text).toContain('No order takes this vertical (1,000+)');
    expect(text.match(/<tr/g)?.length).toBeLessThan(40);
    const counts = await countWaiting(service.store);
    expect(counts.map(({ count }) => count)).toEqual([1001, 1001, 1001]);
  });

  test('a whole e-mail, phone, contact id or id finds its lead wherever it is', async () => {
    for (const text of ['lead11@example.com', '(201) 555-0011', 'many-11', ids.leadId]) {
      watched.take();
      const page = await getPage(service, `/leads?q=${encodeURIComponent(text)}`, cookie);
      const name = text === ids.leadId ? 'Example 3<' : 'Example 11<';
      expect([text, page.text.includes(name)]).toEqual([text, true]);
      expect(page.text.match(/<tr/g)).toHaveLength(2);
      for (const { sql: one, parameters } of watched.take()) {
        if (/^select/i.test(one)) expect(await scans(one, parameters)).toEqual([]);
      }
    }
  });

  test.each([
    ['at any time', ''],
    ['within a span', '&from=2026-01-01&to=2026-03-31'],
  ])(
    'any other text is looked for step by step, until every lead has been looked at (%s)',
    async (_name, span) => {
      let path = `/leads?q=example+77${span}`;
      const found: string[] = [];
      for (let pages = 0; pages < 100; pages += 1) {
        const { text } = await getPage(service, path, cookie);
        found.push(...[...text.matchAll(/Ann (Example \d+)</g)].map((match) => match[1] ?? ''));
        const next = /rel="next" href="([^"]+)"/.exec(text)?.[1];
        if (next === undefined) break;
        path = next;
      }
      const expected = Array.from({ length: LEADS }, (_, n) => n).filter((n) =>
        String(n).startsWith('77'),
      );
      expect(found.map((name) => Number(name.slice(8))).sort((a, b) => a - b)).toEqual(expected);
    },
  );

  test('a span of time is paged through without a gap or a repeat', async () => {
    let path = '/leads?from=2026-03-09&to=2026-03-09';
    const found: number[] = [];
    for (;;) {
      const { text } = await getPage(service, path, cookie);
      found.push(...[...text.matchAll(/Ann Example (\d+)</g)].map((match) => Number(match[1])));
      const next = /rel="next" href="([^"]+)"/.exec(text)?.[1];
      if (next === undefined) break;
      path = next;
    }
    expect(found).toHaveLength(86_400 / 25);
    expect(found).toEqual([...found].sort((a, b) => b - a));
    expect(new Set(found).size).toBe(found.length);
  });

  test('the export holds every lead once', async () => {
    const csv = await getPage(service, '/leads?format=csv&status=rejected', cookie);
    const ids = csv.text
      .trim()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(',')[0]);
    expect(ids).toHaveLength(LEADS / 10);
    expect(new Set(ids).size).toBe(LEADS / 10);
  });
});

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return `array[${value.map(literal).join(',')}]::text[]`;
  return typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
}
