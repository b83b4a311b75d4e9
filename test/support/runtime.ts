import { randomBytes } from 'node:crypto';

import { v7 } from 'uuid';

import type { Runtime } from '../../scoring-service/src/core/clock.js';

/** A clock that stands still until a test moves it. */
export interface TestRuntime extends Runtime {
  /** Sets the time, from an ISO moment. */
  set(moment: string): void;
  advance(ms: number): void;
}

export const START = '2026-03-10T15:00:00.000Z';

export function testRuntime(start = START): TestRuntime {
  let now = Date.parse(start);
  return {
    clock: { now: () => now },
    newId: () => v7(),
    randomBytes: (size) => randomBytes(size),
    random: () => 0.5,
    set(moment) {
      now = Date.parse(moment);
    },
    advance(ms) {
      now += ms;
    },
  };
}
