import { iso } from '../../core/clock.js';
import { errorFields } from '../../core/log.js';
import { run } from '../../db/unit.js';
import type { JobSource } from '../../jobs/source.js';
import { DELIVERIES_CHANNEL } from '../plan.js';
import type { PostResult } from '../post-result.js';
import { classifyOutcome } from '../retry/outcome.js';
import { claimDeliveries } from './claim.js';
import { completeDeliveries, type CompletionEffect } from './complete.js';
import type { WorkerContext } from './context.js';
import type { AttemptResult, DeliveryJob } from './job.js';

/** An attempt that could not be made for a reason on our side: it counts for nothing. */
function notMade(detail: string): PostResult {
  return {
    status: null,
    error_class: 'local_failure',
    error_detail: detail,
    response_excerpt: null,
    body_issue: null,
    retry_after: null,
    duration_ms: 0,
  };
}

/** Deliveries as work for the runner. */
export function createDeliverySource(
  context: WorkerContext,
): JobSource<DeliveryJob, AttemptResult, CompletionEffect> {
  const { store, runtime, log, metrics, channels, pauseOrders } = context;

  const send = async (job: DeliveryJob, at: number, signal: AbortSignal): Promise<PostResult> => {
    const { id, body, destination } = job;
    try {
      const channel = channels[job.channel];
      if (channel === undefined) throw new Error('A delivery names a channel that there is not.');
      return await channel.send({ id, body, destination, at, signal });
    } catch (error) {
      log.error('a delivery could not be attempted', { delivery_id: id, ...errorFields(error) });
      return notMade('the request could not be made');
    }
  };

  return {
    name: 'deliveries',
    channel: DELIVERIES_CHANNEL,
    claim: (request) => claimDeliveries(context, request),
    async run(job, signal) {
      const startedAt = runtime.clock.now();
      if (job.assignedAt !== null) metrics.firstAttempt(startedAt - job.assignedAt);
      const post = await send(job, startedAt, signal);
      metrics.attempt(classifyOutcome(post).error_class ?? 'sent', post.duration_ms);
      return { startedAt, endedAt: runtime.clock.now(), post };
    },
    complete: (finished) => completeDeliveries(context, finished),
    completed({ failingForLong }) {
      for (const brokerId of failingForLong) {
        pauseOrders?.(brokerId).catch((error: unknown) => {
          // The next failed attempt tries again.
          log.warn('orders of a failing broker were not paused', {
            broker_id: brokerId,
            ...errorFields(error),
          });
        });
      }
    },
    *giveBack(jobs) {
      const now = iso(runtime.clock.now());
      yield* run(
        store.db
          .updateTable('deliveries')
          .set({ claim_id: null, due_at: now, updated_at: now })
          .where(
            store.anyOf(
              'id',
              jobs.map((job) => job.id),
            ),
          )
          .where('claim_id', '=', jobs[0]?.claimId ?? '')
          .where('status', '=', 'pending'),
      );
    },
  };
}
