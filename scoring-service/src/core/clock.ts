import { randomBytes, randomFillSync } from 'node:crypto';

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

const ID_BYTES = 16;
const POOLED_IDS = 256;

/**
 * Makes UUIDv7s with randomness drawn for many at once: drawn one by one it costs more than half
 * of an id's price, and a lead has six to eight ids. Within a millisecond, and when the clock goes
 * back, a counter keeps the order (RFC 9562, 6.2, method 1).
 */
export function createIds(now: () => number): NewId {
  const pool = new Uint8Array(ID_BYTES * POOLED_IDS);
  let used = pool.length;
  let msecs = -Infinity;
  let seq = 0;
  return () => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    const random = pool.subarray(used, used + ID_BYTES);
    used += ID_BYTES;
    const at = now();
    if (at > msecs) {
      msecs = at;
      // 31 bits, so that the counter has room to rise.
      seq = new DataView(random.buffer, random.byteOffset).getUint32(6) & 0x7fffffff;
    } else {
      seq = (seq + 1) | 0;
      if (seq === 0) msecs += 1;
    }
    return v7({ random, msecs, seq });
  };
}

export const systemRuntime: Runtime = {
  clock: { now: () => Date.now() },
  newId: createIds(Date.now),
  randomBytes: (size) => randomBytes(size),
  random: () => Math.random(),
};

let lastMs = Number.NaN;
let lastText = '';

/** ISO 8601 in UTC with milliseconds: the form in which every moment is stored and answered. */
export function iso(ms: number): string {
  // A unit writes one moment into hundreds of rows.
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastText;
}
