import { randomBytes } from 'node:crypto';

import { v7 } from 'uuid';

/** Time, ids and randomness, injected everywhere so that tests are exact. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** A new UUIDv7; ids made later by one process sort later. */
export type NewId = () => string;

export type RandomBytes = (size: number) => Buffer;

export interface Runtime {
  clock: Clock;
  newId: NewId;
  randomBytes: RandomBytes;
  /** A number in [0, 1), for jitter. */
  random: () => number;
}

export const systemRuntime: Runtime = {
  clock: { now: () => Date.now() },
  newId: () => v7(),
  randomBytes: (size) => randomBytes(size),
  random: () => Math.random(),
};

/** ISO 8601 in UTC with milliseconds: the form in which every moment is stored and answered. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
