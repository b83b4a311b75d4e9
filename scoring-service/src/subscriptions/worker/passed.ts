import type { SubscriptionsTable } from '../../db/tables/subscriptions.js';

/** Unwanted events in a row after which a subscription's place is written all the same. */
const WRITTEN_AFTER = 1000;

type Placed = Pick<SubscriptionsTable, 'id' | 'position'>;

/**
 * How far this process has looked along the stream for each subscription and found only events
 * that it does not want. Writing that place for every such event would cost a commit of its own; a
 * process that forgets it looks at no more than a thousand of them again, and takes none, because
 * what a subscription wants never changes.
 */
export interface Passed {
  /** Where a subscription stands: as written, or as far as was looked since. */
  placeOf(row: Placed): number;
  /** Whether moving on to a place without taking an event must be written. */
  mustWrite(row: Placed, place: number): boolean;
  /** Remembers places that were not written, and forgets subscriptions that are not among `live`. */
  remember(live: readonly Placed[], places: ReadonlyMap<string, number>): void;
}

export function createPassed(): Passed {
  let known = new Map<string, number>();
  return {
    placeOf: ({ id, position }) => Math.max(position, known.get(id) ?? 0),
    mustWrite: ({ position }, place) => place - position >= WRITTEN_AFTER,
    remember(live, places) {
      known = new Map(
        live.flatMap(({ id }): [string, number][] => {
          const place = Math.max(places.get(id) ?? 0, known.get(id) ?? 0);
          return place > 0 ? [[id, place]] : [];
        }),
      );
    },
  };
}
