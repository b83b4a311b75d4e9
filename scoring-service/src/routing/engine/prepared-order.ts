import { COMPONENTS, ORDER_COMPONENTS } from './components.js';
import { FILTER_BITS } from './filters.js';
import { fillRate } from './thresholds.js';
import type { OrderCounters, RoutingOrder } from './types.js';
import { verticalKeys } from './verticals.js';

/** One order with everything the loops read worked out. Immutable: share and cache it freely. */
export interface PreparedOrder {
  readonly order: Readonly<RoutingOrder>;
  readonly verticalKeys: readonly string[];
  /** The value of each input column for this order. */
  readonly inputs: Float64Array;
}

type Derive = (order: RoutingOrder) => number;

/** The bits of the filters that look at the order alone. */
const orderFailures: Derive = (order) => {
  let mask = 0;
  for (const { bit, filter } of FILTER_BITS) {
    if (filter.scope === 'order' && filter.fails(order)) mask |= bit;
  }
  return mask;
};

const derivations: Derive[] = [];
const column = (derive: Derive): number => derivations.push(derive) - 1;

/** Which input column holds what. Filters and components name their own. */
export const COLUMN = {
  orderFailures: column(orderFailures),
  fillRate: column(fillRate),
  /** Epoch milliseconds; -Infinity when never assigned, so that it comes first. */
  lastAssigned: column((order) => order.last_assigned_at ?? -Infinity),
  /** Per filter; -1 when it reads no column. */
  filters: FILTER_BITS.map(({ filter }) =>
    filter.scope === 'lead' && filter.input !== undefined ? column(filter.input) : -1,
  ),
  /** Per component, its columns in its own order. */
  components: COMPONENTS.map((component) => component.inputs.map(column)),
} as const;

/** How many input columns there are. */
export const COLUMN_COUNT = derivations.length;

function derive(order: RoutingOrder, keys: readonly string[]): PreparedOrder {
  const inputs = new Float64Array(COLUMN_COUNT);
  for (let c = 0; c < COLUMN_COUNT; c++) inputs[c] = (derivations[c] as Derive)(order);
  return { order, verticalKeys: keys, inputs };
}

/** What of an order's part in a decision is the same for every lead. */
export interface OrderPart {
  /** One bit per failed filter that looks at the order alone. */
  mask: number;
  fillRate: number;
  /** The points of {@link ORDER_COMPONENTS}. */
  points: number[];
}

/** The part of an order as it stands now. */
export function orderPart({ inputs }: PreparedOrder): OrderPart {
  // Every constant of COLUMN is a position in the inputs; the cast only tells the compiler so.
  const at = (c: number): number => inputs[c] as number;
  return {
    mask: at(COLUMN.orderFailures),
    fillRate: at(COLUMN.fillRate),
    points: ORDER_COMPONENTS.map((component) => at(COLUMN.components[component]?.[0] ?? NaN)),
  };
}

/** Prepares one order. The order must not be changed afterwards; keep the result by its version. */
export function prepareOrder(order: Readonly<RoutingOrder>): PreparedOrder {
  return derive(order, verticalKeys(order.verticals));
}

/** The same order with fresh counters: the given object itself when they are what it has. */
export function withCounters(prepared: PreparedOrder, fresh: OrderCounters): PreparedOrder {
  const { order } = prepared;
  if (
    order.leads_delivered === fresh.leads_delivered &&
    order.leads_remaining === fresh.leads_remaining &&
    order.last_assigned_at === fresh.last_assigned_at &&
    order.status === fresh.status &&
    order.broker_status === fresh.broker_status
  ) {
    return prepared;
  }
  return derive(
    {
      ...order,
      status: fresh.status,
      broker_status: fresh.broker_status,
      leads_delivered: fresh.leads_delivered,
      leads_remaining: fresh.leads_remaining,
      last_assigned_at: fresh.last_assigned_at,
    },
    prepared.verticalKeys,
  );
}

/**
 * The order after one more lead at `at` (epoch ms): delivered + 1, remaining - 1 but not under 0,
 * completed when nothing remains and bonus mode is off.
 */
export function afterAssignment(prepared: PreparedOrder, at: number): PreparedOrder {
  const { order } = prepared;
  const remaining = Math.max(0, order.leads_remaining - 1);
  return withCounters(prepared, {
    status: remaining === 0 && !order.bonus_mode ? 'completed' : order.status,
    broker_status: order.broker_status,
    leads_delivered: order.leads_delivered + 1,
    leads_remaining: remaining,
    last_assigned_at: at,
  });
}
