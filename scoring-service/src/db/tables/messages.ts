import type { MessageKind, MessageStatus } from '../../messaging/rules/index.js';

/** A text or e-mail, in or out; outbound rows are the outbox. */
export interface MessagesTable {
  id: string;
  business_id: string | null;
  lead_id: string | null;
  staff_id: string | null;
  task_id: string | null;
  /** The enquiry it answers. */
  source_event_id: string | null;
  direction: 'outbound' | 'inbound';
  channel: 'sms' | 'email';
  kind: MessageKind | 'inbound';
  to_address: string | null;
  from_address: string | null;
  body: string;
  status: MessageStatus | 'received';
  reason_code: string | null;
  /** JSON arrays. */
  checks: string;
  warnings: string;
  rule_version: string | null;
  /** JSON: what permits it, as found when it was made. */
  consent: string;
  /** 1 when the text is made again from its template before it goes. */
  rerender: number;
  send_at: string | null;
  /** When the worker has to look at it; null = not by itself. */
  due_at: string | null;
  claim_id: string | null;
  sending_at: string | null;
  sent_at: string | null;
  provider_sid: string | null;
  error_code: string | null;
  attempts: number;
  searches: number;
  /** JSON. */
  actor: string;
  created_at: string;
  updated_at: string;
}

/** A phone or an e-mail that must not be messaged. Lifted ones stay, with who and why. */
export interface SuppressionsTable {
  id: string;
  phone: string | null;
  email: string | null;
  reason: string;
  source: 'text' | 'carrier' | 'api' | 'import';
  created_at: string;
  /** JSON. */
  created_by: string;
  removed_at: string | null;
  removed_by: string | null;
  removed_reason: string | null;
}

/** What is known of a provider: recent outcomes and whether its automation is paused. */
export interface ProvidersTable {
  name: string;
  paused: 'auto' | 'manual' | null;
  paused_at: string | null;
  /** JSON. */
  paused_by: string | null;
  reason: string | null;
  /** JSON array of [epoch ms, 1 or 0], oldest first. */
  outcomes: string;
  last_success_at: string | null;
  last_failure_at: string | null;
  last_failure_code: string | null;
  next_probe_at: string | null;
  probes: number;
  updated_at: string;
}
