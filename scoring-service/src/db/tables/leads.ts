import type { ColumnType } from 'kysely';

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
  /** The business that was called or written to; null for distribution leads. */
  business_id: string | null;
  /** JSON: the newest result of qualifying it. */
  qualification: string | null;
  /** The newest booking link. */
  booking_url: string | null;
  /** When what tells who it is was erased. */
  erased_at: string | null;
  created_at: string;
  updated_at: string;
  version: number;
}

/** Null unless given. */
type Optional = ColumnType<string | null, string | null | undefined, string | null>;

/** One inbound thing as received, kept unchanged under its lead. */
export interface SourceEventsTable {
  id: string;
  /** Null while a call's end is still to come, and for what concerns no lead. */
  lead_id: string | null;
  kind: string;
  provider: string;
  received_at: string;
  /** The payload's text as received. */
  raw: string;
  /** The lead it came in for, which a merge does not change. */
  origin_lead_id: Optional;
  business_id: Optional;
  /** The call it is part of. */
  call_key: Optional;
  /** `signature`, `secret` or `key`. */
  verified_by: Optional;
  /** What was made of it (`missed`, `answered`, `waiting`, …) and why. */
  outcome: Optional;
  reason: Optional;
  /** JSON: what was read from it. */
  facts: Optional;
  /** JSON: what its sender was answered, for repetitions. */
  answer: Optional;
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
