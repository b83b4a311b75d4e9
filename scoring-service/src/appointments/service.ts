import { createRunner, type Runner } from '../jobs/runner.js';
import type { AppointmentsDeps } from './deps.js';
import { createReviews } from './reviews.js';

/** The worker that asks for reviews when they are due. */
export function createReviewRunner(deps: AppointmentsDeps): Runner {
  const { store, runtime, log } = deps;
  return createRunner(
    createReviews(deps),
    { store, clock: runtime.clock, newId: runtime.newId, log },
    { concurrency: 32, leaseMs: 60_000 },
  );
}
