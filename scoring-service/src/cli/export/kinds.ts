import { z } from 'zod';

import type { Page, Paging } from '../../core/paging.js';
import type { Store } from '../../db/store.js';
import { deliverySchema, type Delivery } from '../../delivery/delivery-schema.js';
import { listDeliveries } from '../../delivery/queries.js';
import { leadSchema, type Lead } from '../../leads/lead-schema.js';
import { listLeads } from '../../leads/queries.js';
import { brokerSchema, type Broker } from '../../orders/broker-schema.js';
import { orderSchema, type Order } from '../../orders/order-schema.js';
import { listBrokers, listOrders } from '../../orders/queries.js';
import { listDecisionLogs, type DecisionLogEntry } from '../../routing/routing-logs.js';
import { listCell } from '../import/cells.js';

export type Cell = string | number | null;

/** One kind of record that can be exported. */
export interface ExportKind<T = unknown> {
  /** Describes a record; its marks say what is personal. */
  schema: z.ZodObject;
  /** Newest first. */
  list(store: Store, filter: Paging & { since?: number; until?: number }): Promise<Page<T>>;
  /** The columns of CSV, each with what stands in it where that is not the field itself. */
  columns: Record<string, ((record: T) => Cell) | null>;
}

const same = (names: readonly string[]): Record<string, null> =>
  Object.fromEntries(names.map((name) => [name, null]));

const leads: ExportKind<Lead> = {
  schema: leadSchema,
  list: listLeads,
  columns: {
    ...same(Object.keys(leadSchema.omit({ name: true }).shape)),
    qualification: (lead) => lead.qualification?.decision ?? null,
  },
};

/** Extra headers are left out: they hold the keys of brokers' CRMs. */
const exportedBroker = brokerSchema.omit({ crm_headers: true });
type ExportedBroker = Omit<Broker, 'crm_headers'>;

const brokers: ExportKind<ExportedBroker> = {
  schema: exportedBroker,
  async list(store, filter) {
    const page = await listBrokers(store, filter);
    return { ...page, data: page.data.map(({ crm_headers: _secret, ...broker }) => broker) };
  },
  columns: {
    ...same(Object.keys(exportedBroker.shape)),
    custom_hours: ({ custom_hours }) =>
      custom_hours.length === 0 ? null : JSON.stringify(custom_hours),
    dates_off: ({ dates_off }) => listCell(dates_off),
  },
};

/** With the broker's name, by which another installation knows it. */
const exportedOrder = orderSchema.extend({ broker: brokerSchema.shape.name });
type ExportedOrder = Order & { broker: string };

const orders: ExportKind<ExportedOrder> = {
  schema: exportedOrder,
  async list(store, filter) {
    const page = await listOrders(store, filter);
    const ids = [...new Set(page.data.map((order) => order.broker_id))];
    const named = await store.db
      .selectFrom('brokers')
      .select(['id', 'name'])
      .where(store.anyOf('id', ids))
      .execute();
    const names = new Map(named.map(({ id, name }) => [id, name]));
    return {
      ...page,
      data: page.data.map((order) => ({ ...order, broker: names.get(order.broker_id) ?? '' })),
    };
  },
  columns: {
    ...same(Object.keys(exportedOrder.shape)),
    verticals: ({ verticals }) => listCell(verticals),
  },
};

const deliveries: ExportKind<Delivery> = {
  schema: deliverySchema,
  list: listDeliveries,
  columns: {
    ...same(Object.keys(deliverySchema.omit({ attempts: true }).shape)),
    attempts: ({ attempts }) => attempts.length,
    last_attempt_at: ({ attempts }) => attempts.at(-1)?.at ?? null,
    last_outcome: ({ attempts }) => attempts.at(-1)?.outcome ?? null,
    last_http_status: ({ attempts }) => attempts.at(-1)?.http_status ?? null,
  },
};

const SCORES = [
  'credit_fit',
  'capacity',
  'tier_match',
  'loan_fit',
  'priority_bonus',
  'urgency_bonus',
  'total',
] as const satisfies readonly (keyof DecisionLogEntry['score'])[];

const routingLogs: ExportKind<DecisionLogEntry> = {
  // Orders and numbers: nothing in it tells who somebody is.
  schema: z.object({}),
  list: listDecisionLogs,
  columns: {
    ...same(['decision_id', 'lead_id', 'at', 'trigger', 'decision_status']),
    ...same(['order_id', 'broker_id', 'eligible', 'selected', 'reason']),
    failed_filters: (entry) => listCell(entry.failed_filters),
    ...Object.fromEntries(
      SCORES.map((name) => [`score_${name}`, (entry: DecisionLogEntry) => entry.score[name]]),
    ),
    fill_rate: null,
  },
};

export const EXPORTS = {
  leads,
  brokers,
  orders,
  deliveries,
  'routing-logs': routingLogs,
} as unknown as Record<string, ExportKind>;
