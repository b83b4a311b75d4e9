import { sql, type Kysely } from 'kysely';

import type { MigrationContext } from './context.js';

/** What the delivery worker needs: due times and claims, attempts, what is known of each broker. */
export async function up(db: Kysely<unknown>, { dialect }: MigrationContext): Promise<void> {
  const double = dialect === 'sqlite' ? sql`real` : sql`double precision`;

  // One column per statement: SQLite adds no more at a time.
  await db.schema.alterTable('deliveries').addColumn('due_at', 'text').execute();
  await db.schema.alterTable('deliveries').addColumn('failed_at', 'text').execute();
  await db.schema.alterTable('deliveries').addColumn('claim_id', 'text').execute();
  await db.schema
    .alterTable('deliveries')
    .addColumn('again', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await sql`update deliveries set due_at = coalesce(next_attempt_at, release_at, created_at)
    where status in ('pending', 'queued', 'held')`.execute(db);
  await sql`update deliveries set failed_at = updated_at where status = 'failed'`.execute(db);
  // Only what is still to be done is in it: it stays small beside millions of sent rows.
  await sql`create index deliveries_due on deliveries (broker_id, due_at) where due_at is not null`.execute(
    db,
  );
  await sql`create index deliveries_failed on deliveries (broker_id, failed_at) where failed_at is not null`.execute(
    db,
  );

  await db.schema
    .createTable('delivery_attempts')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('delivery_id', 'text', (c) => c.notNull())
    .addColumn('broker_id', 'text', (c) => c.notNull())
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('duration_ms', 'integer', (c) => c.notNull())
    .addColumn('http_status', 'integer')
    .addColumn('outcome', 'text', (c) => c.notNull())
    .addColumn('error_detail', 'text')
    .addColumn('response_excerpt', 'text')
    .execute();
  await db.schema
    .createIndex('delivery_attempts_by_delivery')
    .on('delivery_attempts')
    .columns(['delivery_id', 'id'])
    .execute();
  await sql`create index delivery_attempts_failed on delivery_attempts (broker_id, at) where outcome <> 'sent'`.execute(
    db,
  );

  await db.schema
    .createTable('broker_delivery_states')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('breaker_phase', 'text', (c) => c.notNull())
    .addColumn('consecutive_failures', 'integer', (c) => c.notNull())
    .addColumn('breaker_opened_at', 'text')
    .addColumn('breaker_until', 'text')
    .addColumn('breaker_wait_ms', 'integer', (c) => c.notNull())
    .addColumn('failing_since', 'text')
    .addColumn('alerted_at', 'text')
    .addColumn('orders_paused_at', 'text')
    .addColumn('rate_full_at', double)
    .execute();
}
