export type LeadKind = 'distribution' | 'response';
export type LeadStatus = 'assigned' | 'unassigned' | 'rejected' | 'open' | 'closed';

export interface LeadsTable {
  id: string;
  kind: LeadKind;
  status: LeadStatus;
  ghl_contact_id: string | null;
  first_name: string | null;
  last_name: string | null;
  business_name: string | null;
  email: string | null;
  /** The e-mail in the form in which it is compared. */
  email_key: string | null;
  phone: string | null;
  /** E.164 when the number can be parsed, else its digits. */
  phone_key: string | null;
  /** E-mail and phone together, when both are given: the second duplicate layer. */
  dedupe_key: string | null;
  state: string | null;
  vertical: string | null;
  credit_score: number | null;
  funding_amount: number | null;
  funding_purpose: string | null;
  ai_call_notes: string | null;
  ai_call_status: string | null;
  assigned_broker_id: string | null;
  assigned_order_id: string | null;
  assigned_at: string | null;
  /** The order's period in which the slot was taken. */
  assigned_period: string | null;
  rejection_reason: string | null;
  /** Name of the key or path it came through. */
  source: string;
  source_key_id: string | null;
  /** JSON array of broker ids it may go to, or null for all. */
  broker_pool: string | null;
  /** 1 when a workflow hands the lead over itself. */
  delivery_hold: number;
  created_at: string;
  updated_at: string;
  version: number;
}

/** One inbound thing as received, kept unchanged under its lead. */
export interface SourceEventsTable {
  id: string;
  lead_id: string;
  kind: string;
  provider: string;
  received_at: string;
  /** The payload's text as received. */
  raw: string;
}

/** Leads that no order took, waiting for a person or for a change of the orders. */
export interface UnassignedLeadsTable {
  lead_id: string;
  reason_code: string;
  reason: string;
  queued_at: string;
  last_tried_at: string;
  tries: number;
}
