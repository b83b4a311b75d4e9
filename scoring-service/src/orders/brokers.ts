import { iso } from '../core/clock.js';
import { invalid, notFound, staleVersion } from '../core/errors.js';
import type { AssignmentStatus, BrokersTable } from '../db/tables/orders.js';
import type { Store } from '../db/store.js';
import { first, run, type Unit } from '../db/unit.js';
import { contactHoursProblem } from '../hours/contact-hours.js';
import { difference, recordActivity, type Actor } from '../events/activity.js';
import type { Broker, CreateBroker, UpdateBroker } from './broker-schema.js';
import type { OrdersDeps } from './deps.js';

type StoredHours = Pick<Broker, 'contact_hours' | 'custom_hours' | 'weekend_pause' | 'dates_off'>;

/** A broker's row as the API shows it; secrets are not part of it. */
export function toBroker(row: BrokersTable): Broker {
  const hours = JSON.parse(row.contact_hours) as StoredHours;
  return {
    id: row.id,
    name: row.name,
    company: row.company,
    email: row.email,
    phone: row.phone,
    assignment_status: row.assignment_status,
    crm_webhook_url: row.crm_webhook_url,
    crm_headers: JSON.parse(row.crm_headers) as Record<string, string>,
    rate_limit_per_minute: row.rate_limit_per_minute,
    ...hours,
    timezone: row.timezone,
    deliveries_paused: row.deliveries_paused === 1,
    version: row.version,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

function toRow(broker: Broker): BrokersTable {
  const { contact_hours, custom_hours, weekend_pause, dates_off, crm_headers, ...rest } = broker;
  return {
    ...rest,
    crm_headers: JSON.stringify(crm_headers),
    contact_hours: JSON.stringify({ contact_hours, custom_hours, weekend_pause, dates_off }),
    deliveries_paused: broker.deliveries_paused ? 1 : 0,
  };
}

/** The broker in a unit that holds the routing lock; 404 when there is none. */
export function* requireBroker(store: Store, id: string): Unit<Broker> {
  const row = yield* first(store.db.selectFrom('brokers').selectAll().where('id', '=', id));
  if (row === undefined) throw notFound('broker', id);
  return toBroker(row);
}

/** Fields that decide when and where a broker may be sent to. */
const REACH: readonly string[] = [
  'contact_hours',
  'custom_hours',
  'weekend_pause',
  'dates_off',
  'timezone',
  'crm_webhook_url',
  'deliveries_paused',
];

function checkWebhookUrl({ webhookUrlProblem }: OrdersDeps, url: string | null | undefined): void {
  if (url == null) return;
  const problem = webhookUrlProblem(url);
  if (problem !== null) throw invalid({ crm_webhook_url: problem });
}

/** Makes a broker; the answer is the only time its webhook secret is shown. */
export function* createBroker(
  deps: OrdersDeps,
  input: CreateBroker,
  actor: Actor,
): Unit<Broker & { webhook_secret: string }> {
  const { store, runtime, timezone, newSecret } = deps;
  checkWebhookUrl(deps, input.crm_webhook_url);
  const at = runtime.clock.now();
  const broker: Broker = {
    id: runtime.newId(),
    name: input.name,
    company: input.company ?? null,
    email: input.email ?? null,
    phone: input.phone ?? null,
    assignment_status: input.assignment_status,
    crm_webhook_url: input.crm_webhook_url ?? null,
    crm_headers: input.crm_headers,
    rate_limit_per_minute: input.rate_limit_per_minute ?? null,
    contact_hours: input.contact_hours,
    custom_hours: input.custom_hours,
    weekend_pause: input.weekend_pause,
    dates_off: input.dates_off,
    timezone: input.timezone ?? timezone,
    deliveries_paused: false,
    version: 1,
    created_at: iso(at),
    updated_at: iso(at),
  };
  const secret = newSecret();
  yield* run(store.db.insertInto('brokers').values(toRow(broker)));
  yield* run(
    store.db.insertInto('broker_secrets').values({
      id: runtime.newId(),
      broker_id: broker.id,
      secret,
      created_at: iso(at),
      expires_at: null,
    }),
  );
  yield* recordActivity(
    [
      {
        actor,
        action: 'broker.created',
        subjectType: 'broker',
        subjectId: broker.id,
        after: { ...broker },
      },
    ],
    at,
    runtime.newId,
  );
  return { ...broker, webhook_secret: secret };
}

function* save(
  { store, runtime, reachChanged }: OrdersDeps,
  before: Broker,
  change: Partial<Broker>,
  actor: Actor,
  action: string,
): Unit<Broker> {
  const changed = difference(before, { ...before, ...change });
  if (changed === null) return before;
  const at = runtime.clock.now();
  const broker: Broker = {
    ...before,
    ...change,
    version: before.version + 1,
    updated_at: iso(at),
  };
  yield* run(store.db.updateTable('brokers').set(toRow(broker)).where('id', '=', broker.id));
  yield* recordActivity(
    [{ actor, action, subjectType: 'broker', subjectId: broker.id, ...changed }],
    at,
    runtime.newId,
  );
  if (Object.keys(changed.after).some((field) => REACH.includes(field))) {
    yield* reachChanged(toRow(broker), at);
  }
  return broker;
}

/** Edits the copy that the caller read: 409 `stale_version` when it is outdated. */
export function* updateBroker(
  deps: OrdersDeps,
  id: string,
  { version, ...change }: UpdateBroker,
  actor: Actor,
): Unit<Broker> {
  const before = yield* requireBroker(deps.store, id);
  if (before.version !== version) throw staleVersion(before.version);
  const given = Object.fromEntries(
    Object.entries(change).filter(([, value]) => value !== undefined),
  ) as Partial<Broker>;
  if (given.crm_webhook_url !== before.crm_webhook_url) {
    checkWebhookUrl(deps, given.crm_webhook_url);
  }
  const problem = contactHoursProblem({ ...before, ...given });
  if (problem !== null) throw invalid({ custom_hours: problem });
  return yield* save(deps, before, given, actor, 'broker.updated');
}

/** Pauses or resumes the assignment of leads; asking for what already is changes nothing. */
export function* setAssignmentStatus(
  deps: OrdersDeps,
  id: string,
  status: AssignmentStatus,
  actor: Actor,
): Unit<Broker> {
  const before = yield* requireBroker(deps.store, id);
  const action = status === 'active' ? 'broker.resumed' : 'broker.paused';
  return yield* save(deps, before, { assignment_status: status }, actor, action);
}

/** Lets deliveries to a broker wait, or lets them go again; nothing is dropped. */
export function* setDeliveriesPaused(
  deps: OrdersDeps,
  id: string,
  paused: boolean,
  actor: Actor,
): Unit<Broker> {
  const before = yield* requireBroker(deps.store, id);
  const action = paused ? 'broker.deliveries_paused' : 'broker.deliveries_resumed';
  return yield* save(deps, before, { deliveries_paused: paused }, actor, action);
}
