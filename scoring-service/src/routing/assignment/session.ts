import { iso } from '../../core/clock.js';
import type { DeliveryStatus } from '../../db/tables/deliveries.js';
import type { LeadsTable } from '../../db/tables/leads.js';
import type { DecisionTrigger } from '../../db/tables/routing.js';
import { updateMany, type Unit } from '../../db/unit.js';
import { activityRow, SYSTEM, type Actor } from '../../events/activity.js';
import type { NewEvent } from '../../events/events.js';
import { requireOrder, saveOrder } from '../../orders/orders.js';
import { createScratch, decide, OrderBook, type Decision } from '../engine/index.js';
import { ASSIGNMENT_ERROR, decisionRow, failedRow, totalOf } from './decision-row.js';
import type { LiveBroker, LiveOrder } from './live-orders.js';
import { noRows, writeRows } from './pending-rows.js';
import { createPools, type Pools } from './pools.js';
import type { RoutingDeps } from './ports.js';
import { createSnapshots, type Snapshots } from './snapshots.js';

/** The outcome for one lead, as the answer of the API needs it. */
export type RoutingOutcome =
  | {
      status: 'assigned';
      order_id: string;
      broker: LiveBroker;
      score: number | null;
      delivery_ids: string[];
      delivery_status: DeliveryStatus | null;
    }
  | { status: 'unassigned'; reason: string; reason_code: string }
  | { status: 'rejected'; reason: string };

/** The columns of a lead that routing sets. */
export type RoutedColumns = Pick<
  LeadsTable,
  | 'id'
  | 'status'
  | 'assigned_broker_id'
  | 'assigned_order_id'
  | 'assigned_at'
  | 'assigned_period'
  | 'rejection_reason'
  | 'updated_at'
  | 'version'
>;

const NOT_ASSIGNED = {
  assigned_broker_id: null,
  assigned_order_id: null,
  assigned_at: null,
  assigned_period: null,
} as const;

export interface RouteOptions {
  /** Who asked; the system by default. */
  actor?: Actor;
  /** Since when the lead stands in the unassigned queue; undefined = it does not. */
  waitedSince?: string;
  /** How often it was tried before. */
  tries?: number;
}

/**
 * The memory of one routing unit: the active orders with evolving counters, and everything that
 * is to be written. Leads are routed one after another in memory; `flush` writes them as a set.
 */
export class RoutingSession {
  readonly #deps: RoutingDeps;
  readonly #orders: LiveOrder[];
  readonly #base: OrderBook;
  readonly #scratch = createScratch();
  readonly #changed = new Set<number>();
  readonly #pools: Pools;
  readonly #snapshots: Snapshots;
  readonly #rows = noRows();

  constructor(deps: RoutingDeps, orders: LiveOrder[]) {
    this.#deps = deps;
    this.#orders = orders;
    this.#base = OrderBook.of(orders.map((order) => order.prepared));
    this.#pools = createPools(orders, this.#base, deps.memory.sets);
    const { clock, newId } = deps.runtime;
    this.#snapshots = createSnapshots(deps.memory.snapshots, newId, clock.now());
  }

  /**
   * Routes a lead (its row is changed in place) and remembers what is to be written. When it
   * throws, nothing is remembered; the caller then calls {@link fail}.
   */
  route(
    lead: LeadsTable,
    trigger: DecisionTrigger,
    at: number,
    options: RouteOptions = {},
  ): RoutingOutcome {
    const rules = this.#deps.rules();
    const pool = this.#pools.of(lead.broker_pool);
    const decision = decide(lead, pool.book, rules, {
      hasActiveOrder: this.#orders.length > this.#pools.completed().size,
      into: this.#scratch,
    });
    const winner = decision.winner === -1 ? undefined : pool.positions[decision.winner];
    const won = winner === undefined ? undefined : this.#orders[winner];
    const when = { id: this.#deps.runtime.newId(), at, trigger, rules };
    const states = () => this.#snapshots.statesOf(pool.setId, pool.book);
    const row = decisionRow(lead, decision, pool, states, won, when);
    const outcome =
      winner === undefined || won === undefined
        ? this.#refuse(lead, decision, at, options)
        : this.#assign(lead, winner, won, totalOf(decision), row.id, at, options);
    if (options.waitedSince !== undefined) this.#rows.leftQueue.push(lead.id);
    lead.updated_at = iso(at);
    this.#rows.decisions.push(row);
    return outcome;
  }

  /** Stores a lead whose decision failed: kept, unassigned, to be tried again. */
  fail(
    lead: LeadsTable,
    trigger: DecisionTrigger,
    at: number,
    options: RouteOptions = {},
  ): RoutingOutcome {
    const { runtime, rules } = this.#deps;
    const when = { id: runtime.newId(), at, trigger, rules: rules() };
    this.#rows.decisions.push(failedRow(lead, when));
    Object.assign(lead, NOT_ASSIGNED);
    if (options.waitedSince !== undefined) this.#rows.leftQueue.push(lead.id);
    lead.updated_at = iso(at);
    return this.#leaveUnassigned(lead, ASSIGNMENT_ERROR, at, options);
  }

  /** Tells programs that follow along. */
  addEvent(event: NewEvent): void {
    this.#rows.events.push(event);
  }

  /** Writes everything that was decided, as sets. Call once, last in the unit. */
  *flush(at: number): Unit<void> {
    yield* this.#writeOrders();
    const references = { sets: this.#pools.newSets(), snapshots: this.#snapshots.taken() };
    yield* writeRows(this.#deps, this.#rows, references, at);
  }

  /** After the commit: what was written may be relied on by later units. */
  committed(): void {
    this.#deps.memory.remember(this.#pools.newSets().keys(), this.#snapshots.taken());
  }

  *#writeOrders(): Unit<void> {
    const { store, runtime } = this.#deps;
    const rows = [...this.#changed].map((position) => {
      const { order } = this.#base.prepared(position);
      return {
        id: order.id,
        leads_delivered: order.leads_delivered,
        leads_remaining: order.leads_remaining,
        last_assigned_at: order.last_assigned_at === null ? null : iso(order.last_assigned_at),
      };
    });
    yield* updateMany('orders', rows);
    for (const position of this.#pools.completed()) {
      const order = yield* requireOrder(store, this.#base.order(position).id);
      yield* saveOrder(
        { store, runtime },
        order,
        { status: 'completed', completed_by: 'system' },
        SYSTEM,
        'order.completed',
      );
    }
  }

  #refuse(lead: LeadsTable, decision: Decision, at: number, options: RouteOptions): RoutingOutcome {
    const reasonCode = decision.reason_code ?? 'no_active_orders';
    if (decision.status !== 'rejected') {
      return this.#leaveUnassigned(
        lead,
        { reason_code: reasonCode, reason: decision.reason ?? reasonCode },
        at,
        options,
      );
    }
    lead.status = 'rejected';
    lead.rejection_reason = reasonCode;
    this.#rows.events.push({
      type: 'lead.rejected',
      data: { lead_id: lead.id, reason: reasonCode },
    });
    return { status: 'rejected', reason: reasonCode };
  }

  #leaveUnassigned(
    lead: LeadsTable,
    why: { reason_code: string; reason: string },
    at: number,
    options: RouteOptions,
  ): RoutingOutcome {
    lead.status = 'unassigned';
    lead.rejection_reason = null;
    if (options.waitedSince === undefined) {
      this.#rows.events.push({
        type: 'lead.unassigned',
        data: { lead_id: lead.id, reason_code: why.reason_code },
      });
    }
    this.#rows.unassigned.push({
      lead_id: lead.id,
      reason_code: why.reason_code,
      reason: why.reason,
      queued_at: options.waitedSince ?? iso(at),
      last_tried_at: iso(at),
      tries: (options.tries ?? 0) + 1,
    });
    return { status: 'unassigned', reason: why.reason, reason_code: why.reason_code };
  }

  #assign(
    lead: LeadsTable,
    position: number,
    live: LiveOrder,
    score: number,
    decisionId: string,
    at: number,
    options: RouteOptions,
  ): RoutingOutcome {
    const { runtime, deliveries } = this.#deps;
    const orderId = live.prepared.order.id;
    lead.status = 'assigned';
    lead.rejection_reason = null;
    lead.assigned_broker_id = live.broker.id;
    lead.assigned_order_id = orderId;
    lead.assigned_at = iso(at);
    lead.assigned_period = live.period;
    const hold = lead.delivery_hold === 1;
    const planned = deliveries.plan({ lead, broker: live.broker, at, hold });

    this.#base.recordAssignment(position, at);
    this.#changed.add(position);
    if (this.#base.order(position).status === 'completed') this.#pools.complete(position);
    this.#rows.deliveries.push(...planned);
    this.#rows.activity.push(
      activityRow(
        {
          actor: options.actor ?? SYSTEM,
          action: 'lead.assigned',
          subjectType: 'lead',
          subjectId: lead.id,
          after: { order_id: orderId, broker_id: live.broker.id, decision_id: decisionId },
        },
        at,
        runtime.newId,
      ),
    );
    this.#rows.events.push({
      type: 'lead.assigned',
      data: { lead_id: lead.id, order_id: orderId, broker_id: live.broker.id },
    });
    return {
      status: 'assigned',
      order_id: orderId,
      broker: live.broker,
      score,
      delivery_ids: planned.map((delivery) => delivery.id),
      delivery_status: planned[0]?.status ?? null,
    };
  }
}

/** The columns that routing may have changed in a lead's row. */
export function routedColumns(lead: LeadsTable): RoutedColumns {
  return {
    id: lead.id,
    status: lead.status,
    assigned_broker_id: lead.assigned_broker_id,
    assigned_order_id: lead.assigned_order_id,
    assigned_at: lead.assigned_at,
    assigned_period: lead.assigned_period,
    rejection_reason: lead.rejection_reason,
    updated_at: lead.updated_at,
    version: lead.version,
  };
}

/**
 * Opens a session inside a unit that holds the routing lock: due resets first, then the orders as
 * they stand now.
 */
export function* openSession(deps: RoutingDeps): Unit<{ session: RoutingSession; resets: number }> {
  const resets = yield* deps.applyDueResets();
  const orders = yield* deps.liveOrders.load({ keep: resets === 0 });
  return { session: new RoutingSession(deps, orders), resets };
}
