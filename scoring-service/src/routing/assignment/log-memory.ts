import type { Snapshot } from './snapshots.js';

/**
 * What committed units of this process have written once for many decisions. All of it may be
 * forgotten at any time: it is then merely written again.
 */
export interface LogMemory {
  /** Names of sets of orders that are stored. */
  readonly sets: ReadonlySet<string>;
  /** The newest snapshot of a set, by the set's name. */
  readonly snapshots: ReadonlyMap<string, Snapshot>;
  /** To be called after the commit of the unit that wrote them. */
  remember(
    sets: Iterable<string>,
    snapshots: Iterable<{ setId: string; snapshot: Snapshot }>,
  ): void;
}

const MAX_SETS = 10_000;
/** Each holds on to the orders of its set. */
const MAX_SNAPSHOTS = 100;

export function createLogMemory(): LogMemory {
  const sets = new Set<string>();
  const newest = new Map<string, Snapshot>();
  return {
    sets,
    snapshots: newest,
    remember(newSets, newSnapshots) {
      if (sets.size > MAX_SETS) sets.clear();
      for (const name of newSets) sets.add(name);
      for (const { setId, snapshot } of newSnapshots) {
        newest.delete(setId);
        newest.set(setId, snapshot);
      }
      for (const setId of newest.keys()) {
        if (newest.size <= MAX_SNAPSHOTS) break;
        newest.delete(setId);
      }
    },
  };
}
