import { iso } from '../../core/clock.js';
import type { NewEvent } from '../../events/events.js';
import { breakerAfter } from '../breaker/breaker.js';
import type { AttemptOutcome } from '../retry/outcome.js';
import { breakerColumns, breakerOf, type StateRow } from '../states.js';
import type { WorkerContext } from './context.js';
import type { DeliveryJob } from './job.js';

/** What the attempts of one unit make of their brokers' breakers. */
export interface HealthBook {
  record(job: DeliveryJob, outcome: AttemptOutcome, at: number): void;
  /** The states that differ from what was read. */
  changedRows(): StateRow[];
  events(): NewEvent[];
  /** Brokers that have failed so long that their orders are to be paused, if that is wanted. */
  failingForLong(): string[];
}

/** After a probe that failed on our side another may start this much later. */
const PROBE_AGAIN_MS = 5000;

export function createHealthBook(
  { options, pauseOrders }: WorkerContext,
  states: Map<string, StateRow>,
): HealthBook {
  const changed = new Map<string, StateRow>();
  const events: NewEvent[] = [];
  const failing = new Set<string>();

  const put = (row: StateRow): void => {
    states.set(row.id, row);
    changed.set(row.id, row);
  };

  const succeed = (row: StateRow, at: number): void => {
    if (row.breaker_phase === 'closed' && row.consecutive_failures === 0) return;
    const closed = breakerAfter(breakerOf(row), { type: 'success' }, at, options.breaker);
    if (row.breaker_phase !== 'closed') {
      events.push({
        type: 'broker.breaker_closed',
        data: { broker_id: row.id, opened_at: row.breaker_opened_at },
      });
    }
    put({
      ...row,
      ...breakerColumns(closed),
      failing_since: null,
      alerted_at: null,
      orders_paused_at: null,
    });
  };

  const fail = (row: StateRow, probe: boolean, at: number): void => {
    const breaker = breakerAfter(breakerOf(row), { type: 'failure', probe }, at, options.breaker);
    const failingSince = row.failing_since ?? iso(at);
    const next = { ...row, ...breakerColumns(breaker), failing_since: failingSince };
    const tell = (reason: string): void => {
      events.push({
        type: 'broker.breaker_opened',
        data: {
          broker_id: row.id,
          reason,
          consecutive_failures: next.consecutive_failures,
          failing_since: failingSince,
          retry_at: next.breaker_until,
        },
      });
    };
    if (row.breaker_phase === 'closed' && breaker.phase === 'open') tell('consecutive_failures');
    if (at - Date.parse(failingSince) >= options.failingAlertMs) {
      if (next.alerted_at === null) {
        next.alerted_at = iso(at);
        tell('failing_for_long');
      }
      if (pauseOrders !== null && next.orders_paused_at === null) failing.add(row.id);
    }
    put(next);
  };

  return {
    record(job, outcome, at) {
      const row = states.get(job.group);
      if (row === undefined) return;
      if (outcome.success) succeed(row, at);
      else if (outcome.counted) fail(row, job.probe, at);
      else if (job.probe && row.breaker_phase === 'half_open') {
        // The probe said nothing about the broker, so that the next one need not wait for long.
        put({ ...row, breaker_phase: 'open', breaker_until: iso(at + PROBE_AGAIN_MS) });
      }
    },
    changedRows: () => [...changed.values()],
    events: () => events,
    failingForLong: () => [...failing],
  };
}
