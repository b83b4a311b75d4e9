/** One call to a provider: when (epoch milliseconds) and whether the provider did its part. */
export type Outcome = readonly [at: number, ok: 0 | 1];

const WINDOW_MS = 10 * 60_000;
const KEPT = 20;
const IN_A_ROW = 5;
const ENOUGH = 10;
const LOWEST_SUCCESS = 0.5;
const FIRST_PROBE_MS = 30_000;
const LONGEST_PROBE_MS = 5 * 60_000;

/** The outcomes that still count at `now`, oldest first: the last 20 of ten minutes. */
export function rolling(outcomes: readonly Outcome[], now: number): Outcome[] {
  return outcomes.filter(([at]) => now - at < WINDOW_MS).slice(-KEPT);
}

/** The share of calls that succeeded, 0 to 1; null when none counts. */
export function successRate(outcomes: readonly Outcome[]): number | null {
  if (outcomes.length === 0) return null;
  return outcomes.filter(([, ok]) => ok === 1).length / outcomes.length;
}

/** Five failures in a row, or ten and more calls of which fewer than half succeeded. */
export function isDegraded(outcomes: readonly Outcome[]): boolean {
  const last = outcomes.slice(-IN_A_ROW);
  if (last.length === IN_A_ROW && last.every(([, ok]) => ok === 0)) return true;
  return outcomes.length >= ENOUGH && (successRate(outcomes) ?? 1) < LOWEST_SUCCESS;
}

/** How long to wait before the next probe, after `probes` that failed: 30 s, doubling to 5 min. */
export function probePauseMs(probes: number): number {
  return Math.min(FIRST_PROBE_MS * 2 ** Math.min(probes, 10), LONGEST_PROBE_MS);
}
