import { notFound } from '../core/errors.js';
import { decodeCursor, pageOf, type Page } from '../core/paging.js';
import type { Store } from '../db/store.js';
import type { DeliveriesTable, DeliveryStatus } from '../db/tables/deliveries.js';
import type { Attempt, Delivery } from './delivery-schema.js';

const COLUMNS = [
  'id',
  'lead_id',
  'broker_id',
  'order_id',
  'channel',
  'status',
  'reason_code',
  'release_at',
  'next_attempt_at',
  'sent_at',
  'failed_at',
  'created_at',
  'updated_at',
] as const;

type ShownRow = Pick<DeliveriesTable, (typeof COLUMNS)[number]>;

/** The attempts of deliveries, oldest first. Index: delivery_attempts_by_delivery. */
async function attemptsOf(store: Store, ids: readonly string[]): Promise<Map<string, Attempt[]>> {
  const byDelivery = new Map<string, Attempt[]>();
  if (ids.length === 0) return byDelivery;
  const rows = await store.db
    .selectFrom('delivery_attempts')
    .select([
      'delivery_id',
      'at',
      'duration_ms',
      'http_status',
      'outcome',
      'error_detail',
      'response_excerpt',
    ])
    .where(store.anyOf('delivery_id', ids))
    .orderBy('id')
    .execute();
  for (const { delivery_id, ...attempt } of rows) {
    const attempts = byDelivery.get(delivery_id);
    if (attempts === undefined) byDelivery.set(delivery_id, [attempt]);
    else attempts.push(attempt);
  }
  return byDelivery;
}

async function withAttempts(store: Store, rows: readonly ShownRow[]): Promise<Delivery[]> {
  const attempts = await attemptsOf(
    store,
    rows.map((row) => row.id),
  );
  return rows.map((row) => ({ ...row, attempts: attempts.get(row.id) ?? [] }));
}

/** Deliveries by id; ids that there are not are missing from the map. */
export async function findDeliveries(
  store: Store,
  ids: readonly string[],
): Promise<Map<string, Delivery>> {
  const rows = await store.db
    .selectFrom('deliveries')
    .select(COLUMNS)
    .where(store.anyOf('id', ids))
    .execute();
  const deliveries = await withAttempts(store, rows);
  return new Map(deliveries.map((delivery) => [delivery.id, delivery]));
}

/** One delivery with its attempts; 404 when there is none. */
export async function getDelivery(store: Store, id: string): Promise<Delivery> {
  const delivery = (await findDeliveries(store, [id])).get(id);
  if (delivery === undefined) throw notFound('delivery', id);
  return delivery;
}

export interface DeliveryFilter {
  limit: number;
  cursor?: string;
  status?: DeliveryStatus;
  broker_id?: string;
  lead_id?: string;
  /** Made at or after, and before; epoch milliseconds. */
  since?: number;
  until?: number;
}

/** Deliveries with their attempts, newest first. */
export async function listDeliveries(
  store: Store,
  filter: DeliveryFilter,
): Promise<Page<Delivery>> {
  let query = store.db.selectFrom('deliveries').select(COLUMNS);
  if (filter.status !== undefined) query = query.where('status', '=', filter.status);
  if (filter.broker_id !== undefined) query = query.where('broker_id', '=', filter.broker_id);
  if (filter.lead_id !== undefined) query = query.where('lead_id', '=', filter.lead_id);
  if (filter.since !== undefined) {
    query = query.where('created_at', '>=', new Date(filter.since).toISOString());
  }
  if (filter.until !== undefined) {
    query = query.where('created_at', '<', new Date(filter.until).toISOString());
  }
  if (filter.cursor !== undefined) {
    query = query.where('id', '<', decodeCursor(filter.cursor, 1)[0] ?? '');
  }
  const rows = await query
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute();
  const page = pageOf(
    rows,
    filter.limit,
    (row) => [row.id],
    (row) => row,
  );
  return { ...page, data: await withAttempts(store, page.data) };
}
