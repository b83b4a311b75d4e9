import { iso } from '../core/clock.js';
import type { Store } from '../db/store.js';
import { run } from '../db/unit.js';
import { SNAPSHOT_USED_MS } from '../routing/assignment/snapshots.js';
import { behind, chunks, LOOK, STEP, throughOld } from './steps.js';

/** Empties the routing logs of decisions before `cutoff`; outcomes, scores and reasons stay. */
export async function forgetRoutingLogs(
  store: Store,
  cutoffMs: number,
  places: { decisions: [string, string] },
): Promise<void> {
  const { db } = store;
  const cutoff = iso(cutoffMs);
  for (;;) {
    const page = await db
      .selectFrom('decisions')
      .select(['id', 'at', 'set_id'])
      .where(behind('at', 'id', places.decisions))
      .where('at', '<', cutoff)
      .orderBy('at')
      .orderBy('id')
      .limit(LOOK)
      .execute();
    const ids = page.filter(({ set_id }) => set_id !== null).map(({ id }) => id);
    for (const some of chunks(ids, STEP)) {
      await store.unit(() =>
        run(
          db
            .updateTable('decisions')
            .set({ set_id: null, snapshot_id: null, changes: null, rows: '[]' })
            .where(store.anyOf('id', some)),
        ),
      );
    }
    const last = page.at(-1);
    if (last === undefined) break;
    places.decisions = [last.at, last.id];
  }
  const unused = iso(cutoffMs - 2 * SNAPSHOT_USED_MS);
  const read = (after: string) =>
    db
      .selectFrom('order_snapshots')
      .select(['id', 'created_at as at'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(LOOK)
      .execute();
  // From the beginning each time: what is old is gone afterwards.
  await throughOld(read, '', unused, async (rows) => {
    const ids = rows.map(({ id }) => id);
    for (const some of chunks(ids, STEP)) {
      await store.unit(() => run(db.deleteFrom('order_snapshots').where(store.anyOf('id', some))));
    }
  });
}

/**
 * Deletes entries of the activity log before `cutoff` (ISO), but for those of imports: by them a file
 * is known that was imported already.
 */
export async function forgetActivity(
  store: Store,
  cutoff: string,
  places: { activity: string },
): Promise<void> {
  const { db } = store;
  const read = (after: string) =>
    db
      .selectFrom('activity_log')
      .select(['id', 'at', 'subject_type'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(LOOK)
      .execute();
  places.activity = await throughOld(read, places.activity, cutoff, async (rows) => {
    const ids = rows.filter(({ subject_type: type }) => type !== 'import').map(({ id }) => id);
    for (const some of chunks(ids, STEP)) {
      await store.unit(() => run(db.deleteFrom('activity_log').where(store.anyOf('id', some))));
    }
  });
}
