import type { SubscriptionsTable } from '../../db/tables/subscriptions.js';
import type { Unit } from '../../db/unit.js';
import { breakerPermission, type BreakerState } from '../../delivery/breaker/breaker.js';
import { breakerOf, freshState } from '../../delivery/states.js';
import type { ClaimRequest } from '../../jobs/source.js';
import type { HandOnContext } from './context.js';
import { eventsAfter, type DueHandOn, type StreamEvent } from './read.js';

/** Events read from the stream at once: enough for a filter that takes one in a few. */
const FEWEST_READ = 100;
const MOST_READ = 500;
const READ_PER_SLOT = 4;
/** A subscription that may get slots, and what is taken for it. */
export interface Candidate {
  row: SubscriptionsTable;
  types: ReadonlySet<string>;
  probe: boolean;
  /** Slots it may have, and those it got. */
  wanted: number;
  share: number;
  retried: DueHandOn[];
  fresh: StreamEvent[];
  position: number;
}

/** The earliest of the moments it is told. */
export class Earliest {
  at: number | null = null;
  consider(moment: number | null): void {
    if (moment !== null && (this.at === null || moment < this.at)) this.at = moment;
  }
}

/** What a subscription remembers of its receiver. */
export const breakerIn = (row: SubscriptionsTable): BreakerState =>
  breakerOf({ ...freshState(row.id), ...row });

/** Slots of its share that nothing was taken for. */
export const left = ({ share, retried, fresh }: Candidate): number =>
  share - retried.length - fresh.length;

/** A subscription as a candidate; null while it is paused, its breaker open or its slots taken. */
export function candidateOf(
  { options, passed }: HandOnContext,
  { at, limit, running }: ClaimRequest,
  row: SubscriptionsTable,
  next: Earliest,
): Candidate | null {
  // Somebody may have paused it between the first look and the lock.
  if (row.paused_at !== null) return null;
  const permission = breakerPermission(breakerIn(row), at);
  if (!permission.allowed) {
    next.consider(permission.retry_at);
    return null;
  }
  const free = options.perSubscription - (running.get(row.id) ?? 0);
  const wanted = permission.probe ? 1 : Math.min(free, limit);
  if (wanted <= 0) return null;
  return {
    row,
    types: new Set(JSON.parse(row.events) as string[]),
    probe: permission.probe,
    wanted,
    share: 0,
    retried: [],
    fresh: [],
    position: passed.placeOf(row),
  };
}

/** Moves a candidate along the events that were read, taking those it wants; true: it wants more. */
function walk(candidate: Candidate, events: readonly StreamEvent[], wasFull: boolean): boolean {
  for (const event of events) {
    if (left(candidate) === 0) return false;
    candidate.position = event.place;
    if (candidate.types.has(event.type)) candidate.fresh.push(event);
  }
  return wasFull && left(candidate) > 0;
}

/**
 * Takes new events; true when a share is left for what was not read yet. Subscriptions that stand at the
 * same place read them once together.
 */
export function* takeFresh(
  { store }: HandOnContext,
  candidates: readonly Candidate[],
  head: number,
): Unit<boolean> {
  const places = new Map<number, Candidate[]>();
  for (const candidate of candidates) {
    if (left(candidate) === 0 || candidate.position >= head) continue;
    const together = places.get(candidate.position);
    if (together === undefined) places.set(candidate.position, [candidate]);
    else together.push(candidate);
  }
  let more = false;
  for (const [place, together] of places) {
    const slots = Math.max(...together.map(left));
    const limit = Math.min(MOST_READ, Math.max(FEWEST_READ, slots * READ_PER_SLOT));
    const events = yield* eventsAfter(store, place, limit);
    for (const candidate of together) {
      const wantsMore = walk(candidate, events, events.length === limit);
      more ||= wantsMore;
    }
  }
  return more;
}
