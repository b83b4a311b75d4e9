import type { Runtime } from '../core/clock.js';
import type { Store } from '../db/store.js';

/** The channel that wakes the sender. */
export const MESSAGES_CHANNEL = 'leadloop_messages';

/** What making and deciding messages needs. */
export interface MessagingDeps {
  store: Store;
  runtime: Runtime;
  /** What keeps texts and e-mails from being sent; null when they can be. */
  missing: { sms: string | null; email: string | null };
  /** Milliseconds in which one phone gets at most one request for a review. */
  reviewWindowMs: () => number;
}
