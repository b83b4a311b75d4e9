import type { PostResult } from '../../delivery/post-result.js';
import type { Job } from '../../jobs/source.js';

/** One attempt to hand one event to one subscription, with everything it needs. */
export interface HandOnJob extends Job {
  claimId: string;
  /** It tests whether a receiver whose breaker is open receives again. */
  probe: boolean;
  /** The webhook's id: the same on every attempt and for every subscription. */
  eventId: string;
  body: string;
  /** When the event occurred, while this is its first attempt. */
  occurredAt: number | null;
  url: string;
  secret: string;
}

export interface AttemptResult {
  endedAt: number;
  post: PostResult;
}
