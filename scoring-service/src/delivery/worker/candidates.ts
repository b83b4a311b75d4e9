import { iso } from '../../core/clock.js';
import type { BrokersTable } from '../../db/tables/orders.js';
import type { Unit } from '../../db/unit.js';
import { shareSlots } from '../../jobs/slots.js';
import type { ClaimRequest } from '../../jobs/source.js';
import { breakerPermission } from '../breaker/breaker.js';
import { tokensFor, type Tokens } from '../rate.js';
import { breakerOf, type StateRow } from '../states.js';
import type { WorkerContext } from './context.js';
import { dueRows, type DueRow } from './due.js';

/** A broker that attempts may go to now. */
export interface Candidate {
  broker: BrokersTable;
  state: StateRow;
  probe: boolean;
  tokens: Tokens;
  rows: DueRow[];
}

/** The earliest of the moments it is told. */
export class Earliest {
  at: number | null = null;
  consider(moment: number | null): void {
    if (moment !== null && (this.at === null || moment < this.at)) this.at = moment;
  }
}

/**
 * The broker as a candidate, with how many attempts its breaker, its share of the slots and its
 * rate allow; null when that is none. Tells `next` when that may change by itself.
 */
export function candidateOf(
  { options }: WorkerContext,
  request: ClaimRequest,
  broker: BrokersTable,
  state: StateRow,
  next: Earliest,
): Candidate | null {
  const { at } = request;
  const permission = breakerPermission(breakerOf(state), at);
  if (!permission.allowed) {
    next.consider(permission.retry_at);
    return null;
  }
  const free = options.perBroker - (request.running.get(broker.id) ?? 0);
  const wanted = permission.probe ? 1 : Math.min(free, request.limit);
  if (wanted <= 0) return null;
  const tokens = tokensFor(broker.rate_limit_per_minute, state.rate_full_at, at, wanted);
  next.consider(tokens.retryAt);
  return tokens.count === 0 ? null : { broker, state, probe: permission.probe, tokens, rows: [] };
}

/** Reads rows for each candidate: what one leaves of its share goes to others in a second pass. */
export function* takeRows(
  { store }: WorkerContext,
  candidates: readonly Candidate[],
  { at, limit }: ClaimRequest,
): Unit<void> {
  const shares = shareSlots(
    limit,
    candidates.map(({ tokens }) => tokens.count),
  );
  let left = limit;
  for (const [index, candidate] of candidates.entries()) {
    const share = shares[index] ?? 0;
    if (share === 0) continue;
    candidate.rows = yield* dueRows(store, candidate.broker.id, iso(at), share);
    left -= candidate.rows.length;
  }
  for (const [index, candidate] of candidates.entries()) {
    const share = shares[index] ?? 0;
    const extra = Math.min(left, candidate.tokens.count - share);
    if (extra <= 0 || candidate.rows.length < share) continue;
    // Its own rows are not marked yet, so they are read again with the additional ones.
    candidate.rows = yield* dueRows(store, candidate.broker.id, iso(at), share + extra);
    left -= candidate.rows.length - share;
  }
}
