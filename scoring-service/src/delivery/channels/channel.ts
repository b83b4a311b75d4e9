import type { PostResult } from '../post-result.js';
import type { Destination } from '../worker/job.js';

export interface Handover {
  /** The same on every attempt: the receiver's idempotency key. */
  id: string;
  /** Exactly the text that is sent. */
  body: string;
  destination: Destination;
  /** Epoch milliseconds. */
  at: number;
  signal?: AbortSignal;
}

/** One way to hand a lead over. A new one is a file beside this and a line in `index.ts`. */
export interface Channel {
  /** Makes one attempt. Rejects only when it could not be made at all for a reason on our side. */
  send(handover: Handover): Promise<PostResult>;
}
