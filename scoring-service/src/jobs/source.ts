import type { Unit } from '../db/unit.js';

/** One piece of claimed work. */
export interface Job {
  id: string;
  /** What shares a receiver: no group may take all slots. */
  group: string;
}

export interface Finished<J extends Job, R> {
  job: J;
  result: R;
}

export interface ClaimRequest {
  /** New for every claim; a completion that does not carry the row's present one changes nothing. */
  claimId: string;
  /** Epoch milliseconds. */
  at: number;
  leaseUntil: number;
  /** Slots that are free. */
  limit: number;
  /** Jobs of this process under way, by group. */
  running: ReadonlyMap<string, number>;
}

export interface ClaimResult<J extends Job> {
  jobs: J[];
  /** Ask again at once: the claim stopped at a limit of its own. */
  more: boolean;
  /** When something may become due by itself, epoch milliseconds; null: nothing that is known. */
  nextDueAt: number | null;
  /** Told after the commit: what the claim saw and need not be written. */
  committed?: () => void;
}

/**
 * A kind of work that waits in the database. `claim` and `complete` are parts of one unit, so each
 * touches as many rows as it can at once; `run` does the work and touches no database.
 */
export interface JobSource<J extends Job, R, Effect = void> {
  readonly name: string;
  /** The channel on which new work is announced. */
  readonly channel: string;
  claim(request: ClaimRequest): Unit<ClaimResult<J>>;
  /** Never rejects for a reason of the work itself; `signal` ends it at shutdown. */
  run(job: J, signal: AbortSignal): Promise<R>;
  /** Writes results of jobs whose claim still holds, and leaves the others alone. */
  complete(finished: readonly Finished<J, R>[]): Unit<Effect>;
  /** Told after the commit of `complete`. */
  completed?(effect: Effect): void;
  /** Makes claimed jobs that were never started due again. */
  giveBack(jobs: readonly J[]): Unit<void>;
}
