import { sql, type Kysely } from 'kysely';

import type { MigrationContext } from './context.js';

type Columns = Record<string, 'text' | 'integer'>;

/** A column's name with a `?` may be null. */
async function createTable(
  db: Kysely<unknown>,
  name: string,
  primaryKey: string | readonly string[],
  columns: Columns,
  /** SQLite: rows lie in the order of the key, so that finding one by it reads one page less. */
  clusteredIn?: MigrationContext['dialect'],
): Promise<void> {
  let table = db.schema.createTable(name);
  if (clusteredIn === 'sqlite') table = table.modifyEnd(sql`without rowid`);
  for (const [column, type] of Object.entries(columns)) {
    const nullable = column.endsWith('?');
    const plain = nullable ? column.slice(0, -1) : column;
    table = table.addColumn(plain, type, (c) => {
      const rule = nullable ? c : c.notNull();
      return plain === primaryKey ? rule.primaryKey() : rule;
    });
  }
  if (typeof primaryKey !== 'string') {
    table = table.addPrimaryKeyConstraint(`${name}_pk`, [...primaryKey] as never[]);
  }
  await table.execute();
}

/**
 * Source events may wait for their lead, and remember what was made of them. SQLite cannot drop a
 * NOT NULL, so its table is built anew.
 */
async function widenSourceEvents(db: Kysely<unknown>, dialect: MigrationContext['dialect']) {
  const added = [
    'origin_lead_id',
    'business_id',
    'call_key',
    'verified_by',
    'outcome',
    'reason',
    'facts',
    'answer',
  ];
  if (dialect === 'postgres') {
    await sql`alter table source_events alter column lead_id drop not null`.execute(db);
    for (const column of added) {
      await db.schema.alterTable('source_events').addColumn(column, 'text').execute();
    }
  } else {
    await createTable(db, 'source_events_003', 'id', {
      id: 'text',
      'lead_id?': 'text',
      kind: 'text',
      provider: 'text',
      received_at: 'text',
      raw: 'text',
      ...Object.fromEntries(added.map((column) => [`${column}?`, 'text' as const])),
    });
    await sql`insert into source_events_003 (id, lead_id, kind, provider, received_at, raw)
      select id, lead_id, kind, provider, received_at, raw from source_events`.execute(db);
    await db.schema.dropTable('source_events').execute();
    await db.schema.alterTable('source_events_003').renameTo('source_events').execute();
    await db.schema
      .createIndex('source_events_by_lead')
      .on('source_events')
      .column('lead_id')
      .execute();
  }
  await sql`create index source_events_by_call on source_events (call_key) where call_key is not null`.execute(
    db,
  );
}

/** Businesses, staff, forms; response leads and their matching; messages, tasks, providers. */
export async function up(db: Kysely<unknown>, { dialect }: MigrationContext): Promise<void> {
  await createTable(db, 'businesses', 'id', {
    id: 'text',
    name: 'text',
    phones: 'text',
    timezone: 'text',
    hours: 'text',
    dates_off: 'text',
    'callback_number?': 'text',
    'booking_url?': 'text',
    'review_url?': 'text',
    'urgent_route?': 'text',
    response_window_minutes: 'integer',
    unclaimed_minutes: 'integer',
    services: 'text',
    service_areas: 'text',
    vertical: 'text',
    templates: 'text',
    urgent_keywords: 'text',
    missed_call_quiet_hours: 'text',
    qualification_enabled: 'integer',
    booking_link_enabled: 'integer',
    'default_owner_id?': 'text',
    'ghl_location_id?': 'text',
    is_default: 'integer',
    version: 'integer',
    created_at: 'text',
    updated_at: 'text',
  });
  await sql`create unique index businesses_default on businesses (is_default) where is_default = 1`.execute(
    db,
  );
  await sql`create unique index businesses_by_location on businesses (ghl_location_id) where ghl_location_id is not null`.execute(
    db,
  );
  await createTable(db, 'business_phones', 'phone', { phone: 'text', business_id: 'text' });
  await createTable(db, 'staff', 'id', {
    id: 'text',
    business_id: 'text',
    name: 'text',
    'phone?': 'text',
    'email?': 'text',
    services: 'text',
    areas: 'text',
    on_duty: 'integer',
    alerts_by_text: 'integer',
    quiet_hours: 'text',
    position: 'integer',
    version: 'integer',
    created_at: 'text',
    updated_at: 'text',
  });
  await db.schema.createIndex('staff_by_business').on('staff').column('business_id').execute();
  await createTable(db, 'ownership_rules', 'business_id', {
    business_id: 'text',
    rules: 'text',
    version: 'integer',
    updated_at: 'text',
  });
  await createTable(db, 'forms', 'id', {
    id: 'text',
    form_id: 'text',
    name: 'text',
    business_id: 'text',
    required_fields: 'text',
    'secret?': 'text',
    version: 'integer',
    created_at: 'text',
    updated_at: 'text',
  });
  await db.schema.createIndex('forms_by_form_id').on('forms').column('form_id').unique().execute();

  await db.schema.alterTable('leads').addColumn('business_id', 'text').execute();
  await widenSourceEvents(db, dialect);
  const responseLeads: Columns = {
    lead_id: 'text',
    business_id: 'text',
    'name_key?': 'text',
    'postal_code?': 'text',
    'service?': 'text',
    'area?': 'text',
    withheld: 'integer',
    last_event_at: 'text',
    'merged_into?': 'text',
    'merged_at?': 'text',
    'merge_filled?': 'text',
  };
  await createTable(db, 'response_leads', 'lead_id', responseLeads, dialect);
  await sql`create index response_leads_by_name on response_leads (business_id, name_key, last_event_at) where name_key is not null`.execute(
    db,
  );
  await sql`create index response_leads_merged on response_leads (merged_into) where merged_into is not null`.execute(
    db,
  );
  const identifiers: Columns = {
    lead_id: 'text',
    business_id: 'text',
    kind: 'text',
    value: 'text',
    'verified_at?': 'text',
    created_at: 'text',
  };
  await createTable(db, 'lead_identifiers', ['lead_id', 'kind', 'value'], identifiers, dialect);
  await db.schema
    .createIndex('lead_identifiers_by_value')
    .on('lead_identifiers')
    // The lead is part of it, so that a look-up reads no row of the table.
    .columns(['value', 'kind', 'lead_id'])
    .execute();
  await createTable(db, 'lead_links', 'id', {
    id: 'text',
    lead_id: 'text',
    other_lead_id: 'text',
    kind: 'text',
    created_at: 'text',
  });
  await db.schema.createIndex('lead_links_by_lead').on('lead_links').column('lead_id').execute();
  await db.schema
    .createIndex('lead_links_by_other')
    .on('lead_links')
    .column('other_lead_id')
    .execute();
  await createTable(db, 'merge_suggestions', 'id', {
    id: 'text',
    business_id: 'text',
    lead_id: 'text',
    other_lead_id: 'text',
    pair_key: 'text',
    reason: 'text',
    state: 'text',
    created_at: 'text',
    'decided_at?': 'text',
    'decided_by?': 'text',
  });
  await db.schema
    .createIndex('merge_suggestions_by_pair')
    .on('merge_suggestions')
    .column('pair_key')
    .unique()
    .execute();
  await db.schema
    .createIndex('merge_suggestions_by_state')
    .on('merge_suggestions')
    .columns(['state', 'id'])
    .execute();
  for (const column of ['lead_id', 'other_lead_id']) {
    await db.schema
      .createIndex(`merge_suggestions_by_${column}`)
      .on('merge_suggestions')
      .column(column)
      .execute();
  }
  await createTable(db, 'event_claims', 'key', {
    key: 'text',
    source_event_id: 'text',
    created_at: 'text',
  });
  await createTable(db, 'calls', 'key', {
    key: 'text',
    'business_id?': 'text',
    'lead_id?': 'text',
    'call_status?': 'text',
    dial_answered: 'integer',
    recorded: 'integer',
    'missed_reason?': 'text',
    'recording_url?': 'text',
    'transcription_url?': 'text',
    'answer?': 'text',
    created_at: 'text',
    updated_at: 'text',
  });
  await sql`create index calls_by_lead on calls (lead_id) where lead_id is not null`.execute(db);
  await messagesAndTasks(db);
}

async function messagesAndTasks(db: Kysely<unknown>): Promise<void> {
  await createTable(db, 'messages', 'id', {
    id: 'text',
    'business_id?': 'text',
    'lead_id?': 'text',
    'staff_id?': 'text',
    'task_id?': 'text',
    'source_event_id?': 'text',
    direction: 'text',
    channel: 'text',
    kind: 'text',
    'to_address?': 'text',
    'from_address?': 'text',
    body: 'text',
    status: 'text',
    'reason_code?': 'text',
    checks: 'text',
    warnings: 'text',
    'rule_version?': 'text',
    consent: 'text',
    rerender: 'integer',
    'send_at?': 'text',
    'due_at?': 'text',
    'claim_id?': 'text',
    'sending_at?': 'text',
    'sent_at?': 'text',
    'provider_sid?': 'text',
    'error_code?': 'text',
    attempts: 'integer',
    searches: 'integer',
    actor: 'text',
    created_at: 'text',
    updated_at: 'text',
  });
  // Only what is still to be done is in it: it stays small beside millions of sent rows.
  await sql`create index messages_due on messages (due_at) where due_at is not null`.execute(db);
  await sql`create index messages_by_lead on messages (lead_id, id) where lead_id is not null`.execute(
    db,
  );
  await db.schema
    .createIndex('messages_by_recipient')
    .on('messages')
    .columns(['to_address', 'kind', 'created_at'])
    .execute();
  await sql`create index messages_by_sid on messages (provider_sid) where provider_sid is not null`.execute(
    db,
  );
  await sql`create index messages_waiting on messages (reason_code) where due_at is null and status in ('queued', 'sending')`.execute(
    db,
  );

  await createTable(db, 'suppressions', 'id', {
    id: 'text',
    'phone?': 'text',
    'email?': 'text',
    reason: 'text',
    source: 'text',
    created_at: 'text',
    created_by: 'text',
    'removed_at?': 'text',
    'removed_by?': 'text',
    'removed_reason?': 'text',
  });
  await sql`create unique index suppressions_by_phone on suppressions (phone) where removed_at is null and phone is not null`.execute(
    db,
  );
  await sql`create unique index suppressions_by_email on suppressions (email) where removed_at is null and email is not null`.execute(
    db,
  );

  await createTable(db, 'tasks', 'id', {
    id: 'text',
    lead_id: 'text',
    origin_lead_id: 'text',
    business_id: 'text',
    reason: 'text',
    'owner_id?': 'text',
    'claimed_by?': 'text',
    due_at: 'text',
    state: 'text',
    needs_review: 'integer',
    matched_words: 'text',
    'outcome?': 'text',
    'note?': 'text',
    ownership: 'text',
    opened_at: 'text',
    steps: 'text',
    'escalate_at?': 'text',
    'snoozed_until?': 'text',
    last_event_at: 'text',
    'closed_at?': 'text',
    'closed_reason?': 'text',
    version: 'integer',
    created_at: 'text',
    updated_at: 'text',
  });
  await sql`create unique index tasks_open_by_lead on tasks (lead_id) where state in ('open', 'claimed', 'escalated')`.execute(
    db,
  );
  await db.schema.createIndex('tasks_by_lead').on('tasks').columns(['lead_id', 'id']).execute();
  await db.schema.createIndex('tasks_by_origin').on('tasks').column('origin_lead_id').execute();
  await db.schema.createIndex('tasks_by_state').on('tasks').columns(['state', 'id']).execute();
  await sql`create index tasks_to_escalate on tasks (escalate_at) where escalate_at is not null`.execute(
    db,
  );

  await createTable(db, 'providers', 'name', {
    name: 'text',
    'paused?': 'text',
    'paused_at?': 'text',
    'paused_by?': 'text',
    'reason?': 'text',
    outcomes: 'text',
    'last_success_at?': 'text',
    'last_failure_at?': 'text',
    'last_failure_code?': 'text',
    'next_probe_at?': 'text',
    probes: 'integer',
    updated_at: 'text',
  });
}
