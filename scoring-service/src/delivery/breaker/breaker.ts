/** Everything a broker's breaker remembers; plain data, times in epoch milliseconds. */
export interface BreakerState {
  phase: 'closed' | 'open' | 'half_open';
  consecutive_failures: number;
  /** When the present outage was noticed; null while closed. */
  opened_at: number | null;
  /** open: the next probe may start then. half_open: the running probe is given up for lost then. */
  until: number | null;
  /** The wait that the last opening set. */
  wait_ms: number;
}

/**
 * What happened. `probe` says that the attempt was the one that `probe_started` announced:
 * attempts that were under way when the breaker opened must not be taken for it.
 */
export type BreakerEvent =
  { type: 'success' } | { type: 'failure'; probe: boolean } | { type: 'probe_started' };

export interface BreakerOptions {
  /** Consecutive failures that open the breaker. */
  failuresToOpen: number;
  firstWaitMs: number;
  maxWaitMs: number;
  /** After this long without a result a probe counts as lost (its worker died). */
  probeLeaseMs: number;
}

export const DEFAULT_BREAKER_OPTIONS: BreakerOptions = {
  failuresToOpen: 5,
  firstWaitMs: 30_000,
  maxWaitMs: 600_000,
  probeLeaseMs: 60_000,
};

/** The state of a broker that nothing is known about. */
export const CLOSED_BREAKER: BreakerState = {
  phase: 'closed',
  consecutive_failures: 0,
  opened_at: null,
  until: null,
  wait_ms: 0,
};

export type BreakerPermission =
  | { allowed: true; probe: boolean }
  /** `retry_at`: ask again then; a probe may be due. */
  | { allowed: false; retry_at: number };

/**
 * Whether an attempt may start now. While open or half open only one attempt may, as a probe:
 * whoever is told `probe: true` applies `probe_started` before sending, in the same transaction.
 */
export function breakerPermission(state: BreakerState, now: number): BreakerPermission {
  if (state.phase === 'closed') return { allowed: true, probe: false };
  const until = state.until ?? now;
  return now >= until ? { allowed: true, probe: true } : { allowed: false, retry_at: until };
}

/**
 * The state after an event. Any success closes (the receiver lives); enough consecutive failures
 * open; each failed probe doubles the wait up to the maximum. Failures of attempts that are not
 * the probe change nothing while open. Only counted failures belong here (see `classifyOutcome`).
 */
export function breakerAfter(
  state: BreakerState,
  event: BreakerEvent,
  now: number,
  options: BreakerOptions = DEFAULT_BREAKER_OPTIONS,
): BreakerState {
  switch (event.type) {
    case 'success':
      return CLOSED_BREAKER;
    case 'probe_started':
      if (state.phase === 'closed') return state;
      return { ...state, phase: 'half_open', until: now + options.probeLeaseMs };
    case 'failure': {
      const failures = state.consecutive_failures + 1;
      if (state.phase === 'closed') {
        if (failures < options.failuresToOpen) return { ...state, consecutive_failures: failures };
        return {
          phase: 'open',
          consecutive_failures: failures,
          opened_at: now,
          until: now + options.firstWaitMs,
          wait_ms: options.firstWaitMs,
        };
      }
      if (!event.probe || state.phase !== 'half_open') {
        return { ...state, consecutive_failures: failures };
      }
      const wait = Math.min(state.wait_ms * 2, options.maxWaitMs);
      return {
        ...state,
        phase: 'open',
        consecutive_failures: failures,
        until: now + wait,
        wait_ms: wait,
      };
    }
  }
}
