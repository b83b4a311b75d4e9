import { iso } from '../core/clock.js';
import { conflict, invalid } from '../core/errors.js';
import type { LeadsTable } from '../db/tables/leads.js';
import type { OrdersTable } from '../db/tables/orders.js';
import { first, insertMany, notify, run, updateMany, type Unit } from '../db/unit.js';
import { recordActivity, SYSTEM, type Actor } from '../events/activity.js';
import { recordEvents } from '../events/events.js';
import { saveOrder, statusByCapacity, toOrder } from '../orders/orders.js';
import type { LiveBroker } from '../routing/assignment/live-orders.js';
import type { RoutingDeps } from '../routing/assignment/ports.js';
import { routedColumns, type RoutingOutcome } from '../routing/assignment/session.js';
import { requireLead } from './rerouting.js';

export interface ManualAssignment {
  leadId: string;
  orderId: string;
  /** Take the slot even when the order has none left. */
  overrideCapacity: boolean;
  actor: Actor;
}

interface Target {
  row: OrdersTable;
  broker: LiveBroker;
}

function* requireTarget(deps: RoutingDeps, choice: ManualAssignment): Unit<Target> {
  const { db } = deps.store;
  const row = yield* first(db.selectFrom('orders').selectAll().where('id', '=', choice.orderId));
  if (row === undefined) throw invalid({ order_id: 'names no order' });
  if (row.status === 'cancelled') {
    throw conflict('order_cancelled', 'A cancelled order takes no leads.');
  }
  if (row.leads_remaining <= 0 && row.bonus_mode === 0 && !choice.overrideCapacity) {
    throw conflict(
      'no_capacity',
      'The order has no leads left. Choose another one, or send override_capacity: true.',
      { order_id: row.id },
    );
  }
  const broker = yield* first(db.selectFrom('brokers').selectAll().where('id', '=', row.broker_id));
  if (broker === undefined) throw new Error('An order has no broker.');
  return { row, broker };
}

/** Counts one more lead on the order, and completes it when that was the last one. */
function* takeSlot(deps: RoutingDeps, row: OrdersTable, at: number): Unit<void> {
  const counted = toOrder({
    ...row,
    leads_delivered: row.leads_delivered + 1,
    leads_remaining: Math.max(0, row.leads_remaining - 1),
    last_assigned_at: iso(at),
  });
  yield* updateMany('orders', [
    {
      id: row.id,
      leads_delivered: counted.leads_delivered,
      leads_remaining: counted.leads_remaining,
      last_assigned_at: counted.last_assigned_at,
    },
  ]);
  yield* saveOrder(deps, counted, statusByCapacity(counted), SYSTEM, 'order.completed');
}

/**
 * Gives a lead's slot back to its order, if the order still counts the period in which it was
 * taken. An order that the system had completed becomes active again.
 */
function* freeSlot(deps: RoutingDeps, lead: LeadsTable): Unit<void> {
  if (lead.assigned_order_id === null) return;
  const row = yield* first(
    deps.store.db.selectFrom('orders').selectAll().where('id', '=', lead.assigned_order_id),
  );
  if (row === undefined || row.period !== lead.assigned_period) return;
  const delivered = Math.max(0, row.leads_delivered - 1);
  const counted = toOrder({
    ...row,
    leads_delivered: delivered,
    // Leads beyond the total (bonus mode, override) held no slot that could be free now.
    leads_remaining: Math.max(0, row.total_leads - delivered),
  });
  yield* updateMany('orders', [
    {
      id: row.id,
      leads_delivered: counted.leads_delivered,
      leads_remaining: counted.leads_remaining,
    },
  ]);
  yield* saveOrder(deps, counted, statusByCapacity(counted), SYSTEM, 'order.reopened');
}

function* place(
  deps: RoutingDeps,
  lead: LeadsTable,
  target: Target,
  action: 'lead.assigned' | 'lead.reassigned',
  actor: Actor,
): Unit<RoutingOutcome> {
  const { store, runtime, deliveries } = deps;
  const at = runtime.clock.now();
  const before = { order_id: lead.assigned_order_id, broker_id: lead.assigned_broker_id };
  yield* takeSlot(deps, target.row, at);
  Object.assign(lead, {
    status: 'assigned',
    rejection_reason: null,
    assigned_broker_id: target.broker.id,
    assigned_order_id: target.row.id,
    assigned_at: iso(at),
    assigned_period: target.row.period,
    updated_at: iso(at),
    version: lead.version + 1,
  } satisfies Partial<LeadsTable>);
  const planned = deliveries.plan({
    lead,
    broker: target.broker,
    at,
    hold: lead.delivery_hold === 1,
  });
  yield* updateMany('leads', [routedColumns(lead)]);
  yield* run(store.db.deleteFrom('unassigned_leads').where('lead_id', '=', lead.id));
  yield* insertMany('decisions', [
    {
      id: runtime.newId(),
      lead_id: lead.id,
      at: iso(at),
      status: 'assigned',
      order_id: target.row.id,
      broker_id: target.broker.id,
      reason_code: null,
      reason: `${action === 'lead.assigned' ? 'assigned' : 'reassigned'} by hand`,
      trigger: 'manual',
      considered_count: 0,
      score: null,
      set_id: null,
      inputs: JSON.stringify({
        credit_score: lead.credit_score,
        funding_amount: lead.funding_amount,
        vertical: lead.vertical,
        credit_floor: deps.rules().credit_floor,
      }),
      rows: '[]',
    },
  ]);
  yield* insertMany('deliveries', planned);
  const after = { order_id: target.row.id, broker_id: target.broker.id };
  yield* recordActivity(
    [{ actor, action, subjectType: 'lead', subjectId: lead.id, before, after }],
    at,
    runtime.newId,
  );
  yield* recordEvents(
    [{ type: 'lead.assigned', data: { lead_id: lead.id, ...after } }],
    at,
    runtime.newId,
  );
  if (planned.length > 0) yield* notify(deliveries.channel);
  return {
    status: 'assigned',
    order_id: target.row.id,
    broker: target.broker,
    score: null,
    delivery_ids: planned.map((delivery) => delivery.id),
    delivery_status: planned[0]?.status ?? null,
  };
}

/**
 * Assigns a waiting lead to an order of a person's choice: no scoring, but capacity counts. The
 * caller has applied due resets before, in the same unit.
 */
export function* assignByHand(deps: RoutingDeps, choice: ManualAssignment): Unit<RoutingOutcome> {
  const lead = yield* requireLead(deps, choice.leadId);
  if (lead.kind !== 'distribution') {
    throw conflict('not_distributable', 'Only distribution leads go to orders.');
  }
  if (lead.status !== 'unassigned' && lead.status !== 'rejected') {
    throw conflict('already_assigned', 'Somebody has assigned this lead already.', {
      order_id: lead.assigned_order_id,
      broker_id: lead.assigned_broker_id,
    });
  }
  const target = yield* requireTarget(deps, choice);
  return yield* place(deps, lead, target, 'lead.assigned', choice.actor);
}

/**
 * Moves an assigned lead to another order: the old slot is freed and the new one taken at once. The
 * caller has applied due resets before, in the same unit.
 */
export function* reassign(deps: RoutingDeps, choice: ManualAssignment): Unit<RoutingOutcome> {
  const lead = yield* requireLead(deps, choice.leadId);
  if (lead.status !== 'assigned') {
    throw conflict('not_assigned', 'The lead is not assigned. Assign it instead.');
  }
  if (lead.assigned_order_id === choice.orderId) {
    throw conflict('same_order', 'The lead is already assigned to this order.');
  }
  const target = yield* requireTarget(deps, choice);
  yield* freeSlot(deps, lead);
  yield* deps.deliveries.cancelUnsent(lead.id, deps.runtime.clock.now());
  return yield* place(deps, lead, target, 'lead.reassigned', choice.actor);
}
