/** What a lead of kind `response` has beyond `leads`. */
export interface ResponseLeadsTable {
  lead_id: string;
  business_id: string;
  /** The full name as names are compared, its words sorted. */
  name_key: string | null;
  postal_code: string | null;
  service: string | null;
  area: string | null;
  /** 1 when the caller id was withheld. */
  withheld: number;
  last_event_at: string;
  /** The lead it is now part of. */
  merged_into: string | null;
  merged_at: string | null;
  /** JSON: what the other lead got from it, for the way back. */
  merge_filled: string | null;
}

export type IdentifierKind = 'phone' | 'email' | 'ghl_contact';

/** What a lead is found by, exactly. */
export interface LeadIdentifiersTable {
  lead_id: string;
  business_id: string;
  kind: IdentifierKind;
  value: string;
  /** When an e-mail came back through a reply, a booking or a click. */
  verified_at: string | null;
  created_at: string;
}

export type LinkKind = 'shares_phone' | 'shares_email' | 'earlier_enquiry' | 'distributed_from';

/** Two leads that have to do with each other without being one. */
export interface LeadLinksTable {
  id: string;
  lead_id: string;
  other_lead_id: string;
  kind: LinkKind;
  created_at: string;
}

export interface MergeSuggestionsTable {
  id: string;
  business_id: string;
  lead_id: string;
  other_lead_id: string;
  /** Both ids, sorted: a pair is suggested once. */
  pair_key: string;
  reason: string;
  state: 'pending' | 'accepted' | 'dismissed';
  created_at: string;
  decided_at: string | null;
  /** JSON. */
  decided_by: string | null;
}

/** A key is taken once: who takes it stores the event, everybody else repeats it. */
export interface EventClaimsTable {
  key: string;
  source_event_id: string;
  created_at: string;
}

/** What the callbacks of one call have said so far. */
export interface CallsTable {
  key: string;
  business_id: string | null;
  lead_id: string | null;
  call_status: string | null;
  dial_answered: number;
  recorded: number;
  missed_reason: string | null;
  recording_url: string | null;
  transcription_url: string | null;
  /** JSON: the answer that the missed outcome was given. */
  answer: string | null;
  created_at: string;
  updated_at: string;
}
