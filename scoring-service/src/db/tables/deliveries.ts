export type DeliveryStatus = 'pending' | 'queued' | 'held' | 'sent' | 'failed' | 'cancelled';

/** One lead to be handed to one broker over one channel. */
export interface DeliveriesTable {
  id: string;
  lead_id: string;
  broker_id: string;
  order_id: string;
  channel: string;
  status: DeliveryStatus;
  reason_code: string | null;
  /** When a queued or held delivery becomes pending. */
  release_at: string | null;
  next_attempt_at: string | null;
  /** The request's body, frozen at assignment. */
  body: string;
  attempts_made: number;
  sent_at: string | null;
  created_at: string;
  updated_at: string;
}
