import { iso } from '../core/clock.js';
import { normalizeEmail, normalizePhone, normalizeState } from '../contact/index.js';
import type { LeadsTable } from '../db/tables/leads.js';
import type { IncomingLead, Lead, QualificationSummary } from './lead-schema.js';

export interface ContactKeys {
  email_key: string | null;
  phone_key: string | null;
  /** Present when both e-mail and phone are: the second duplicate layer. */
  dedupe_key: string | null;
}

/** The forms in which e-mail and phone are compared. */
export function contactKeys(
  contact: { email: string | null; phone: string | null },
  defaultRegion: string,
): ContactKeys {
  const emailKey = contact.email === null ? null : normalizeEmail(contact.email);
  const phoneKey = contact.phone === null ? null : normalizePhone(contact.phone, defaultRegion).key;
  return {
    email_key: emailKey,
    phone_key: phoneKey === '' ? null : phoneKey,
    dedupe_key: emailKey === null || !phoneKey ? null : `${emailKey} ${phoneKey}`,
  };
}

/** The two-letter code of a US state when it is one, else the text as given. */
export function storedState(state: string | null): string | null {
  return state === null ? null : (normalizeState(state) ?? state);
}

/** A new distribution lead, before it is routed. */
export function newLead(
  input: IncomingLead,
  made: {
    id: string;
    at: number;
    source: string;
    /** Null when no key was used. */
    sourceKeyId: string | null;
    brokerIds: readonly string[] | null;
    hold: boolean;
    defaultRegion: string;
  },
): LeadsTable {
  const email = input.email ?? null;
  const phone = input.phone ?? null;
  return {
    id: made.id,
    kind: 'distribution',
    status: 'unassigned',
    ghl_contact_id: input.ghl_contact_id,
    first_name: input.first_name ?? null,
    last_name: input.last_name ?? null,
    business_name: input.business_name ?? null,
    email,
    phone,
    ...contactKeys({ email, phone }, made.defaultRegion),
    state: storedState(input.state ?? null),
    vertical: input.vertical ?? null,
    credit_score: input.credit_score ?? null,
    funding_amount: input.funding_amount ?? null,
    funding_purpose: input.funding_purpose ?? null,
    ai_call_notes: input.ai_call_notes ?? null,
    ai_call_status: input.ai_call_status ?? null,
    assigned_broker_id: null,
    assigned_order_id: null,
    assigned_at: null,
    assigned_period: null,
    rejection_reason: null,
    source: made.source,
    source_key_id: made.sourceKeyId,
    broker_pool: made.brokerIds === null ? null : JSON.stringify([...made.brokerIds].sort()),
    delivery_hold: made.hold ? 1 : 0,
    business_id: null,
    qualification: null,
    booking_url: null,
    erased_at: null,
    created_at: iso(made.at),
    updated_at: iso(made.at),
    version: 1,
  };
}

/** First and last name together, or null. */
export function leadName(lead: Pick<LeadsTable, 'first_name' | 'last_name'>): string | null {
  const name = [lead.first_name, lead.last_name].filter((part) => part !== null).join(' ');
  return name === '' ? null : name;
}

/** A lead's row as the API shows it. */
export function toLead(row: LeadsTable): Lead {
  return {
    id: row.id,
    kind: row.kind,
    status: row.status,
    first_name: row.first_name,
    last_name: row.last_name,
    name: leadName(row),
    business_name: row.business_name,
    email: row.email,
    phone: row.phone,
    state: row.state,
    vertical: row.vertical,
    credit_score: row.credit_score,
    funding_amount: row.funding_amount,
    funding_purpose: row.funding_purpose,
    ghl_contact_id: row.ghl_contact_id,
    ai_call_notes: row.ai_call_notes,
    ai_call_status: row.ai_call_status,
    assigned_broker_id: row.assigned_broker_id,
    assigned_order_id: row.assigned_order_id,
    assigned_at: row.assigned_at,
    rejection_reason: row.rejection_reason,
    business_id: row.business_id,
    qualification:
      row.qualification === null ? null : (JSON.parse(row.qualification) as QualificationSummary),
    booking_url: row.booking_url,
    erased_at: row.erased_at,
    source: row.source,
    created_at: row.created_at,
    updated_at: row.updated_at,
    version: row.version,
  };
}
