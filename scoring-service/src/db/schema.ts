import type { ApiKeysTable, IdempotencyKeysTable } from './tables/access.js';
import type { ActivityLogTable, EventsTable, SettingsTable } from './tables/audit.js';
import type {
  BrokerDeliveryStatesTable,
  DeliveriesTable,
  DeliveryAttemptsTable,
} from './tables/deliveries.js';
import type { AppointmentsTable, CalendlyInviteesTable } from './tables/appointments.js';
import type { BacktestDifferencesTable, BacktestsTable } from './tables/backtests.js';
import type {
  BusinessesTable,
  BusinessPhonesTable,
  FormsTable,
  OwnershipRulesTable,
  StaffTable,
} from './tables/businesses.js';
import type { LeadsTable, SourceEventsTable, UnassignedLeadsTable } from './tables/leads.js';
import type {
  BrokersTable,
  BrokerSecretsTable,
  OrdersTable,
  OrderVersionsTable,
} from './tables/orders.js';
import type { MessagesTable, ProvidersTable, SuppressionsTable } from './tables/messages.js';
import type { QualificationJobsTable, QualificationsTable } from './tables/qualification.js';
import type { HandOnsTable, SubscriptionsTable } from './tables/subscriptions.js';
import type { TasksTable } from './tables/tasks.js';
import type {
  CallsTable,
  EventClaimsTable,
  LeadIdentifiersTable,
  LeadLinksTable,
  MergeSuggestionsTable,
  ResponseLeadsTable,
} from './tables/response.js';
import type { ConsideredSetsTable, DecisionsTable, OrderSnapshotsTable } from './tables/routing.js';
import type {
  SessionsTable,
  SignInAttemptsTable,
  SignInLinksTable,
  UsersTable,
} from './tables/users.js';

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
  order_snapshots: OrderSnapshotsTable;
  backtests: BacktestsTable;
  backtest_differences: BacktestDifferencesTable;
  deliveries: DeliveriesTable;
  delivery_attempts: DeliveryAttemptsTable;
  broker_delivery_states: BrokerDeliveryStatesTable;
  activity_log: ActivityLogTable;
  events: EventsTable;
  settings: SettingsTable;
  subscriptions: SubscriptionsTable;
  hand_ons: HandOnsTable;
  businesses: BusinessesTable;
  business_phones: BusinessPhonesTable;
  staff: StaffTable;
  ownership_rules: OwnershipRulesTable;
  forms: FormsTable;
  response_leads: ResponseLeadsTable;
  lead_identifiers: LeadIdentifiersTable;
  lead_links: LeadLinksTable;
  merge_suggestions: MergeSuggestionsTable;
  event_claims: EventClaimsTable;
  calls: CallsTable;
  messages: MessagesTable;
  suppressions: SuppressionsTable;
  providers: ProvidersTable;
  tasks: TasksTable;
  qualifications: QualificationsTable;
  qualification_jobs: QualificationJobsTable;
  appointments: AppointmentsTable;
  calendly_invitees: CalendlyInviteesTable;
  users: UsersTable;
  sessions: SessionsTable;
  sign_in_links: SignInLinksTable;
  sign_in_attempts: SignInAttemptsTable;
}

export type TableName = keyof Database;
