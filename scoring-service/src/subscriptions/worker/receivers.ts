import { iso } from '../../core/clock.js';
import type { SubscriptionsTable } from '../../db/tables/subscriptions.js';
import { breakerAfter, type BreakerOptions } from '../../delivery/breaker/breaker.js';
import type { AttemptOutcome } from '../../delivery/retry/outcome.js';
import { breakerColumns } from '../../delivery/states.js';
import type { HandOnJob } from './job.js';
import { breakerIn } from './take.js';

type Health = Pick<
  SubscriptionsTable,
  'id' | 'failing_since' | 'last_failure' | 'last_success_at'
> &
  ReturnType<typeof breakerColumns>;

/** What the attempts of one unit make of their receivers' breakers. */
export interface ReceiverBook {
  record(job: HandOnJob, outcome: AttemptOutcome, at: number): void;
  /** The columns that differ from what was read. */
  changedRows(): Health[];
}

/** After a probe that failed on our side another may start this much later. */
const PROBE_AGAIN_MS = 5000;
/** The last success is kept no more exactly, so that a busy receiver's row is seldom written. */
const SEEN_STEP_MS = 10_000;

/** Keeps book for subscriptions that the unit has locked. */
export function createReceiverBook(
  rows: Map<string, SubscriptionsTable>,
  options: BreakerOptions,
): ReceiverBook {
  const changed = new Map<string, SubscriptionsTable>();

  const put = (row: SubscriptionsTable, change: Partial<SubscriptionsTable>): void => {
    const next = { ...row, ...change };
    rows.set(row.id, next);
    changed.set(row.id, next);
  };

  return {
    record(job, outcome, at) {
      const row = rows.get(job.group);
      if (row === undefined) return;
      const breaker = breakerIn(row);
      if (outcome.success) {
        const seen = Date.parse(row.last_success_at ?? '') > at - SEEN_STEP_MS;
        if (seen && breaker.phase === 'closed' && row.failing_since === null) return;
        const closed = breakerAfter(breaker, { type: 'success' }, at, options);
        put(row, {
          ...breakerColumns(closed),
          failing_since: null,
          last_failure: null,
          last_success_at: iso(at),
        });
      } else if (outcome.counted) {
        const next = breakerAfter(breaker, { type: 'failure', probe: job.probe }, at, options);
        put(row, {
          ...breakerColumns(next),
          failing_since: row.failing_since ?? iso(at),
          last_failure: outcome.error_class,
        });
      } else if (job.probe && breaker.phase === 'half_open') {
        // The probe said nothing about the receiver, so that the next one need not wait for long.
        put(row, { breaker_phase: 'open', breaker_until: iso(at + PROBE_AGAIN_MS) });
      }
    },
    changedRows: () =>
      [...changed.values()].map((row) => ({
        id: row.id,
        failing_since: row.failing_since,
        last_failure: row.last_failure,
        last_success_at: row.last_success_at,
        ...breakerColumns(breakerIn(row)),
      })),
  };
}
