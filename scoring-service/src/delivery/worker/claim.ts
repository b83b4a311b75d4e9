import { iso } from '../../core/clock.js';
import type { BrokersTable } from '../../db/tables/orders.js';
import { all, notify, run, updateMany, type Unit } from '../../db/unit.js';
import type { ClaimRequest, ClaimResult } from '../../jobs/source.js';
import { breakerAfter } from '../breaker/breaker.js';
import { queuedColumns, type Shut } from '../gate.js';
import { allPaused } from '../pause.js';
import { liveSecrets } from '../secrets.js';
import { SETTLED_CHANNEL } from '../settled.js';
import { breakerColumns, breakerOf, lockStates } from '../states.js';
import { candidateOf, Earliest, takeRows, type Candidate } from './candidates.js';
import type { WorkerContext } from './context.js';
import { dueRows, type BrokerDue } from './due.js';
import type { Destination, DeliveryJob } from './job.js';

/** Rows that one unit queues for one broker; a larger crowd is queued by the units that follow. */
const QUEUE_STEP = 500;

/** Lets what is due wait behind a shut gate; true when more of the broker's rows are due. */
function* queueRows(
  { store }: WorkerContext,
  brokerId: string,
  shut: Shut,
  at: number,
): Unit<boolean> {
  const rows = yield* dueRows(store, brokerId, iso(at), QUEUE_STEP);
  if (rows.length === 0) return false;
  yield* run(
    store.db
      .updateTable('deliveries')
      .set(queuedColumns(shut, at))
      .where(
        store.anyOf(
          'id',
          rows.map((row) => row.id),
        ),
      ),
  );
  yield* notify(SETTLED_CHANNEL);
  return rows.length === QUEUE_STEP;
}

function destinationOf(broker: BrokersTable, secrets: readonly string[]): Destination {
  return {
    // The gate lets no broker through that has none.
    url: broker.crm_webhook_url ?? '',
    extraHeaders: JSON.parse(broker.crm_headers) as Record<string, string>,
    secrets,
  };
}

function jobsOf(
  { broker, probe, rows }: Candidate,
  claimId: string,
  secrets: readonly string[],
): DeliveryJob[] {
  const destination = destinationOf(broker, secrets);
  return rows.map((row) => ({
    id: row.id,
    group: broker.id,
    claimId,
    probe,
    channel: row.channel,
    body: row.body,
    leadId: row.lead_id,
    orderId: row.order_id,
    assignedAt:
      row.status === 'pending' && row.reason_code === null && row.attempts_made === 0
        ? Date.parse(row.created_at)
        : null,
    destination,
  }));
}

/** Marks the rows as ours and the states as used, in one statement each. */
function* mark(
  { store, options }: WorkerContext,
  candidates: readonly Candidate[],
  { at, claimId, leaseUntil }: ClaimRequest,
): Unit<void> {
  const ids = candidates.flatMap(({ rows }) => rows.map((row) => row.id));
  yield* run(
    store.db
      .updateTable('deliveries')
      .set({
        status: 'pending',
        reason_code: null,
        release_at: null,
        next_attempt_at: iso(at),
        due_at: iso(leaseUntil),
        claim_id: claimId,
        again: 0,
        updated_at: iso(at),
      })
      .where(store.anyOf('id', ids)),
  );
  const used = candidates.filter(
    ({ probe, broker }) => probe || broker.rate_limit_per_minute !== null,
  );
  yield* updateMany(
    'broker_delivery_states',
    used.map(({ state, probe, tokens, rows }) => {
      const breaker = breakerOf(state);
      return {
        id: state.id,
        ...breakerColumns(
          probe ? breakerAfter(breaker, { type: 'probe_started' }, at, options.breaker) : breaker,
        ),
        rate_full_at: tokens.after(rows.length),
      };
    }),
  );
}

/**
 * Claims due deliveries, as many as slots are free, shared among brokers. Rows of brokers that
 * must not be sent to now are queued instead; rows behind an open breaker or a used-up rate stay.
 */
export function* claimDeliveries(
  context: WorkerContext,
  request: ClaimRequest,
): Unit<ClaimResult<DeliveryJob>> {
  const { store, gate } = context;
  const { at } = request;
  const next = new Earliest();
  const live = yield { kind: 'query' as const, query: context.brokersDue };
  const due: BrokerDue[] = [];
  for (const one of live.rows as BrokerDue[]) {
    if (one.first_due_at <= iso(at)) due.push(one);
    else next.consider(Date.parse(one.first_due_at));
  }
  if (due.length === 0) return { jobs: [], more: false, nextDueAt: next.at };
  due.sort((a, b) => (a.first_due_at < b.first_due_at ? -1 : 1));
  const ids = due.map((one) => one.broker_id);
  const states = yield* lockStates(store, ids);
  const rows = yield* all(store.db.selectFrom('brokers').selectAll().where(store.anyOf('id', ids)));
  const brokers = new Map(rows.map((row) => [row.id, row]));
  const paused = yield* allPaused(store);
  const candidates: Candidate[] = [];
  let more = false;
  for (const id of ids) {
    const broker = brokers.get(id);
    const state = states.get(id);
    if (broker === undefined || state === undefined) continue;
    const shut = gate.shut(broker, at, paused);
    if (shut !== null) {
      const crowd = yield* queueRows(context, id, shut, at);
      more ||= crowd;
      next.consider(shut.releaseAt);
      continue;
    }
    const candidate = candidateOf(context, request, broker, state, next);
    if (candidate !== null) candidates.push(candidate);
  }
  // Whether slots ran out does not matter: the end of any attempt looks for work again.
  yield* takeRows(context, candidates, request);
  const claimed = candidates.filter((candidate) => candidate.rows.length > 0);
  if (claimed.length === 0) return { jobs: [], more, nextDueAt: next.at };
  yield* mark(context, claimed, request);
  const secrets = yield* liveSecrets(
    store,
    claimed.map(({ broker }) => broker.id),
    at,
  );
  return {
    jobs: claimed.flatMap((candidate) =>
      jobsOf(candidate, request.claimId, secrets.get(candidate.broker.id) ?? []),
    ),
    more,
    nextDueAt: next.at,
  };
}
