import { sql, type Kysely } from 'kysely';

import type { MigrationContext } from './context.js';

/** Subscriptions, their hand-ons, and on PostgreSQL the order of the event stream. */
export async function up(db: Kysely<unknown>, { dialect }: MigrationContext): Promise<void> {
  const bigint = dialect === 'sqlite' ? 'integer' : 'bigint';

  await db.schema.createIndex('events_by_id').on('events').column('id').unique().execute();
  if (dialect === 'postgres') {
    // Transactions commit in another order than they drew their seq, so the place in the stream is
    // given afterwards (see events/order.ts).
    await sql`alter table events add column position bigint`.execute(db);
    await sql`create sequence event_positions`.execute(db);
    await sql`update events set position = seq`.execute(db);
    await sql`select setval('event_positions', max(seq)) from events having max(seq) is not null`.execute(
      db,
    );
    await sql`create unique index events_by_position on events (position) where position is not null`.execute(
      db,
    );
    await sql`create index events_without_position on events (seq) where position is null`.execute(
      db,
    );
  }

  await db.schema
    .createTable('subscriptions')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('url', 'text', (c) => c.notNull())
    .addColumn('events', 'text', (c) => c.notNull())
    .addColumn('secret', 'text', (c) => c.notNull())
    .addColumn('position', bigint, (c) => c.notNull())
    .addColumn('expires_at', 'text')
    .addColumn('ended_at', 'text')
    .addColumn('end_reason', 'text')
    .addColumn('breaker_phase', 'text', (c) => c.notNull())
    .addColumn('consecutive_failures', 'integer', (c) => c.notNull())
    .addColumn('breaker_opened_at', 'text')
    .addColumn('breaker_until', 'text')
    .addColumn('breaker_wait_ms', 'integer', (c) => c.notNull())
    .addColumn('failing_since', 'text')
    .addColumn('last_failure', 'text')
    .addColumn('created_at', 'text', (c) => c.notNull())
    .execute();

  await db.schema
    .createTable('hand_ons')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('subscription_id', 'text', (c) => c.notNull().references('subscriptions.id'))
    .addColumn('event_seq', bigint, (c) => c.notNull())
    .addColumn('attempts_made', 'integer', (c) => c.notNull())
    .addColumn('due_at', 'text', (c) => c.notNull())
    .addColumn('claim_id', 'text')
    .addColumn('created_at', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('hand_ons_due')
    .on('hand_ons')
    .columns(['subscription_id', 'due_at'])
    .execute();
}
