import type { ResponseDeps } from '../response/deps.js';

/** The channel that wakes the worker of review requests. */
export const REVIEWS_CHANNEL = 'leadloop_reviews';

export interface AppointmentsDeps extends ResponseDeps {
  /** From an appointment's instant to the request for a review, milliseconds by the clock. */
  reviewDelayMs: () => number;
}
