import type { Job } from '../../jobs/source.js';
import type { PostResult } from '../post-result.js';

/** One claimed attempt, with everything it needs: no database is asked while it runs. */
export interface DeliveryJob extends Job {
  claimId: string;
  /** It tests whether a broker whose breaker is open receives again. */
  probe: boolean;
  channel: string;
  body: string;
  leadId: string;
  orderId: string;
  /** When the lead was assigned, while the attempt is the first and nothing kept it waiting. */
  assignedAt: number | null;
  destination: Destination;
}

/** Where and how a broker is reached. */
export interface Destination {
  url: string;
  extraHeaders: Readonly<Record<string, string>>;
  /** Every live secret, newest first. */
  secrets: readonly string[];
}

export interface AttemptResult {
  /** When it started and ended, epoch milliseconds of the service's clock. */
  startedAt: number;
  endedAt: number;
  post: PostResult;
}
