import { iso } from '../../core/clock.js';
import type { HandOnsTable } from '../../db/tables/subscriptions.js';
import { insertMany, run, updateMany, type Unit } from '../../db/unit.js';
import { breakerAfter } from '../../delivery/breaker/breaker.js';
import { breakerColumns } from '../../delivery/states.js';
import { lastPosition, settleOrder } from '../../events/order.js';
import { shareSlots } from '../../jobs/slots.js';
import type { ClaimRequest, ClaimResult } from '../../jobs/source.js';
import { endSubscriptions } from '../manage.js';
import { hasExpired } from '../subscription-schema.js';
import type { HandOnContext } from './context.js';
import type { HandOnJob } from './job.js';
import {
  dueHandOns,
  firstDue,
  liveSubscriptions,
  lockFree,
  type DueHandOn,
  type StreamEvent,
} from './read.js';
import { breakerIn, candidateOf, Earliest, left, takeFresh, type Candidate } from './take.js';

/** How soon to look again for a subscription that another worker was busy with. */
const BUSY_MS = 25;

function jobsOf(
  { row, probe, retried, fresh }: Candidate,
  claimId: string,
  newHandOns: readonly HandOnsTable[],
): HandOnJob[] {
  const idOf = new Map(newHandOns.map((handOn) => [handOn.event_seq, handOn.id]));
  const job = (id: string, event: DueHandOn | StreamEvent, isFirst: boolean): HandOnJob => ({
    id,
    group: row.id,
    claimId,
    probe,
    eventId: event.id,
    body: `{"id":${JSON.stringify(event.id)},"type":${JSON.stringify(event.type)},"occurred_at":${JSON.stringify(event.occurred_at)},"data":${event.data}}`,
    occurredAt: isFirst ? Date.parse(event.occurred_at) : null,
    url: row.url,
    secret: row.secret,
  });
  return [
    ...retried.map((event) => job(event.hand_on_id, event, false)),
    ...fresh.map((event) => job(idOf.get(event.seq) ?? '', event, !probe)),
  ];
}

/** Writes the claim: hand-ons of what was taken, places in the stream, probes; as sets. */
function* mark(
  { store, runtime, options, passed }: HandOnContext,
  candidates: readonly Candidate[],
  { at, claimId, leaseUntil }: ClaimRequest,
): Unit<HandOnJob[]> {
  const retried = candidates.flatMap((one) => one.retried.map((event) => event.hand_on_id));
  if (retried.length > 0) {
    yield* run(
      store.db
        .updateTable('hand_ons')
        .set({ claim_id: claimId, due_at: iso(leaseUntil) })
        .where(store.anyOf('id', retried)),
    );
  }
  const inserted: HandOnsTable[] = [];
  const jobs: HandOnJob[] = [];
  for (const candidate of candidates) {
    const rows = candidate.fresh.map((event) => ({
      id: runtime.newId(),
      subscription_id: candidate.row.id,
      event_seq: event.seq,
      attempts_made: 0,
      due_at: iso(leaseUntil),
      claim_id: claimId,
      created_at: iso(at),
    }));
    inserted.push(...rows);
    jobs.push(...jobsOf(candidate, claimId, rows));
  }
  yield* insertMany('hand_ons', inserted);
  const probes = (one: Candidate): boolean =>
    one.probe && one.retried.length + one.fresh.length > 0;
  const changed = candidates.filter(
    (one) => one.fresh.length > 0 || probes(one) || passed.mustWrite(one.row, one.position),
  );
  yield* updateMany(
    'subscriptions',
    changed.map((one) => {
      const breaker = breakerIn(one.row);
      return {
        id: one.row.id,
        position: one.position,
        ...breakerColumns(
          probes(one)
            ? breakerAfter(breaker, { type: 'probe_started' }, at, options.breaker)
            : breaker,
        ),
      };
    }),
  );
  return jobs;
}

/**
 * Claims attempts: hand-ons that are due, then new events straight from the stream, as many as
 * slots are free, shared among subscriptions. A subscription's place in the stream and the claimed
 * hand-ons are written together, so that each event is taken for it once and none is passed over.
 * What waits behind busy or failing receivers stays in the stream and costs nothing.
 */
export function* claimHandOns(
  context: HandOnContext,
  request: ClaimRequest,
): Unit<ClaimResult<HandOnJob>> {
  const { store, passed } = context;
  const now = iso(request.at);
  let more = yield* settleOrder(store);
  const live = yield* liveSubscriptions(store);
  if (live.length === 0) return { jobs: [], more, nextDueAt: null };
  const next = new Earliest();
  const head = yield* lastPosition(store);
  const due = new Set<string>();
  for (const { subscription_id, due_at } of yield* firstDue(store)) {
    if (due_at <= now) due.add(subscription_id);
    else next.consider(Date.parse(due_at));
  }
  for (const { expires_at } of live) {
    if (expires_at !== null && expires_at > now) next.consider(Date.parse(expires_at));
  }
  const busy = live.filter(
    (row) =>
      hasExpired(row, now) ||
      (row.paused_at === null && (passed.placeOf(row) < head || due.has(row.id))),
  );
  const rows =
    busy.length === 0
      ? []
      : yield* lockFree(
          store,
          busy.map(({ id }) => id),
        );
  if (rows.length < busy.length) next.consider(request.at + BUSY_MS);
  const expired = rows.filter((row) => hasExpired(row, now)).map(({ id }) => id);
  yield* endSubscriptions(context, expired, 'test_url_expired');
  const candidates: Candidate[] = [];
  for (const row of rows) {
    if (hasExpired(row, now)) continue;
    const candidate = candidateOf(context, request, row, next);
    if (candidate !== null) candidates.push(candidate);
  }
  const shares = shareSlots(
    request.limit,
    candidates.map(({ wanted }) => wanted),
  );
  for (const [index, candidate] of candidates.entries()) {
    candidate.share = shares[index] ?? 0;
    if (candidate.share > 0 && due.has(candidate.row.id)) {
      candidate.retried = yield* dueHandOns(store, candidate.row.id, now, candidate.share);
    }
  }
  const unread = yield* takeFresh(context, candidates, head);
  const jobs = yield* mark(context, candidates, request);
  // One that used up its share may want what the others left of theirs.
  const cutShort = candidates.some(
    (one) => one.share > 0 && left(one) === 0 && one.wanted > one.share,
  );
  more ||= unread || (cutShort && jobs.length < request.limit);
  const places = new Map(candidates.map((one) => [one.row.id, one.position]));
  const committed = (): void => passed.remember(live, places);
  return { jobs, more, nextDueAt: next.at, committed };
}
