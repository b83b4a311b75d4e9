import { iso } from '../core/clock.js';
import { notFound } from '../core/errors.js';
import type { Store } from '../db/store.js';
import type { AssignmentStatus, OrderStatus } from '../db/tables/orders.js';
import { newestPage, type Page, type Paging } from '../core/paging.js';
import type { Broker } from './broker-schema.js';
import { toBroker } from './brokers.js';
import type { Order } from './order-schema.js';
import { toOrder } from './orders.js';

/** Made at or after, and before; epoch milliseconds. */
interface CreatedWithin {
  since?: number;
  until?: number;
}

export async function getBroker(store: Store, id: string): Promise<Broker> {
  const row = await store.db
    .selectFrom('brokers')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw notFound('broker', id);
  return toBroker(row);
}

/** Brokers, newest first. */
export async function listBrokers(
  store: Store,
  filter: Paging & CreatedWithin & { assignment_status?: AssignmentStatus },
): Promise<Page<Broker>> {
  let query = store.db.selectFrom('brokers').selectAll();
  if (filter.assignment_status !== undefined) {
    query = query.where('assignment_status', '=', filter.assignment_status);
  }
  if (filter.since !== undefined) query = query.where('created_at', '>=', iso(filter.since));
  if (filter.until !== undefined) query = query.where('created_at', '<', iso(filter.until));
  return newestPage(query, filter, toBroker);
}

export async function getOrder(store: Store, id: string): Promise<Order> {
  const row = await store.db
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw notFound('order', id);
  return toOrder(row);
}

/** Orders, newest first. */
export async function listOrders(
  store: Store,
  filter: Paging & CreatedWithin & { status?: OrderStatus; broker_id?: string },
): Promise<Page<Order>> {
  let query = store.db.selectFrom('orders').selectAll();
  if (filter.status !== undefined) query = query.where('status', '=', filter.status);
  if (filter.broker_id !== undefined) query = query.where('broker_id', '=', filter.broker_id);
  if (filter.since !== undefined) query = query.where('created_at', '>=', iso(filter.since));
  if (filter.until !== undefined) query = query.where('created_at', '<', iso(filter.until));
  return newestPage(query, filter, toOrder);
}
