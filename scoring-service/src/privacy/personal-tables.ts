import type { Updateable } from 'kysely';

import type { Database, TableName } from '../db/schema.js';

/** What rows of a person are found by: ids of rows of these kinds, or how to reach the person. */
export interface Holdings {
  leads: string[];
  source_events: string[];
  deliveries: string[];
  messages: string[];
  tasks: string[];
  appointments: string[];
  /** In E.164, or as typed when a number cannot be read. */
  phones: string[];
  /** As e-mails are compared. */
  emails: string[];
}

export type Holding = keyof Holdings;

/** One table that holds personal data of leads. */
export interface PersonalTable {
  table: TableName;
  /** A row is the person's when one of these columns names something the person has. */
  rows: readonly (readonly [column: string, holding: Holding])[];
  /** What stands in the columns afterwards; `deleted`: the row goes; `kept`: it stays as it is. */
  erased: Readonly<Record<string, string | number | null>> | 'deleted' | 'kept';
  /** Rows that are left as they are: they say themselves that somebody was erased. */
  except?: { column: string; value: string };
  /** Columns that say nothing about a person and would only confuse one: not exported. */
  hidden?: readonly string[];
}

function personal<T extends TableName>(
  table: T,
  rows: readonly (readonly [column: keyof Database[T] & string, holding: Holding])[],
  erased: Updateable<Database[T]> | 'deleted' | 'kept',
  hidden?: readonly (keyof Database[T] & string)[],
  except?: { column: keyof Database[T] & string; value: string },
): PersonalTable {
  return { table, rows, erased: erased as PersonalTable['erased'], hidden, except };
}

/** Stands where a text may not be missing. */
export const ERASED_TEXT = '[erased]';
/** Stands where JSON was kept. */
export const ERASED_JSON = '{"erased":true}';

/**
 * Every table with personal data of leads, in the order in which an export shows them. What stays
 * of an erased person tells that something happened, when and with which outcome, so that counts,
 * routing decisions and the capacity of orders remain right; not who it was. Ids that providers
 * gave (calls, messages, bookings) stay, so that a late report finds its row and makes no new lead.
 */
export const PERSONAL_TABLES: readonly PersonalTable[] = [
  personal(
    'leads',
    [['id', 'leads']],
    {
      ghl_contact_id: null,
      first_name: null,
      last_name: null,
      business_name: null,
      email: null,
      email_key: null,
      phone: null,
      phone_key: null,
      dedupe_key: null,
      state: null,
      funding_purpose: null,
      ai_call_notes: null,
      ai_call_status: null,
      qualification: null,
      booking_url: null,
    },
    ['delivery_hold', 'assigned_period', 'version'],
  ),
  personal('response_leads', [['lead_id', 'leads']], {
    name_key: null,
    postal_code: null,
    service: null,
    area: null,
    merge_filled: null,
  }),
  personal('lead_identifiers', [['lead_id', 'leads']], 'deleted'),
  personal(
    'source_events',
    [
      // Not by the lead it came in for: that one is part of the same person, and has no index.
      ['lead_id', 'leads'],
      ['id', 'source_events'],
    ],
    { raw: ERASED_JSON, facts: null, reason: null },
    ['answer'],
  ),
  personal('calls', [['lead_id', 'leads']], { recording_url: null, transcription_url: null }, [
    'answer',
  ]),
  personal(
    'messages',
    [
      ['lead_id', 'leads'],
      ['id', 'messages'],
    ],
    // One that a dead process was sending is no longer asked after: nobody knows any more to whom.
    {
      to_address: null,
      from_address: null,
      body: ERASED_TEXT,
      consent: '{}',
      due_at: null,
      claim_id: null,
    },
    ['claim_id', 'due_at', 'searches', 'rerender'],
  ),
  personal(
    'suppressions',
    [
      ['phone', 'phones'],
      ['email', 'emails'],
    ],
    'kept',
  ),
  personal(
    'tasks',
    [
      ['lead_id', 'leads'],
      ['origin_lead_id', 'leads'],
    ],
    { note: null, matched_words: '[]', closed_reason: null },
    ['version'],
  ),
  personal('qualifications', [['lead_id', 'leads']], {
    reason: ERASED_TEXT,
    disagreement: null,
    steering: null,
    booking_url: null,
  }),
  personal(
    'qualification_jobs',
    [['lead_id', 'leads']],
    { message: null, consent: '{}', due_at: null, waiting_for: null },
    ['claim_id', 'due_at', 'request_key'],
  ),
  personal('appointments', [['lead_id', 'leads']], {}, ['version', 'review_due_at']),
  personal('decisions', [['lead_id', 'leads']], 'kept', ['snapshot_id', 'changes', 'set_id']),
  personal('unassigned_leads', [['lead_id', 'leads']], 'deleted'),
  personal('deliveries', [['lead_id', 'leads']], { body: ERASED_JSON }, [
    'claim_id',
    'due_at',
    'again',
  ]),
  personal('delivery_attempts', [['delivery_id', 'deliveries']], {
    error_detail: null,
    response_excerpt: null,
  }),
  personal(
    'activity_log',
    [
      ['subject_id', 'leads'],
      ['subject_id', 'tasks'],
      ['subject_id', 'messages'],
      ['subject_id', 'deliveries'],
      ['subject_id', 'appointments'],
    ],
    { before: null, after: null },
    [],
    { column: 'action', value: 'lead.erased' },
  ),
];

/** Every other table, with why it is not among them. A table that is in neither list fails a test. */
export const OTHER_TABLES: Readonly<Partial<Record<TableName, string>>> = {
  api_keys: 'programs',
  idempotency_keys: 'answers for repetitions; forgotten after a day',
  brokers: 'buyers of leads',
  broker_secrets: 'secrets of brokers',
  broker_delivery_states: 'what deliveries to a broker remember',
  orders: 'orders of brokers',
  order_versions: 'orders of brokers',
  considered_sets: 'orders, as decisions saw them',
  order_snapshots: 'orders, as decisions saw them',
  events: 'ids and codes; forgotten after EVENTS_RETENTION_DAYS',
  subscriptions: 'receivers of events',
  hand_ons: 'events on their way',
  backtests: 'what was asked of orders, and counts',
  backtest_differences: 'ids of leads and orders, and codes',
  settings: 'what operators change',
  businesses: 'businesses whose calls are answered',
  business_phones: 'numbers of businesses',
  staff: 'people who work there',
  ownership_rules: 'which of them gets what',
  forms: 'forms, not what was written in them',
  lead_links: 'ids of leads',
  merge_suggestions: 'ids of leads',
  event_claims: 'ids that providers gave to events',
  calendly_invitees: 'ids that Calendly gave to bookings',
  providers: 'providers and their state',
  users: 'people who sign in',
  sessions: 'people who sign in',
  sign_in_links: 'people who sign in',
  sign_in_attempts: 'people who sign in',
};
