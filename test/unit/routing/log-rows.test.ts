import fc from 'fast-check';

import { createLogMemory } from '../../../scoring-service/src/routing/assignment/log-memory.js';
import {
  decodeRows,
  encodeRows,
} from '../../../scoring-service/src/routing/assignment/log-rows.js';
import { decodeStates } from '../../../scoring-service/src/routing/assignment/order-states.js';
import {
  createSnapshots,
  snapshotRow,
} from '../../../scoring-service/src/routing/assignment/snapshots.js';
import {
  decide,
  DEFAULT_RULES,
  prepareOrders,
  SCORE_STRIDE,
  type OrderBook,
  type RoutingLead,
} from '../../../scoring-service/src/routing/engine/index.js';
import { aLead, anOrder, leads, orderLists } from './support.js';

const AT = Date.parse('2026-03-10T15:00:00Z');

/** A decision as the engine made it, and what is stored of it. */
function recorder(book: OrderBook) {
  let ids = 0;
  const memory = createLogMemory();
  const newId = (): string => `snapshot-${(ids += 1)}`;
  const stored = new Map<string, string>();
  let snapshots = createSnapshots(memory.snapshots, newId, AT);
  return {
    stored,
    /** Decides a lead, stores the decision, and gives the order that it won its lead. */
    route(lead: RoutingLead) {
      const decision = decide(lead, book, DEFAULT_RULES);
      const { considered, winner, masks, scores, fills } = decision;
      const states = snapshots.statesOf('set', book);
      const text = encodeRows(decision, considered);
      const expected = Array.from({ length: considered }, (_, p) => {
        const { leads_delivered, leads_remaining, last_assigned_at } = book.order(p);
        return {
          mask: masks[p],
          leads_delivered,
          leads_remaining,
          last_assigned_at,
          fill_rate: fills[p],
          scores: [...scores.subarray(p * SCORE_STRIDE, (p + 1) * SCORE_STRIDE)],
        };
      });
      if (winner !== -1) book.recordAssignment(winner, AT + ids);
      return { states, text, expected };
    },
    /** What a unit does when it has been committed; the next one begins with what is remembered. */
    commit() {
      const taken = snapshots.taken();
      for (const { setId, snapshot } of taken) {
        stored.set(snapshot.id, snapshotRow(setId, snapshot, '').states);
      }
      memory.remember([], taken);
      snapshots = createSnapshots(memory.snapshots, newId, AT);
    },
  };
}

test('a stored decision has every number of every order, exactly, as orders fill up', () => {
  fc.assert(
    fc.property(
      orderLists(12, 1),
      fc.array(fc.record({ lead: leads, last: fc.boolean() }), { minLength: 1, maxLength: 25 }),
      (orders, arrivals) => {
        const { stored, route, commit } = recorder(prepareOrders(orders));
        const made = arrivals.map(({ lead, last }) => {
          const one = route(lead);
          if (last) commit();
          return one;
        });
        commit();
        for (const { states, text, expected } of made) {
          // Pre-flight found no active order: nothing was considered.
          if (expected.length === 0) continue;
          const snapshot = stored.get(states.snapshot_id) ?? '';
          expect(decodeRows(text, decodeStates(snapshot, states.changes))).toEqual(expected);
        }
      },
    ),
    { numRuns: 300, seed: 20260310 },
  );
});

const crowd = (count: number) =>
  prepareOrders(
    Array.from({ length: count }, (_, n) =>
      anOrder({ id: `o${n}`, total_leads: 1000, leads_delivered: 0, leads_remaining: 1000 }),
    ),
  );

test('orders that ask the same of a lead share what is written of their points', () => {
  const { text } = recorder(crowd(100)).route(aLead());
  const { points, orders } = JSON.parse(text) as { points: unknown[]; orders: unknown[] };
  expect(points).toHaveLength(1);
  expect(orders).toEqual(Array.from({ length: 100 }, () => 0));
});

test('what changes between snapshots stays small: a decision repeats √n orders at the most', () => {
  const { stored, route, commit } = recorder(crowd(200));
  const changes = Array.from({ length: 300 }, () => {
    const { states } = route(aLead());
    commit();
    return Object.keys(JSON.parse(states.changes) as object).length;
  });
  // Every lead goes to another order, the least recently assigned one.
  expect(Math.max(...changes)).toBe(15);
  expect(stored.size).toBe(Math.ceil(300 / 16));
});

test('a snapshot of a unit that was rolled back is taken again by the next', () => {
  const known = createLogMemory();
  const book = crowd(3);
  const first = createSnapshots(known.snapshots, () => 'lost', AT).statesOf('set', book);
  const second = createSnapshots(known.snapshots, () => 'kept', AT).statesOf('set', book);
  expect([first.snapshot_id, second.snapshot_id]).toEqual(['lost', 'kept']);
});

test('a snapshot is named for twelve hours and no longer, so that old ones can be deleted', () => {
  const memory = createLogMemory();
  const book = crowd(3);
  const taken = createSnapshots(memory.snapshots, () => 'first', AT);
  taken.statesOf('set', book);
  memory.remember([], taken.taken());
  const named = (at: number) =>
    createSnapshots(memory.snapshots, () => 'next', at).statesOf('set', book).snapshot_id;
  expect([named(AT + 43_200_000), named(AT + 43_200_001)]).toEqual(['first', 'next']);
});

test('sets and snapshots that are remembered do not grow without end', () => {
  const memory = createLogMemory();
  for (let n = 0; n < 25_000; n += 1) {
    memory.remember(
      [`set-${n}`],
      [{ setId: `set-${n}`, snapshot: { id: `${n}`, takenAt: AT, orders: [] } }],
    );
  }
  expect(memory.sets.size).toBeLessThanOrEqual(10_001);
  expect(memory.snapshots.size).toBe(100);
  expect(memory.snapshots.get('set-24999')).toEqual({ id: '24999', takenAt: AT, orders: [] });
});
