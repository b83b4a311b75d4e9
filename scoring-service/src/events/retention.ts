import type { Store } from '../db/store.js';
import { all, run, type Unit } from '../db/unit.js';

/** Events that one unit deletes: few enough that nobody waits long for the write lane. */
const STEP = 1000;

/**
 * Deletes a step of the oldest events if they occurred before `cutoff` (ISO). Answers the highest
 * seq that was deleted, or null, and whether there may be more.
 */
export function* deleteOldest(
  { db }: Store,
  cutoff: string,
): Unit<{ upTo: number | null; more: boolean }> {
  const rows = yield* all(
    db.selectFrom('events').select(['seq', 'occurred_at']).orderBy('seq').limit(STEP),
  );
  const kept = rows.findIndex((row) => row.occurred_at >= cutoff);
  const old = kept === -1 ? rows : rows.slice(0, kept);
  const upTo = old.at(-1)?.seq ?? null;
  if (upTo !== null) yield* run(db.deleteFrom('events').where('seq', '<=', upTo));
  return { upTo, more: old.length === STEP };
}
