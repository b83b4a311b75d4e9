import type { Kysely } from 'kysely';
import { sql } from 'kysely';

import type { MigrationContext } from './context.js';

/** People, their sessions and links, and the indexes and the column that the dashboard reads by. */
export async function up(db: Kysely<unknown>, { dialect }: MigrationContext): Promise<void> {
  await db.schema
    .createTable('users')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('email', 'text', (c) => c.notNull())
    .addColumn('email_key', 'text', (c) => c.notNull().unique())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('password_hash', 'text')
    .addColumn('disabled_at', 'text')
    .addColumn('last_sign_in_at', 'text')
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .execute();

  await db.schema
    .createTable('sessions')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('user_id', 'text', (c) => c.notNull().references('users.id'))
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('last_seen_at', 'text', (c) => c.notNull())
    .addColumn('expires_at', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('sessions_by_user').on('sessions').column('user_id').execute();

  await db.schema
    .createTable('sign_in_links')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('user_id', 'text', (c) => c.references('users.id'))
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('expires_at', 'text', (c) => c.notNull())
    .execute();

  await db.schema
    .createTable('sign_in_attempts')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('started_at', 'text', (c) => c.notNull())
    .execute();

  // The winner's total beside the decision: averages need not take the compact rows apart.
  await db.schema
    .alterTable('decisions')
    .addColumn('score', dialect === 'sqlite' ? sql`real` : sql`double precision`)
    .execute();

  // What arrived and was decided in a span of time, answered from the index alone.
  await db.schema
    .createIndex('leads_by_arrival')
    .on('leads')
    .columns(['created_at', 'kind', 'status'])
    .execute();
  await db.schema
    .createIndex('decisions_by_time')
    .on('decisions')
    .columns(['at', 'status', 'score'])
    .execute();
  await db.schema
    .createIndex('deliveries_by_arrival')
    .on('deliveries')
    .columns(['created_at', 'status', 'sent_at'])
    .execute();
  await db.schema
    .createIndex('messages_by_arrival')
    .on('messages')
    .columns(['created_at', 'kind', 'sent_at'])
    .execute();
  // One group of the unassigned queue, oldest first.
  await db.schema
    .createIndex('unassigned_leads_by_reason')
    .on('unassigned_leads')
    .columns(['reason_code', 'queued_at', 'lead_id'])
    .execute();
  // Somebody is looked up by the whole of their e-mail.
  await sql`create index leads_by_email on leads (email_key) where email_key is not null`.execute(
    db,
  );
  await sql`create index leads_by_vertical on leads (lower(vertical), id)`.execute(db);
}
