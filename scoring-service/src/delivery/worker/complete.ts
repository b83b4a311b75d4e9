import { iso } from '../../core/clock.js';
import type { DeliveriesTable, DeliveryAttemptsTable } from '../../db/tables/deliveries.js';
import { all, insertMany, notify, updateMany, type Unit } from '../../db/unit.js';
import { recordEvents, type NewEvent } from '../../events/events.js';
import type { Finished } from '../../jobs/source.js';
import { AT_ONCE } from '../moments.js';
import { classifyOutcome, type AttemptOutcome } from '../retry/outcome.js';
import { nextAttempt } from '../retry/schedule.js';
import { SETTLED_CHANNEL } from '../settled.js';
import { lockStates } from '../states.js';
import { createHealthBook } from './broker-health.js';
import type { WorkerContext } from './context.js';
import type { AttemptResult, DeliveryJob } from './job.js';

type Done = Finished<DeliveryJob, AttemptResult>;

/** Brokers whose orders are to be paused, after the commit. */
export interface CompletionEffect {
  failingForLong: string[];
}

type ClaimedRow = Pick<
  DeliveriesTable,
  'id' | 'status' | 'claim_id' | 'attempts_made' | 'again' | 'reason_code'
>;

type Change = Pick<
  DeliveriesTable,
  | 'id'
  | 'status'
  | 'reason_code'
  | 'next_attempt_at'
  | 'due_at'
  | 'attempts_made'
  | 'sent_at'
  | 'failed_at'
  | 'claim_id'
  | 'again'
  | 'updated_at'
>;

function attemptRow(
  { job, result }: Done,
  id: string,
  outcome: AttemptOutcome,
): DeliveryAttemptsTable {
  const { post, startedAt } = result;
  return {
    id,
    delivery_id: job.id,
    broker_id: job.group,
    at: iso(startedAt),
    duration_ms: post.duration_ms,
    http_status: post.status,
    outcome: outcome.error_class ?? 'sent',
    error_detail: post.error_detail,
    response_excerpt: post.response_excerpt,
  };
}

/** What an attempt makes of its row. */
function changeOf(
  { runtime, options }: WorkerContext,
  row: ClaimedRow,
  { endedAt, post }: AttemptResult,
  outcome: AttemptOutcome,
): Change {
  const attempts_made = row.attempts_made + (outcome.counted ? 1 : 0);
  const base = {
    id: row.id,
    attempts_made,
    next_attempt_at: null,
    due_at: null,
    sent_at: null,
    failed_at: null,
    claim_id: null,
    again: 0,
    updated_at: iso(endedAt),
  };
  if (outcome.success) {
    // A cancellation that came too late must not hide that the broker has the lead.
    const reason = row.status === 'cancelled' ? 'sent_before_cancelled' : null;
    return { ...base, status: 'sent', reason_code: reason, sent_at: iso(endedAt) };
  }
  if (row.status === 'cancelled') {
    return { ...base, status: 'cancelled', reason_code: row.reason_code };
  }
  const next = nextAttempt({
    attempts_made,
    outcome,
    retry_after: post.retry_after,
    now: endedAt,
    random: runtime.random,
    delaysMs: options.retryDelaysMs,
  });
  if ('give_up' in next) {
    return { ...base, status: 'failed', reason_code: next.give_up, failed_at: iso(endedAt) };
  }
  const at = iso(row.again === 1 ? endedAt : next.at);
  return {
    ...base,
    status: 'pending',
    reason_code: outcome.error_class,
    next_attempt_at: at,
    due_at: row.again === 1 ? AT_ONCE : at,
  };
}

function eventOf({ job }: Done, change: Change): NewEvent | null {
  if (change.status !== 'sent' && change.status !== 'failed') return null;
  return {
    type: change.status === 'sent' ? 'delivery.sent' : 'delivery.failed',
    data: {
      delivery_id: job.id,
      lead_id: job.leadId,
      order_id: job.orderId,
      broker_id: job.group,
      attempts: change.attempts_made,
      ...(change.status === 'failed' ? { reason_code: change.reason_code } : {}),
    },
  };
}

/**
 * Writes what attempts came to: their rows, the deliveries, the brokers' breakers, the events, each
 * as a set. A result whose claim has passed to another worker leaves an attempt and changes nothing.
 */
export function* completeDeliveries(
  context: WorkerContext,
  finished: readonly Done[],
): Unit<CompletionEffect> {
  const { store, runtime, metrics } = context;
  const at = runtime.clock.now();
  const brokerIds = [...new Set(finished.map(({ job }) => job.group))];
  const states = yield* lockStates(store, brokerIds);
  const rows = yield* all(
    store.locked(
      store.db
        .selectFrom('deliveries')
        .select(['id', 'status', 'claim_id', 'attempts_made', 'again', 'reason_code'])
        .where(
          store.anyOf(
            'id',
            finished.map(({ job }) => job.id),
          ),
        )
        .orderBy('id'),
      'wait',
    ),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const health = createHealthBook(context, states);
  const attempts: DeliveryAttemptsTable[] = [];
  const changes: Change[] = [];
  const events: NewEvent[] = [];
  for (const done of finished) {
    const { job, result } = done;
    const outcome = classifyOutcome(result.post);
    const row = byId.get(job.id);
    if (row === undefined) continue;
    // What ran out on this machine reached nobody, and comes in crowds while it lasts.
    if (outcome.error_class !== 'local_failure') {
      attempts.push(attemptRow(done, runtime.newId(), outcome));
    }
    if (row.claim_id !== job.claimId) {
      metrics.staleResult();
      continue;
    }
    // A second result of one claim (there is none) would be stale as well.
    byId.delete(job.id);
    const change = changeOf(context, row, result, outcome);
    changes.push(change);
    const event = eventOf(done, change);
    if (event !== null) events.push(event);
    health.record(job, outcome, result.endedAt);
  }
  yield* insertMany('delivery_attempts', attempts);
  yield* updateMany('deliveries', changes);
  yield* updateMany('broker_delivery_states', health.changedRows());
  yield* recordEvents([...events, ...health.events()], at, runtime.newId);
  yield* notify(SETTLED_CHANNEL);
  return { failingForLong: health.failingForLong() };
}
