import { iso } from '../../core/clock.js';
import { errorFields } from '../../core/log.js';
import { run } from '../../db/unit.js';
import type { PostResult } from '../../delivery/post-result.js';
import { classifyOutcome } from '../../delivery/retry/outcome.js';
import { EVENTS_CHANNEL } from '../../events/events.js';
import type { JobSource } from '../../jobs/source.js';
import { claimHandOns } from './claim.js';
import { completeHandOns, type CompletionEffect } from './complete.js';
import type { HandOnContext } from './context.js';
import type { AttemptResult, HandOnJob } from './job.js';
import { createPassed } from './passed.js';

/** An attempt that could not be made for a reason on our side: it counts for nothing. */
const NOT_MADE: PostResult = {
  status: null,
  error_class: 'local_failure',
  error_detail: 'the request could not be made',
  response_excerpt: null,
  body_issue: null,
  retry_after: null,
  duration_ms: 0,
};

/** Events for subscriptions as work for the runner. */
export function createHandOnSource(
  given: Omit<HandOnContext, 'passed'>,
): JobSource<HandOnJob, AttemptResult, CompletionEffect> {
  const context: HandOnContext = { ...given, passed: createPassed() };
  const { store, runtime, log, metrics, webhook } = context;

  const send = async (job: HandOnJob, at: number, signal: AbortSignal): Promise<PostResult> => {
    try {
      return await webhook.send({
        id: job.eventId,
        body: job.body,
        destination: { url: job.url, extraHeaders: {}, secrets: [job.secret] },
        at,
        signal,
      });
    } catch (error) {
      log.error('an event could not be handed on', { job_id: job.id, ...errorFields(error) });
      return NOT_MADE;
    }
  };

  return {
    name: 'events',
    channel: EVENTS_CHANNEL,
    claim: (request) => claimHandOns(context, request),
    async run(job, signal) {
      const startedAt = runtime.clock.now();
      if (job.occurredAt !== null) metrics.firstAttempt(startedAt - job.occurredAt);
      const post = await send(job, startedAt, signal);
      metrics.attempt(classifyOutcome(post).error_class ?? 'sent', post.duration_ms);
      return { endedAt: runtime.clock.now(), post };
    },
    complete: (finished) => completeHandOns(context, finished),
    completed({ givenUp, gone }) {
      for (const id of givenUp) {
        metrics.givenUp();
        log.warn('an event was given up after its last attempt', { job_id: id });
      }
      if (gone.length > 0) {
        log.info('subscriptions ended, their receivers answered 410', { count: gone.length });
      }
    },
    *giveBack(jobs) {
      yield* run(
        store.db
          .updateTable('hand_ons')
          .set({ claim_id: null, due_at: iso(runtime.clock.now()) })
          .where(
            store.anyOf(
              'id',
              jobs.map((job) => job.id),
            ),
          )
          .where('claim_id', '=', jobs[0]?.claimId ?? ''),
      );
    },
  };
}
