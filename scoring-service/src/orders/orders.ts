import { iso } from '../core/clock.js';
import { conflict, invalid, notFound, staleVersion } from '../core/errors.js';
import type { Store } from '../db/store.js';
import type { OrdersTable } from '../db/tables/orders.js';
import { first, run, type Unit } from '../db/unit.js';
import { difference, recordActivity, SYSTEM, type Actor } from '../events/activity.js';
import type { OrdersDeps } from './deps.js';
import { orderProblems, type CreateOrder, type Order, type UpdateOrder } from './order-schema.js';

export function toOrder(row: OrdersTable): Order {
  return {
    ...row,
    verticals: JSON.parse(row.verticals) as string[],
    bonus_mode: row.bonus_mode === 1,
  };
}

function toRow(order: Order): OrdersTable {
  return {
    ...order,
    verticals: JSON.stringify(order.verticals),
    bonus_mode: order.bonus_mode ? 1 : 0,
  };
}

/** What routing reads of an order besides its counters; kept for each version. */
export function orderConfig(order: Order): string {
  const { status, verticals, credit_score_min, loan_min, loan_max, total_leads } = order;
  const { bonus_mode, priority, name, broker_id } = order;
  return JSON.stringify({
    name,
    broker_id,
    status,
    verticals,
    credit_score_min,
    loan_min,
    loan_max,
    total_leads,
    bonus_mode,
    priority,
  });
}

/** The order in a unit that holds the routing lock; 404 when there is none. */
export function* requireOrder(store: Store, id: string): Unit<Order> {
  const row = yield* first(store.db.selectFrom('orders').selectAll().where('id', '=', id));
  if (row === undefined) throw notFound('order', id);
  return toOrder(row);
}

function* keepVersion(store: Store, order: Order): Unit<void> {
  yield* run(
    store.db.insertInto('order_versions').values({
      order_id: order.id,
      version: order.version,
      config: orderConfig(order),
      created_at: order.updated_at,
    }),
  );
}

export function* createOrder(
  { store, runtime, periods }: OrdersDeps,
  input: CreateOrder,
  actor: Actor,
): Unit<Order> {
  const at = runtime.clock.now();
  const broker = yield* first(
    store.db.selectFrom('brokers').select('id').where('id', '=', input.broker_id),
  );
  if (broker === undefined) throw invalid({ broker_id: 'names no broker' });
  const order: Order = {
    id: runtime.newId(),
    broker_id: input.broker_id,
    name: input.name,
    status: input.status,
    order_type: input.order_type,
    verticals: input.verticals,
    credit_score_min: input.credit_score_min ?? null,
    loan_min: input.loan_min ?? null,
    loan_max: input.loan_max ?? null,
    total_leads: input.total_leads,
    leads_delivered: 0,
    leads_remaining: input.total_leads,
    bonus_mode: input.bonus_mode,
    priority: input.priority,
    period: input.order_type === 'monthly' ? periods.of(at) : null,
    last_assigned_at: null,
    completed_by: null,
    version: 1,
    created_at: iso(at),
    updated_at: iso(at),
  };
  const problems = orderProblems(order);
  if (Object.keys(problems).length > 0) throw invalid(problems);
  yield* run(store.db.insertInto('orders').values(toRow(order)));
  yield* keepVersion(store, order);
  yield* recordActivity(
    [
      {
        actor,
        action: 'order.created',
        subjectType: 'order',
        subjectId: order.id,
        after: { ...order },
      },
    ],
    at,
    runtime.newId,
  );
  return order;
}

/**
 * Saves a changed order with its next version, its config and what changed. The one place where
 * an edit, a status change, a completion by the system or a reset is written.
 */
export function* saveOrder(
  { store, runtime }: Pick<OrdersDeps, 'store' | 'runtime'>,
  before: Order,
  change: Partial<Order>,
  actor: Actor,
  action: string,
): Unit<Order> {
  const changed = difference(before, { ...before, ...change });
  if (changed === null) return before;
  const at = runtime.clock.now();
  const order: Order = { ...before, ...change, version: before.version + 1, updated_at: iso(at) };
  yield* run(store.db.updateTable('orders').set(toRow(order)).where('id', '=', order.id));
  yield* keepVersion(store, order);
  yield* recordActivity(
    [{ actor, action, subjectType: 'order', subjectId: order.id, ...changed }],
    at,
    runtime.newId,
  );
  return order;
}

type ChangeableOrder = Pick<
  Order,
  'status' | 'completed_by' | 'bonus_mode' | 'total_leads' | 'leads_delivered' | 'leads_remaining'
>;

/** The status that capacity asks for: used up without bonus = completed, and back when it grows. */
export function statusByCapacity(
  order: Pick<Order, 'status' | 'completed_by' | 'leads_remaining' | 'bonus_mode'>,
): Pick<Order, 'status' | 'completed_by'> {
  const usedUp = order.leads_remaining <= 0 && !order.bonus_mode;
  if (usedUp && order.status === 'active') return { status: 'completed', completed_by: 'system' };
  if (!usedUp && order.status === 'completed' && order.completed_by === 'system') {
    return { status: 'active', completed_by: null };
  }
  return { status: order.status, completed_by: order.completed_by };
}

/**
 * The order with some fields changed: a new total leaves what has not been delivered of it, and the
 * status follows the capacity. Pure: edits and the backtest's proposals share it.
 */
export function withChange<O extends ChangeableOrder>(before: O, change: Partial<O>): O {
  const next: O = { ...before, ...change };
  if (next.total_leads !== before.total_leads) {
    next.leads_remaining = Math.max(0, next.total_leads - next.leads_delivered);
  }
  return { ...next, ...statusByCapacity(next) };
}

/** Edits the copy that the caller read: 409 `stale_version` when it is outdated. */
export function* updateOrder(
  deps: OrdersDeps,
  id: string,
  { version, ...change }: UpdateOrder,
  actor: Actor,
): Unit<Order> {
  const before = yield* requireOrder(deps.store, id);
  if (before.version !== version) throw staleVersion(before.version);
  if (before.status === 'cancelled') {
    throw conflict('order_cancelled', 'A cancelled order cannot be changed.');
  }
  const given = Object.fromEntries(
    Object.entries(change).filter(([, value]) => value !== undefined),
  ) as Partial<Order>;
  const next = withChange(before, given);
  const problems = orderProblems(next);
  // An order may be overfilled (bonus mode, an override): only a total that is set anew must suffice.
  if (next.total_leads === before.total_leads) delete problems.total_leads;
  if (Object.keys(problems).length > 0) throw invalid(problems);
  return yield* saveOrder(deps, before, next, actor, 'order.updated');
}

export type OrderAction = 'pause' | 'resume' | 'complete' | 'cancel';

const ACTIONS: Record<
  OrderAction,
  { from: readonly Order['status'][]; to: Order['status']; done: string }
> = {
  pause: { from: ['active'], to: 'paused', done: 'order.paused' },
  resume: { from: ['paused', 'completed'], to: 'active', done: 'order.resumed' },
  complete: { from: ['active', 'paused'], to: 'completed', done: 'order.completed' },
  cancel: { from: ['active', 'paused', 'completed'], to: 'cancelled', done: 'order.cancelled' },
};

/** Only what the system completed is opened again by itself, so nobody else may bear its name. */
function completedBy(actor: Actor): string {
  const namesake = actor.type !== 'system' && actor.name === SYSTEM.name;
  return namesake ? `${actor.name} (${actor.type})` : actor.name;
}

/** Changes an order's status; asking for what already is answers the order unchanged. */
export function* changeOrderStatus(
  deps: OrdersDeps,
  id: string,
  action: OrderAction,
  actor: Actor,
): Unit<Order> {
  const before = yield* requireOrder(deps.store, id);
  const { from, to, done } = ACTIONS[action];
  if (before.status === to) return before;
  if (!from.includes(before.status)) {
    throw conflict('invalid_state', `An order that is ${before.status} cannot be made ${to}.`);
  }
  if (action === 'resume' && before.leads_remaining <= 0 && !before.bonus_mode) {
    throw conflict(
      'no_capacity',
      'The order has no leads left. Raise total_leads or turn bonus_mode on first.',
    );
  }
  const completed_by = action === 'complete' ? completedBy(actor) : null;
  return yield* saveOrder(deps, before, { status: to, completed_by }, actor, done);
}
