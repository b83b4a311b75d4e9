import type { Kysely } from 'kysely';
import { sql } from 'kysely';

import type { MigrationContext } from './context.js';
import { routingLogsView } from './routing-logs-view.js';

/** Keys, brokers, orders, leads, decisions with their routing logs, deliveries, activity, events. */
export async function up(db: Kysely<unknown>, { dialect }: MigrationContext): Promise<void> {
  const double = dialect === 'sqlite' ? sql`real` : sql`double precision`;

  await db.schema
    .createTable('api_keys')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('secret_hash', 'text', (c) => c.notNull())
    .addColumn('scopes', 'text', (c) => c.notNull())
    .addColumn('broker_ids', 'text')
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('last_used_at', 'text')
    .addColumn('revoked_at', 'text')
    .execute();

  await db.schema
    .createTable('idempotency_keys')
    .addColumn('api_key_id', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('request_hash', 'text', (c) => c.notNull())
    .addColumn('status', 'integer', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('idempotency_keys_pk', ['api_key_id', 'key'])
    .execute();
  await db.schema
    .createIndex('idempotency_keys_by_age')
    .on('idempotency_keys')
    .column('created_at')
    .execute();

  await db.schema
    .createTable('brokers')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('company', 'text')
    .addColumn('email', 'text')
    .addColumn('phone', 'text')
    .addColumn('assignment_status', 'text', (c) => c.notNull())
    .addColumn('crm_webhook_url', 'text')
    .addColumn('crm_headers', 'text', (c) => c.notNull())
    .addColumn('contact_hours', 'text', (c) => c.notNull())
    .addColumn('timezone', 'text', (c) => c.notNull())
    .addColumn('deliveries_paused', 'integer', (c) => c.notNull())
    .addColumn('rate_limit_per_minute', 'integer')
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'text', (c) => c.notNull())
    .execute();

  await db.schema
    .createTable('broker_secrets')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('broker_id', 'text', (c) => c.notNull().references('brokers.id'))
    .addColumn('secret', 'text', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('expires_at', 'text')
    .execute();
  await db.schema
    .createIndex('broker_secrets_by_broker')
    .on('broker_secrets')
    .column('broker_id')
    .execute();

  await db.schema
    .createTable('orders')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('broker_id', 'text', (c) => c.notNull().references('brokers.id'))
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('order_type', 'text', (c) => c.notNull())
    .addColumn('verticals', 'text', (c) => c.notNull())
    .addColumn('credit_score_min', 'integer')
    .addColumn('loan_min', double)
    .addColumn('loan_max', double)
    .addColumn('total_leads', 'integer', (c) => c.notNull())
    .addColumn('leads_delivered', 'integer', (c) => c.notNull())
    .addColumn('leads_remaining', 'integer', (c) => c.notNull().check(sql`leads_remaining >= 0`))
    .addColumn('bonus_mode', 'integer', (c) => c.notNull())
    .addColumn('priority', 'text', (c) => c.notNull())
    .addColumn('period', 'text')
    .addColumn('last_assigned_at', 'text')
    .addColumn('completed_by', 'text')
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('orders_by_status').on('orders').columns(['status', 'id']).execute();
  await db.schema.createIndex('orders_by_broker').on('orders').column('broker_id').execute();
  await sql`create index orders_due_for_reset on orders (period) where order_type = 'monthly'`.execute(
    db,
  );

  await db.schema
    .createTable('order_versions')
    .addColumn('order_id', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('config', 'text', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('order_versions_pk', ['order_id', 'version'])
    .execute();

  await db.schema
    .createTable('leads')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('ghl_contact_id', 'text')
    .addColumn('first_name', 'text')
    .addColumn('last_name', 'text')
    .addColumn('business_name', 'text')
    .addColumn('email', 'text')
    .addColumn('email_key', 'text')
    .addColumn('phone', 'text')
    .addColumn('phone_key', 'text')
    .addColumn('dedupe_key', 'text')
    .addColumn('state', 'text')
    .addColumn('vertical', 'text')
    .addColumn('credit_score', 'integer')
    .addColumn('funding_amount', double)
    .addColumn('funding_purpose', 'text')
    .addColumn('ai_call_notes', 'text')
    .addColumn('ai_call_status', 'text')
    .addColumn('assigned_broker_id', 'text')
    .addColumn('assigned_order_id', 'text')
    .addColumn('assigned_at', 'text')
    .addColumn('assigned_period', 'text')
    .addColumn('rejection_reason', 'text')
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('source_key_id', 'text')
    .addColumn('broker_pool', 'text')
    .addColumn('delivery_hold', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .execute();
  await sql`create unique index leads_by_contact on leads (ghl_contact_id) where kind = 'distribution'`.execute(
    db,
  );
  await sql`create index leads_by_dedupe_key on leads (dedupe_key) where dedupe_key is not null`.execute(
    db,
  );
  await sql`create index leads_by_phone on leads (phone_key) where phone_key is not null`.execute(
    db,
  );
  await sql`create index leads_by_broker on leads (assigned_broker_id, id) where assigned_broker_id is not null`.execute(
    db,
  );
  await sql`create index leads_by_order on leads (assigned_order_id, id) where assigned_order_id is not null`.execute(
    db,
  );
  await db.schema.createIndex('leads_by_status').on('leads').columns(['status', 'id']).execute();

  await db.schema
    .createTable('source_events')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('lead_id', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('provider', 'text', (c) => c.notNull())
    .addColumn('received_at', 'text', (c) => c.notNull())
    .addColumn('raw', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('source_events_by_lead')
    .on('source_events')
    .column('lead_id')
    .execute();

  await db.schema
    .createTable('unassigned_leads')
    .addColumn('lead_id', 'text', (c) => c.primaryKey())
    .addColumn('reason_code', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('queued_at', 'text', (c) => c.notNull())
    .addColumn('last_tried_at', 'text', (c) => c.notNull())
    .addColumn('tries', 'integer', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('unassigned_leads_by_age')
    .on('unassigned_leads')
    .columns(['queued_at', 'lead_id'])
    .execute();

  await db.schema
    .createTable('considered_sets')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('signature', 'text', (c) => c.notNull().unique())
    .addColumn('orders', 'text', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .execute();

  await db.schema
    .createTable('decisions')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('lead_id', 'text', (c) => c.notNull())
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('order_id', 'text')
    .addColumn('broker_id', 'text')
    .addColumn('reason_code', 'text')
    .addColumn('reason', 'text')
    .addColumn('trigger', 'text', (c) => c.notNull())
    .addColumn('considered_count', 'integer', (c) => c.notNull())
    .addColumn('set_id', 'text')
    .addColumn('inputs', 'text', (c) => c.notNull())
    .addColumn('rows', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('decisions_by_lead')
    .on('decisions')
    .columns(['lead_id', 'id'])
    .execute();
  await routingLogsView(dialect).execute(db);

  await db.schema
    .createTable('deliveries')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('lead_id', 'text', (c) => c.notNull())
    .addColumn('broker_id', 'text', (c) => c.notNull())
    .addColumn('order_id', 'text', (c) => c.notNull())
    .addColumn('channel', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('reason_code', 'text')
    .addColumn('release_at', 'text')
    .addColumn('next_attempt_at', 'text')
    .addColumn('body', 'text', (c) => c.notNull())
    .addColumn('attempts_made', 'integer', (c) => c.notNull())
    .addColumn('sent_at', 'text')
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('deliveries_by_lead')
    .on('deliveries')
    .columns(['lead_id', 'id'])
    .execute();
  await db.schema
    .createIndex('deliveries_by_broker')
    .on('deliveries')
    .columns(['broker_id', 'id'])
    .execute();
  await db.schema
    .createIndex('deliveries_by_status')
    .on('deliveries')
    .columns(['status', 'id'])
    .execute();

  await db.schema
    .createTable('activity_log')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('actor_type', 'text', (c) => c.notNull())
    .addColumn('actor_id', 'text')
    .addColumn('actor_name', 'text', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('subject_type', 'text', (c) => c.notNull())
    .addColumn('subject_id', 'text', (c) => c.notNull())
    .addColumn('before', 'text')
    .addColumn('after', 'text')
    .execute();
  await db.schema
    .createIndex('activity_log_by_subject')
    .on('activity_log')
    .columns(['subject_id', 'id'])
    .execute();

  await db.schema
    .createTable('events')
    .addColumn('seq', dialect === 'sqlite' ? 'integer' : 'bigint', (c) =>
      dialect === 'sqlite'
        ? c.primaryKey().autoIncrement()
        : c.primaryKey().generatedAlwaysAsIdentity(),
    )
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('occurred_at', 'text', (c) => c.notNull())
    .addColumn('data', 'text', (c) => c.notNull())
    .execute();

  await db.schema
    .createTable('settings')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('value', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'text', (c) => c.notNull())
    .execute();
}
