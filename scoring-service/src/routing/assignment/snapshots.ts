import type { NewId } from '../../core/clock.js';
import type { OrderSnapshotsTable } from '../../db/tables/routing.js';
import type { OrderBook, PreparedOrder } from '../engine/index.js';
import { encodeState } from './order-states.js';

/**
 * How the orders of a set stood at some moment, written once. The decisions that follow name it and
 * list what has changed since: between two leads that is one order of many.
 */
export interface Snapshot {
  id: string;
  /** Epoch milliseconds. */
  takenAt: number;
  /** By their position in the set. */
  orders: readonly PreparedOrder[];
}

/**
 * No decision names a snapshot that is older: once all decisions of its time and so much longer are
 * gone, a snapshot may go too, whatever a process still remembers.
 */
export const SNAPSHOT_USED_MS = 12 * 3_600_000;

/** How a decision's orders stood, as it is stored with the decision. */
export interface StoredStates {
  snapshot_id: string;
  /** A JSON object: position in the set → state, for the orders that differ from the snapshot. */
  changes: string;
}

/** The snapshots of one unit. */
export interface Snapshots {
  /** How the orders of a set stand now, before the assignment is recorded in the book. */
  statesOf(setId: string, book: OrderBook): StoredStates;
  /** Snapshots taken in this unit, to be written with it, by their sets. */
  taken(): readonly { setId: string; snapshot: Snapshot }[];
}

/**
 * Changes that decisions repeat before a new snapshot is cheaper. Where each lead changes another
 * order, `k` decisions from one snapshot of `n` orders write n + k²/2 states; per decision that is
 * least at k = √(2n) and 6 % more at √n, which writes less where few orders win most leads.
 */
function mostChanges(orders: number): number {
  return Math.ceil(Math.sqrt(orders));
}

/** Whether an order of the same version stands the same. */
function isSameState(a: PreparedOrder, b: PreparedOrder): boolean {
  return (
    a === b ||
    (a.order.leads_delivered === b.order.leads_delivered &&
      a.order.leads_remaining === b.order.leads_remaining &&
      a.order.last_assigned_at === b.order.last_assigned_at &&
      a.order.status === b.order.status &&
      a.order.broker_status === b.order.broker_status)
  );
}

function changedPositions(snapshot: Snapshot, book: OrderBook): number[] {
  const changed: number[] = [];
  snapshot.orders.forEach((order, position) => {
    if (!isSameState(order, book.prepared(position))) changed.push(position);
  });
  return changed;
}

/**
 * @param known snapshots that committed units have written, by their sets
 * @param at the unit's moment, epoch milliseconds
 */
export function createSnapshots(
  known: ReadonlyMap<string, Snapshot>,
  newId: NewId,
  at: number,
): Snapshots {
  const current = new Map<string, Snapshot>();
  const taken: { setId: string; snapshot: Snapshot }[] = [];

  const take = (setId: string, book: OrderBook): StoredStates => {
    const orders = Array.from({ length: book.size }, (_, position) => book.prepared(position));
    const snapshot = { id: newId(), takenAt: at, orders };
    current.set(setId, snapshot);
    taken.push({ setId, snapshot });
    return { snapshot_id: snapshot.id, changes: '{}' };
  };

  return {
    statesOf(setId, book) {
      const snapshot = current.get(setId) ?? known.get(setId);
      if (snapshot === undefined || at - snapshot.takenAt > SNAPSHOT_USED_MS) {
        return take(setId, book);
      }
      const changed = changedPositions(snapshot, book);
      if (changed.length > mostChanges(book.size)) return take(setId, book);
      const states = changed.map((p) => `"${p}":${encodeState(book.prepared(p))}`);
      return { snapshot_id: snapshot.id, changes: `{${states.join(',')}}` };
    },
    taken: () => taken,
  };
}

export function snapshotRow(
  setId: string,
  { id, orders }: Snapshot,
  createdAt: string,
): OrderSnapshotsTable {
  const states = `[${orders.map(encodeState).join(',')}]`;
  return { id, set_id: setId, states, created_at: createdAt };
}
