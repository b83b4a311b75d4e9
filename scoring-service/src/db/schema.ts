import type { ApiKeysTable, IdempotencyKeysTable } from './tables/access.js';
import type { ActivityLogTable, EventsTable, SettingsTable } from './tables/audit.js';
import type { DeliveriesTable } from './tables/deliveries.js';
import type { LeadsTable, SourceEventsTable, UnassignedLeadsTable } from './tables/leads.js';
import type {
  BrokersTable,
  BrokerSecretsTable,
  OrdersTable,
  OrderVersionsTable,
} from './tables/orders.js';
import type { ConsideredSetsTable, DecisionsTable } from './tables/routing.js';

/** Every table. Moments are ISO 8601 text in UTC, flags are 0 or 1, structures are JSON text. */
export interface Database {
  api_keys: ApiKeysTable;
  idempotency_keys: IdempotencyKeysTable;
  brokers: BrokersTable;
  broker_secrets: BrokerSecretsTable;
  orders: OrdersTable;
  order_versions: OrderVersionsTable;
  leads: LeadsTable;
  source_events: SourceEventsTable;
  unassigned_leads: UnassignedLeadsTable;
  decisions: DecisionsTable;
  considered_sets: ConsideredSetsTable;
  deliveries: DeliveriesTable;
  activity_log: ActivityLogTable;
  events: EventsTable;
  settings: SettingsTable;
}

export type TableName = keyof Database;
