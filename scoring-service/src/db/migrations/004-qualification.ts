import { sql, type Kysely } from 'kysely';

/** Qualifications and the enquiries on their way to one; appointments and Calendly's bookings. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('leads').addColumn('qualification', 'text').execute();
  await db.schema.alterTable('leads').addColumn('booking_url', 'text').execute();
  await sql`alter table businesses add column privacy_profile text not null default 'standard'`.execute(
    db,
  );

  await db.schema
    .createTable('qualifications')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('lead_id', 'text', (c) => c.notNull())
    .addColumn('business_id', 'text', (c) => c.notNull())
    .addColumn('job_id', 'text', (c) => c.notNull())
    .addColumn('source_event_id', 'text')
    .addColumn('trigger', 'text', (c) => c.notNull())
    .addColumn('score', 'integer', (c) => c.notNull())
    .addColumn('decision', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('model', 'text')
    .addColumn('prompt_version', 'text')
    .addColumn('rules_version', 'text')
    .addColumn('disagreement', 'text')
    .addColumn('steering', 'text')
    .addColumn('fallback_reason', 'text')
    .addColumn('booking_url', 'text')
    .addColumn('latency_ms', 'integer', (c) => c.notNull())
    .addColumn('prompt_tokens', 'integer')
    .addColumn('completion_tokens', 'integer')
    .addColumn('cost_micro_usd', 'integer')
    .addColumn('created_at', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('qualifications_by_lead')
    .on('qualifications')
    .columns(['lead_id', 'id'])
    .execute();

  await db.schema
    .createTable('qualification_jobs')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('lead_id', 'text', (c) => c.notNull())
    .addColumn('business_id', 'text', (c) => c.notNull())
    .addColumn('source_event_id', 'text')
    .addColumn('request_key', 'text')
    .addColumn('trigger', 'text', (c) => c.notNull())
    .addColumn('enquiry_source', 'text', (c) => c.notNull())
    .addColumn('message', 'text')
    .addColumn('vertical', 'text')
    .addColumn('consent', 'text', (c) => c.notNull())
    .addColumn('task_id', 'text')
    .addColumn('message_id', 'text')
    .addColumn('qualified_at', 'text')
    .addColumn('repeats', 'integer', (c) => c.notNull())
    .addColumn('waiting_for', 'text')
    .addColumn('due_at', 'text')
    .addColumn('claim_id', 'text')
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'text', (c) => c.notNull())
    .execute();
  // Only what is still to be done is in these: they stay small beside all that was qualified.
  await sql`create index qualification_jobs_due on qualification_jobs (due_at) where due_at is not null`.execute(
    db,
  );
  await sql`create index qualification_jobs_waiting on qualification_jobs (waiting_for) where waiting_for is not null`.execute(
    db,
  );
  await sql`create unique index qualification_jobs_by_request on qualification_jobs (request_key) where request_key is not null`.execute(
    db,
  );
  await db.schema
    .createIndex('qualification_jobs_by_lead')
    .on('qualification_jobs')
    .columns(['lead_id', 'id'])
    .execute();

  await db.schema
    .createTable('appointments')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('lead_id', 'text', (c) => c.notNull())
    .addColumn('business_id', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('scheduled_at', 'text', (c) => c.notNull())
    .addColumn('service_type', 'text')
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('calendly_invitee_uri', 'text')
    .addColumn('moving', 'integer', (c) => c.notNull())
    .addColumn('moves', 'integer', (c) => c.notNull())
    .addColumn('review_status', 'text', (c) => c.notNull())
    .addColumn('review_at', 'text', (c) => c.notNull())
    .addColumn('review_due_at', 'text')
    .addColumn('review_message_id', 'text')
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'text', (c) => c.notNull())
    .execute();
  // One time, one appointment; a cancelled one leaves its time free.
  await sql`create unique index appointments_by_lead_and_time on appointments (lead_id, scheduled_at) where status <> 'cancelled'`.execute(
    db,
  );
  await sql`create index appointments_to_review on appointments (review_due_at) where review_due_at is not null`.execute(
    db,
  );
  await db.schema
    .createIndex('appointments_by_lead')
    .on('appointments')
    .columns(['lead_id', 'id'])
    .execute();
  await db.schema
    .createIndex('appointments_by_time')
    .on('appointments')
    .columns(['scheduled_at', 'id'])
    .execute();

  await db.schema
    .createTable('calendly_invitees')
    .addColumn('uri', 'text', (c) => c.primaryKey())
    .addColumn('appointment_id', 'text')
    .addColumn('cancelled', 'integer', (c) => c.notNull())
    .addColumn('no_show', 'integer', (c) => c.notNull())
    .addColumn('new_uri', 'text')
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'text', (c) => c.notNull())
    .execute();
}
