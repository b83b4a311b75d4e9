import { createHash } from 'node:crypto';

import type { OrderBook } from '../engine/index.js';
import { poolMembers } from '../pool-members.js';
import type { LiveOrder } from './live-orders.js';

/** The orders that a lead may go to. */
export interface Pool {
  /** Position in the pool's book → position among all orders of the unit. */
  positions: readonly number[];
  book: OrderBook;
  /** Names the set of orders, at their versions; the same orders give the same name. */
  setId: string;
}

/** The pools of one unit, each made once as long as no order completes. */
export interface Pools {
  /** The pool of a lead: all orders, or those of the brokers its key is limited to. */
  of(brokerPool: string | null): Pool;
  /** The order at a position has completed: no later lead of this unit may go to it. */
  complete(position: number): void;
  completed(): ReadonlySet<number>;
  /** Sets that no committed unit of this process has written, by their names. */
  newSets(): ReadonlyMap<string, string>;
}

export function createPools(
  orders: readonly LiveOrder[],
  base: OrderBook,
  storedSets: ReadonlySet<string>,
): Pools {
  const pools = new Map<string, Pool>();
  const completed = new Set<number>();
  const newSets = new Map<string, string>();

  const make = (brokerPool: string | null): Pool => {
    const isMember = poolMembers(brokerPool);
    const positions: number[] = [];
    const listed: [string, number, string][] = [];
    orders.forEach((live, position) => {
      if (completed.has(position)) return;
      if (!isMember(live.broker.id)) return;
      positions.push(position);
      listed.push([live.prepared.order.id, live.version, live.broker.id]);
    });
    const book = positions.length === orders.length ? base : base.subset(positions);
    const text = JSON.stringify(listed);
    const setId = createHash('sha256').update(text).digest('base64url');
    if (!storedSets.has(setId)) newSets.set(setId, text);
    return { positions, book, setId };
  };

  return {
    of(brokerPool) {
      const name = brokerPool ?? '';
      const pool = pools.get(name) ?? make(brokerPool);
      pools.set(name, pool);
      return pool;
    },
    complete(position) {
      completed.add(position);
      pools.clear();
    },
    completed: () => completed,
    newSets: () => newSets,
  };
}
