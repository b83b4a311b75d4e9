import type { Store } from '../../db/store.js';

/** Names of orders and brokers by id, so that pages need not show ids. */
export interface Names {
  order(id: string | null): string;
  broker(id: string | null): string;
  /** The broker of an order. */
  brokerOf(orderId: string | null): string;
}

const GONE = '(deleted)';

/** Reads the names of just these orders (with their brokers) and brokers: two look-ups by key. */
export async function readNames(
  store: Store,
  wanted: { orders?: readonly (string | null)[]; brokers?: readonly (string | null)[] },
): Promise<Names> {
  const given = (ids: readonly (string | null)[] = []): string[] => [
    ...new Set(ids.filter((id): id is string => id !== null && id !== '')),
  ];
  const orderIds = given(wanted.orders);
  const orders =
    orderIds.length === 0
      ? []
      : await store.db
          .selectFrom('orders')
          .select(['id', 'name', 'broker_id'])
          .where(store.anyOf('id', orderIds))
          .execute();
  const brokerIds = given([...(wanted.brokers ?? []), ...orders.map((order) => order.broker_id)]);
  const brokers =
    brokerIds.length === 0
      ? []
      : await store.db
          .selectFrom('brokers')
          .select(['id', 'name'])
          .where(store.anyOf('id', brokerIds))
          .execute();
  const orderById = new Map(orders.map((order) => [order.id, order]));
  const brokerById = new Map(brokers.map((broker) => [broker.id, broker.name]));
  const broker = (id: string | null): string => (id === null ? '–' : (brokerById.get(id) ?? GONE));
  return {
    order: (id) => (id === null ? '–' : (orderById.get(id)?.name ?? GONE)),
    broker,
    brokerOf: (id) => broker(id === null ? null : (orderById.get(id)?.broker_id ?? null)),
  };
}

/** Brokers for a choice, by name; more than these are found through the list of brokers. */
export async function brokerChoices(store: Store): Promise<(readonly [string, string])[]> {
  const rows = await store.db
    .selectFrom('brokers')
    .select(['id', 'name'])
    .orderBy('name')
    .orderBy('id')
    .limit(500)
    .execute();
  return rows.map((row) => [row.id, row.name] as const);
}

/** Orders for a choice, by name, with their broker. */
export async function orderChoices(store: Store): Promise<(readonly [string, string])[]> {
  const rows = await store.db
    .selectFrom('orders')
    .innerJoin('brokers', 'brokers.id', 'orders.broker_id')
    .select(['orders.id', 'orders.name', 'brokers.name as broker'])
    .orderBy('orders.name')
    .orderBy('orders.id')
    .limit(500)
    .execute();
  return rows.map((row) => [row.id, `${row.name} · ${row.broker}`] as const);
}
