import { iso } from '../../core/clock.js';
import type { HandOnsTable } from '../../db/tables/subscriptions.js';
import { all, run, updateMany, type Unit } from '../../db/unit.js';
import { classifyOutcome, type AttemptOutcome } from '../../delivery/retry/outcome.js';
import { nextAttempt, type NextAttempt } from '../../delivery/retry/schedule.js';
import type { Finished } from '../../jobs/source.js';
import { endSubscriptions } from '../manage.js';
import type { HandOnContext } from './context.js';
import type { AttemptResult, HandOnJob } from './job.js';
import { createReceiverBook } from './receivers.js';

type Done = Finished<HandOnJob, AttemptResult>;
type ClaimedRow = Pick<HandOnsTable, 'id' | 'claim_id' | 'attempts_made'>;

/** What is told after the commit. */
export interface CompletionEffect {
  /** Hand-ons given up after their last attempt. */
  givenUp: string[];
  /** Subscriptions whose receivers answered 410. */
  gone: string[];
}

function nextOf(
  { runtime, options }: HandOnContext,
  attempts_made: number,
  { endedAt, post }: AttemptResult,
  outcome: AttemptOutcome,
): NextAttempt {
  return nextAttempt({
    attempts_made,
    outcome,
    retry_after: post.retry_after,
    now: endedAt,
    random: runtime.random,
    delaysMs: options.retryDelaysMs,
  });
}

function* lockFinished({ store }: HandOnContext, finished: readonly Done[]) {
  const rows = yield* all(
    store.locked(
      store.db
        .selectFrom('subscriptions')
        .selectAll()
        .where(store.anyOf('id', [...new Set(finished.map(({ job }) => job.group))]))
        .orderBy('id'),
      'wait',
    ),
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * Writes what attempts came to, as sets: hand-ons that arrived or were given up leave the table,
 * the others wait for their next attempt. A result whose claim has passed to another worker, or
 * whose subscription is gone, changes nothing.
 */
export function* completeHandOns(
  context: HandOnContext,
  finished: readonly Done[],
): Unit<CompletionEffect> {
  const { store, metrics, options } = context;
  const subscriptions = yield* lockFinished(context, finished);
  const rows: ClaimedRow[] = yield* all(
    store.db
      .selectFrom('hand_ons')
      .select(['id', 'claim_id', 'attempts_made'])
      .where(
        store.anyOf(
          'id',
          finished.map(({ job }) => job.id),
        ),
      ),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const receivers = createReceiverBook(subscriptions, options.breaker);
  const over: string[] = [];
  const again: Pick<HandOnsTable, 'id' | 'attempts_made' | 'due_at' | 'claim_id'>[] = [];
  const givenUp: string[] = [];
  const gone = new Set<string>();
  for (const { job, result } of finished) {
    const row = byId.get(job.id);
    if (row === undefined) continue;
    if (row.claim_id !== job.claimId) {
      metrics.staleResult();
      continue;
    }
    const outcome = classifyOutcome(result.post);
    receivers.record(job, outcome, result.endedAt);
    const attempts_made = row.attempts_made + (outcome.counted ? 1 : 0);
    const next = nextOf(context, attempts_made, result, outcome);
    if ('at' in next) {
      again.push({ id: job.id, attempts_made, due_at: iso(next.at), claim_id: null });
      continue;
    }
    over.push(job.id);
    if (next.give_up === 'gone') gone.add(job.group);
    if (next.give_up === 'attempts_exhausted') givenUp.push(job.id);
  }
  if (over.length > 0) {
    yield* run(store.db.deleteFrom('hand_ons').where(store.anyOf('id', over)));
  }
  yield* updateMany('hand_ons', again);
  yield* updateMany('subscriptions', receivers.changedRows());
  yield* endSubscriptions(context, [...gone], 'gone');
  return { givenUp, gone: [...gone] };
}
