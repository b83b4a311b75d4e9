import type { Store } from '../../db/store.js';
import type { BrokersTable } from '../../db/tables/orders.js';
import { all, type Unit } from '../../db/unit.js';
import { prepareOrder, withCounters, type PreparedOrder } from '../engine/index.js';
import { routingOrder } from '../order-row.js';

/** A broker as a unit of work needs it: for the answer and for its deliveries. */
export type LiveBroker = Readonly<BrokersTable>;

/** One active order as it stands in the unit. */
export interface LiveOrder {
  prepared: PreparedOrder;
  version: number;
  period: string | null;
  broker: LiveBroker;
}

/** Reads the active orders inside a unit. */
export interface LiveOrders {
  /**
   * Every active order, by id. Without `keep` nothing is remembered beyond this call: for units
   * that have changed orders themselves and may yet be rolled back, versions with them.
   */
  load(options: { keep: boolean }): Unit<LiveOrder[]>;
}

interface Kept<T> {
  version: number;
  value: T;
}

/** What belongs to ids that are no longer active is dropped when the cache outgrows this factor. */
const SLACK = 4;

/**
 * Orders and brokers are kept in memory by id and version, so that a unit reads only counters and
 * versions; a version never changes its meaning, so nothing here can be stale.
 */
export function createLiveOrders(store: Store): LiveOrders {
  const orders = new Map<string, Kept<PreparedOrder>>();
  const brokers = new Map<string, Kept<LiveBroker>>();

  // Index: orders_by_status (status, id); brokers by primary key.
  const slim = store.db
    .selectFrom('orders')
    .innerJoin('brokers', 'brokers.id', 'orders.broker_id')
    .select([
      'orders.id',
      'orders.version',
      'orders.leads_delivered',
      'orders.leads_remaining',
      'orders.last_assigned_at',
      'orders.period',
      'orders.broker_id',
      'brokers.version as broker_version',
      'brokers.assignment_status',
    ])
    .where('orders.status', '=', 'active')
    .orderBy('orders.id')
    .compile();

  type Slim = {
    id: string;
    version: number;
    leads_delivered: number;
    leads_remaining: number;
    last_assigned_at: string | null;
    period: string | null;
    broker_id: string;
    broker_version: number;
    assignment_status: 'active' | 'paused';
  };

  function* loadOrders(ids: readonly string[]): Unit<void> {
    const rows = yield* all(
      store.db.selectFrom('orders').selectAll().where(store.anyOf('id', ids)),
    );
    for (const row of rows) {
      orders.set(row.id, {
        version: row.version,
        value: prepareOrder({ ...routingOrder(row, 'active'), last_assigned_at: null }),
      });
    }
  }

  function* loadBrokers(ids: readonly string[]): Unit<void> {
    const rows = yield* all(
      store.db.selectFrom('brokers').selectAll().where(store.anyOf('id', ids)),
    );
    for (const row of rows) brokers.set(row.id, { version: row.version, value: row });
  }

  const prune = (rows: readonly Slim[]): void => {
    if (orders.size > rows.length * SLACK + 1000) {
      const live = new Set(rows.map((row) => row.id));
      for (const id of orders.keys()) if (!live.has(id)) orders.delete(id);
    }
    if (brokers.size > rows.length * SLACK + 1000) brokers.clear();
  };

  return {
    *load({ keep }) {
      const result = yield { kind: 'query', query: slim };
      const rows = result.rows as Slim[];
      prune(rows);
      const staleOrders = rows.filter((row) => orders.get(row.id)?.version !== row.version);
      if (staleOrders.length > 0) yield* loadOrders(staleOrders.map((row) => row.id));
      const staleBrokers = new Set<string>();
      for (const row of rows) {
        if (brokers.get(row.broker_id)?.version !== row.broker_version) {
          staleBrokers.add(row.broker_id);
        }
      }
      if (staleBrokers.size > 0) yield* loadBrokers([...staleBrokers]);
      const live = rows.map((row) => {
        const order = orders.get(row.id);
        const broker = brokers.get(row.broker_id);
        if (order === undefined || broker === undefined) {
          throw new Error('An order vanished inside its unit of work.');
        }
        const prepared = withCounters(order.value, {
          status: 'active',
          broker_status: row.assignment_status,
          leads_delivered: row.leads_delivered,
          leads_remaining: row.leads_remaining,
          last_assigned_at: row.last_assigned_at === null ? null : Date.parse(row.last_assigned_at),
        });
        order.value = prepared;
        return { prepared, version: row.version, period: row.period, broker: broker.value };
      });
      if (!keep) for (const { id } of staleOrders) orders.delete(id);
      return live;
    },
  };
}
