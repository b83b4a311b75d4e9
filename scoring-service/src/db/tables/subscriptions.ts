/** Who is told of events, and what handing on to it remembers. */
export interface SubscriptionsTable {
  id: string;
  url: string;
  /** JSON array of event types. */
  events: string;
  secret: string;
  /** The place in the stream up to which events were taken for it. */
  position: number;
  /** When it ends by itself. */
  expires_at: string | null;
  ended_at: string | null;
  end_reason: 'gone' | 'test_url_expired' | null;
  breaker_phase: 'closed' | 'open' | 'half_open';
  consecutive_failures: number;
  breaker_opened_at: string | null;
  breaker_until: string | null;
  breaker_wait_ms: number;
  /** The first failure since the last success, and the class of the newest one. */
  failing_since: string | null;
  last_failure: string | null;
  /** While set nothing is handed on; what happens meanwhile waits in the stream. */
  paused_at: string | null;
  /** When its receiver last took an event, to within ten seconds. */
  last_success_at: string | null;
  created_at: string;
}

/**
 * One event on its way to one subscription: there is a row from the moment a worker takes the
 * event from the stream until the receiver has it or it is given up.
 */
export interface HandOnsTable {
  id: string;
  subscription_id: string;
  event_seq: number;
  /** Attempts that counted. */
  attempts_made: number;
  /** When a worker looks at it next: its next attempt, or the end of the claim's lease. */
  due_at: string;
  /** Set while an attempt runs, and by nobody but the worker that claimed it. */
  claim_id: string | null;
  created_at: string;
}
