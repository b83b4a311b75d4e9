import { sql } from 'kysely';

import { all, run, type Unit } from '../../scoring-service/src/db/unit.js';
import { START } from './runtime.js';
import type { Answer, CallOptions, TestService } from './service.js';

/** What tests read of a broker, an order and a lead as the API shows them. */
export interface BrokerBody {
  id: string;
  name: string;
  version: number;
  assignment_status: string;
  webhook_secret: string;
  [field: string]: unknown;
}

export interface OrderBody {
  id: string;
  status: string;
  version: number;
  total_leads: number;
  leads_delivered: number;
  leads_remaining: number;
  completed_by: string | null;
  last_assigned_at: string | null;
  [field: string]: unknown;
}

export interface DecisionBody {
  id: string;
  status: string;
  trigger: string;
  reason_code: string | null;
  order_id: string | null;
  considered_count: number;
}

export interface LeadBody {
  id: string;
  status: string;
  assigned_order_id: string | null;
  assigned_broker_id: string | null;
  rejection_reason: string | null;
  version: number;
  decisions: DecisionBody[];
  [field: string]: unknown;
}

/** The answer of intake with every member that some outcome has. */
export interface IntakeBody {
  lead_id: string;
  status?: string;
  reason?: string;
  message?: string;
  error?: string;
  details?: Record<string, string>;
  assignment?: {
    status: string;
    order_id?: string;
    broker_id?: string;
    delivery_ids?: string[];
    delivery_status?: string | null;
    score?: number | null;
    reason?: string;
    reason_code?: string;
  };
  broker?: { id: string; name: string; phone: string | null };
}

export interface PageBody<T = Record<string, unknown>> {
  data: T[];
  next_cursor: string | null;
}

export interface ErrorBody {
  error: string;
  message: string;
  details?: Record<string, unknown>;
}

function expectStatus<T>(answer: Answer<T>, status: number): T {
  if (answer.status !== status) {
    throw new Error(`Expected ${status}, got ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
  return answer.body;
}

/** A broker without a CRM unless `fields` name one. */
export async function makeBroker(
  service: TestService,
  fields: Record<string, unknown> = {},
): Promise<BrokerBody> {
  return expectStatus(
    await service.post<BrokerBody>('/api/brokers', { name: 'Example Funding', ...fields }),
    201,
  );
}

/**
 * An order that takes every lead unless `fields` say otherwise; its broker is made when not given.
 * Waiting leads have been tried again when this resolves.
 */
export async function makeOrder(
  service: TestService,
  fields: Record<string, unknown> = {},
): Promise<OrderBody> {
  const brokerId = fields.broker_id ?? (await makeBroker(service)).id;
  const answer = await service.post<OrderBody>('/api/orders', {
    name: 'Any leads',
    verticals: ['All'],
    total_leads: 10,
    ...fields,
    broker_id: brokerId,
  });
  await service.service.retriesIdle();
  return expectStatus(answer, 201);
}

let contacts = 0;

/** A lead's payload that passes the pre-flight check, with a contact id of its own. */
export function leadOf(fields: Record<string, unknown> = {}): Record<string, unknown> {
  contacts += 1;
  return {
    ghl_contact_id: `contact-${contacts}`,
    vertical: 'MCA',
    credit_score: 700,
    funding_amount: 50_000,
    ...fields,
  };
}

/** Posts one lead; any status. */
export function sendLead(
  service: TestService,
  fields: Record<string, unknown> = {},
  options?: CallOptions,
): Promise<Answer<IntakeBody>> {
  return service.post<IntakeBody>('/api/leads/incoming', leadOf(fields), options);
}

/** Posts one lead that must be taken in. */
export async function intake(
  service: TestService,
  fields: Record<string, unknown> = {},
  options?: CallOptions,
): Promise<IntakeBody> {
  return expectStatus(await sendLead(service, fields, options), 200);
}

export async function readLead(service: TestService, id: string): Promise<LeadBody> {
  return expectStatus(await service.get<LeadBody>(`/api/leads/${id}`), 200);
}

export async function readOrder(service: TestService, id: string): Promise<OrderBody> {
  return expectStatus(await service.get<OrderBody>(`/api/orders/${id}`), 200);
}

export interface MadeKey {
  id: string;
  token: string;
}

/** An API key with these scopes. */
export async function makeKey(
  service: TestService,
  scopes: string[],
  fields: Record<string, unknown> = {},
): Promise<MadeKey> {
  return expectStatus(
    await service.post<MadeKey>('/api/api-keys', { name: scopes.join('+'), scopes, ...fields }),
    201,
  );
}

/** All pages of a list, one after another. */
export async function readPages<T>(service: TestService, path: string): Promise<T[][]> {
  const pages: T[][] = [];
  let cursor: string | null = null;
  do {
    const separator = path.includes('?') ? '&' : '?';
    const at: string = cursor === null ? path : `${path}${separator}cursor=${cursor}`;
    const page: PageBody<T> = expectStatus(await service.get<PageBody<T>>(at), 200);
    pages.push(page.data);
    cursor = page.next_cursor;
    if (pages.length > 1000) throw new Error('The list does not end.');
  } while (cursor !== null);
  return pages;
}

/** Waits, in turns of the event loop, for a condition that needs no clock; fails after many. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 20_000; turn += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('The condition did not come true.');
}

/** Runs statements in one unit of work, as something outside the API would. */
export function execute(service: TestService, ...statements: string[]): Promise<void> {
  const { store } = service;
  return store.unit(function* (): Unit<void> {
    for (const text of statements) {
      yield* run({ compile: () => sql.raw(text).compile(store.db) });
    }
  });
}

/** Every row of every table, as one text: for a search of what must not be there. */
export async function dump(service: TestService): Promise<string> {
  const { store } = service;
  return store.unit(function* (): Unit<string> {
    const parts: unknown[] = [];
    for (const table of yield* tableNames(service)) {
      parts.push(
        yield* all({ compile: () => sql`select * from ${sql.table(table)}`.compile(store.db) }),
      );
    }
    return JSON.stringify(parts);
  });
}

function* tableNames({ store }: TestService): Unit<string[]> {
  const query =
    store.dialect === 'sqlite'
      ? sql<{
          name: string;
        }>`select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like 'kysely_%'`
      : sql<{
          name: string;
        }>`select tablename as name from pg_tables where schemaname = 'public' and tablename not like 'kysely_%'`;
  const rows = yield* all<{ name: string }>({ compile: () => query.compile(store.db) });
  return rows.map(({ name }) => name);
}

const WIPE_POSTGRES = `do $$ declare found record; begin
  set local session_replication_role = replica;
  for found in select tablename from pg_tables
    where schemaname = 'public' and tablename not like 'kysely_%'
  loop execute format('delete from %I', found.tablename); end loop; end $$`;

/** Empties every table and puts the clock back: cheaper for the next test than a new database. */
export async function wipe(service: TestService): Promise<void> {
  const { store } = service;
  await service.service.retriesIdle();
  await store.unit(
    function* (): Unit<void> {
      const statement = (text: string) => ({ compile: () => sql.raw(text).compile(store.db) });
      if (store.dialect === 'postgres') {
        yield* run(statement(WIPE_POSTGRES));
        return;
      }
      yield* run(statement('pragma defer_foreign_keys = on'));
      for (const table of yield* tableNames(service)) {
        yield* run(statement(`delete from "${table}"`));
      }
    },
    { lock: 'routing' },
  );
  service.runtime.set(START);
}
