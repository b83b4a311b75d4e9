import { iso } from '../../core/clock.js';
import type { DeliveriesTable } from '../../db/tables/deliveries.js';
import type { UnassignedLeadsTable } from '../../db/tables/leads.js';
import type { DecisionsTable } from '../../db/tables/routing.js';
import { insertMany, notify, run, type Unit } from '../../db/unit.js';
import type { activityRow } from '../../events/activity.js';
import { recordEvents, type NewEvent } from '../../events/events.js';
import type { RoutingDeps } from './ports.js';
import { snapshotRow, type Snapshot } from './snapshots.js';

/** What routing leads has come to and is not yet written. */
export interface PendingRows {
  decisions: DecisionsTable[];
  deliveries: DeliveriesTable[];
  unassigned: UnassignedLeadsTable[];
  /** Leads that stand in the unassigned queue and leave it, or are put there anew. */
  leftQueue: string[];
  activity: ReturnType<typeof activityRow>[];
  events: NewEvent[];
}

export const noRows = (): PendingRows => ({
  decisions: [],
  deliveries: [],
  unassigned: [],
  leftQueue: [],
  activity: [],
  events: [],
});

/** What the decisions name and no unit has stored yet. */
export interface NewReferences {
  /** Sets of orders, by their names. */
  sets: ReadonlyMap<string, string>;
  snapshots: readonly { setId: string; snapshot: Snapshot }[];
}

/** Writes the rows as sets, and what they refer to before them. */
export function* writeRows(
  { store, runtime, deliveries }: RoutingDeps,
  rows: PendingRows,
  { sets, snapshots }: NewReferences,
  at: number,
): Unit<void> {
  const created_at = iso(at);
  yield* insertMany(
    'considered_sets',
    [...sets].map(([id, orders]) => ({ id, signature: id, orders, created_at })),
    { ignoreConflicts: true },
  );
  yield* insertMany(
    'order_snapshots',
    snapshots.map(({ setId, snapshot }) => snapshotRow(setId, snapshot, created_at)),
  );
  yield* insertMany('decisions', rows.decisions);
  yield* insertMany('deliveries', rows.deliveries);
  if (rows.leftQueue.length > 0) {
    const left = store.anyOf('lead_id', rows.leftQueue);
    yield* run(store.db.deleteFrom('unassigned_leads').where(left));
  }
  yield* insertMany('unassigned_leads', rows.unassigned);
  yield* insertMany('activity_log', rows.activity);
  yield* recordEvents(rows.events, at, runtime.newId);
  // One that is held is due in minutes, which the worker finds by itself.
  const toSend = rows.deliveries.some(({ status }) => status !== 'held');
  if (toSend) yield* notify(deliveries.channel);
}
