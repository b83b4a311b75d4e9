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
  /** Attempts that counted since the delivery was made or retried by hand. */
  attempts_made: number;
  sent_at: string | null;
  failed_at: string | null;
  /**
   * When the worker looks at the row next: for its attempt, its release, or because the lease of
   * its claim ended. Null once it is sent, failed or cancelled.
   */
  due_at: string | null;
  /** Set while an attempt runs, and by nobody but the worker that claimed it. */
  claim_id: string | null;
  /** 1 when somebody asked for an attempt while one was running: another follows its failure at once. */
  again: number;
  created_at: string;
  updated_at: string;
}

/** One request of a delivery, as it went. */
export interface DeliveryAttemptsTable {
  id: string;
  delivery_id: string;
  broker_id: string;
  /** When it started. */
  at: string;
  duration_ms: number;
  http_status: number | null;
  /** `sent`, or the class of the error. */
  outcome: string;
  /** A technical reason for people. */
  error_detail: string | null;
  /** The start of the response as text. */
  response_excerpt: string | null;
}

/** What deliveries to a broker remember; the id is the broker's. */
export interface BrokerDeliveryStatesTable {
  id: string;
  breaker_phase: 'closed' | 'open' | 'half_open';
  consecutive_failures: number;
  breaker_opened_at: string | null;
  /** open: the next probe may start then; half_open: the running probe is given up for lost then. */
  breaker_until: string | null;
  breaker_wait_ms: number;
  /** The first failure since the last success. */
  failing_since: string | null;
  /** When the long failure was announced. */
  alerted_at: string | null;
  /** When the broker's orders were paused because of it. */
  orders_paused_at: string | null;
  /** When the rate's bucket is full again, epoch milliseconds. */
  rate_full_at: number | null;
}
