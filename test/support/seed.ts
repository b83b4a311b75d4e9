import BetterSqlite3 from 'better-sqlite3';
import { CompiledQuery, type Compilable } from 'kysely';
import pg from 'pg';

import type { Store } from '../../scoring-service/src/db/store.js';
import type { BrokersTable, OrdersTable } from '../../scoring-service/src/db/tables/orders.js';
import { insertMany, run } from '../../scoring-service/src/db/unit.js';
import { orderConfig, toOrder } from '../../scoring-service/src/orders/orders.js';
import type { DatabaseName, TestDatabase } from './databases.js';
import { START } from './runtime.js';
import type { Answer, TestService } from './service.js';

/** A statement as it stands, for units of tests. */
export function statement<R = Record<string, unknown>>(
  text: string,
  parameters: unknown[] = [],
): Compilable<R> {
  return { compile: () => CompiledQuery.raw(text, parameters) as CompiledQuery<R> };
}

/** Runs statements in one unit of the store. */
export async function execute(store: Store, ...texts: string[]): Promise<void> {
  await store.unit(function* () {
    for (const text of texts) yield* run(statement(text));
  });
}

/** A connection of somebody else, beside the service's own. */
export interface Outside {
  run(text: string): Promise<void>;
  all(text: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export async function openOutside(database: TestDatabase): Promise<Outside> {
  if (database.location.kind === 'sqlite') {
    const handle = new BetterSqlite3(database.location.file);
    return {
      run: (text) => Promise.resolve(void handle.exec(text)),
      all: (text) => Promise.resolve(handle.prepare(text).all() as Record<string, unknown>[]),
      close: () => Promise.resolve(void handle.close()),
    };
  }
  const client = new pg.Client({ connectionString: database.location.url });
  await client.connect();
  return {
    run: async (text) => void (await client.query(text)),
    all: async (text) => (await client.query<Record<string, unknown>>(text)).rows,
    close: () => client.end(),
  };
}

/** Makes inserts into a table fail for rows that a condition picks, as a broken disk page would. */
export async function failInserts(
  outside: Outside,
  database: DatabaseName,
  table: string,
  condition: string,
): Promise<() => Promise<void>> {
  if (database === 'sqlite') {
    await outside.run(
      `create trigger failing before insert on ${table} when ${condition} begin select raise(abort, 'forced'); end`,
    );
    return () => outside.run('drop trigger failing');
  }
  await outside.run(
    `create or replace function failing() returns trigger language plpgsql as $$ begin raise exception 'forced'; end $$`,
  );
  await outside.run(
    `create trigger failing before insert on ${table} for each row when (${condition}) execute function failing()`,
  );
  return () => outside.run(`drop trigger failing on ${table}`);
}

/** Takes every lead, broker, order and trace away; routing sets stay, being named by content. */
export function emptyTables(store: Store): Promise<void> {
  const tables = [
    'idempotency_keys',
    'deliveries',
    'decisions',
    'unassigned_leads',
    'source_events',
    'leads',
    'order_versions',
    'orders',
    'broker_secrets',
    'brokers',
    'activity_log',
    'events',
  ];
  return execute(store, ...tables.map((table) => `delete from ${table}`));
}

/** How many rows each table holds. */
export async function rowCounts(store: Store): Promise<Record<string, number>> {
  const tables = [
    'brokers',
    'orders',
    'order_versions',
    'leads',
    'source_events',
    'unassigned_leads',
    'decisions',
    'considered_sets',
    'deliveries',
    'activity_log',
    'events',
    'idempotency_keys',
  ] as const;
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const { n } = await store.db
      .selectFrom(table)
      .select((select) => select.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    counts[table] = Number(n);
  }
  return counts;
}

export interface Created {
  id: string;
  version: number;
}

export async function createBroker(
  service: TestService,
  over: Record<string, unknown> = {},
): Promise<Created> {
  const answer = await service.post<Created>('/api/brokers', { name: 'Example Funding', ...over });
  expect(answer.status).toBe(201);
  return answer.body;
}

/** An order for MCA leads with ten places, of a broker of its own unless one is named. */
export async function createOrder(
  service: TestService,
  over: Record<string, unknown> = {},
): Promise<Created & { broker_id: string }> {
  const broker_id = (over.broker_id as string | undefined) ?? (await createBroker(service)).id;
  const answer = await service.post<Created & { broker_id: string }>('/api/orders', {
    name: 'MCA leads',
    verticals: ['MCA'],
    total_leads: 10,
    ...over,
    broker_id,
  });
  expect(answer.status).toBe(201);
  return answer.body;
}

export function aLead(
  contact: string,
  over: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    ghl_contact_id: contact,
    vertical: 'MCA',
    credit_score: 720,
    funding_amount: 50_000,
    ...over,
  };
}

export interface IntakeBody {
  lead_id: string;
  status?: string;
  error?: string;
  assignment?: {
    status: string;
    order_id?: string;
    broker_id?: string;
    reason_code?: string;
    score?: number;
  };
}

export function postLead(
  service: Pick<TestService, 'post'>,
  contact: string,
  over: Record<string, unknown> = {},
): Promise<Answer<IntakeBody>> {
  return service.post<IntakeBody>('/api/leads/incoming', aLead(contact, over));
}

/** Complete rows, for seeding below the API. */
export function brokerRow(over: Partial<BrokersTable> & { id: string }): BrokersTable {
  return {
    name: 'Example Funding',
    company: null,
    email: null,
    phone: null,
    assignment_status: 'active',
    crm_webhook_url: null,
    crm_headers: '{}',
    contact_hours: JSON.stringify({
      contact_hours: 'anytime',
      custom_hours: null,
      weekend_pause: false,
      dates_off: [],
    }),
    timezone: 'UTC',
    deliveries_paused: 0,
    rate_limit_per_minute: null,
    version: 1,
    created_at: START,
    updated_at: START,
    ...over,
  };
}

export function orderRow(
  over: Partial<OrdersTable> & { id: string; broker_id: string },
): OrdersTable {
  return {
    name: 'An order',
    status: 'active',
    order_type: 'one_time',
    verticals: '["MCA"]',
    credit_score_min: null,
    loan_min: null,
    loan_max: null,
    total_leads: 10,
    leads_delivered: 0,
    leads_remaining: 10,
    bonus_mode: 0,
    priority: 'normal',
    period: null,
    last_assigned_at: null,
    completed_by: null,
    version: 1,
    created_at: START,
    updated_at: START,
    ...over,
  };
}

/** Writes brokers and orders with their counters and versions, as no call of the API can. */
export function seedOrders(
  store: Store,
  brokers: readonly BrokersTable[],
  orders: readonly OrdersTable[],
): Promise<void> {
  return store.unit(function* () {
    yield* insertMany('brokers', brokers);
    yield* insertMany('orders', orders);
    yield* insertMany(
      'order_versions',
      orders.map((row) => ({
        order_id: row.id,
        version: row.version,
        config: orderConfig(toOrder(row)),
        created_at: row.created_at,
      })),
    );
  });
}
