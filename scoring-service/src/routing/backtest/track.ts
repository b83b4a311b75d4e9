import { iso } from '../../core/clock.js';
import { newMonth } from '../../orders/new-month.js';
import {
  createScratch,
  decide,
  OrderBook,
  prepareOrder,
  withCounters,
  type RoutingLead,
  type RoutingRules,
} from '../engine/index.js';
import { poolMembers } from '../pool-members.js';
import type { BacktestOrder, OrderFill, Outcome } from './types.js';

interface Member {
  readonly initial: BacktestOrder;
  period: string | null;
  completed_by: string | null;
  assigned: number;
  resets: number;
  first_completed_at: number | null;
}

interface Pool {
  positions: readonly number[];
  book: OrderBook;
}

/** What can never take a lead, whatever happens in the range, because only people could open it. */
function canTakePart(order: BacktestOrder): boolean {
  if (order.status === 'active') return true;
  return (
    order.order_type === 'monthly' &&
    order.status === 'completed' &&
    order.completed_by === 'system'
  );
}

/**
 * One set of orders whose counters evolve as leads are routed. Pure: time comes from the caller. The
 * engine decides, counts and completes; the month's rule is the live one.
 */
export class Track {
  readonly #members: Member[];
  readonly #book: OrderBook;
  readonly #rules: RoutingRules;
  readonly #scratch = createScratch();
  readonly #pools = new Map<string, Pool>();
  #active: number;

  constructor(orders: readonly BacktestOrder[], rules: RoutingRules) {
    const taking = orders.filter(canTakePart).sort((a, b) => (a.id < b.id ? -1 : 1));
    this.#rules = rules;
    this.#members = taking.map((initial) => ({
      initial,
      period: initial.period,
      completed_by: initial.completed_by,
      assigned: 0,
      resets: 0,
      first_completed_at: null,
    }));
    this.#book = OrderBook.of(taking.map((order) => prepareOrder(order)));
    this.#active = taking.filter(({ status }) => status === 'active').length;
  }

  /** Whether a new month can give back what was used up. */
  get hasMonthlyOrders(): boolean {
    return this.#members.some(({ initial }) => initial.order_type === 'monthly');
  }

  /** Decides where a lead goes and counts it. */
  route(lead: RoutingLead, brokerPool: string | null, at: number): Outcome {
    const pool = this.#poolOf(brokerPool);
    const decision = decide(lead, pool.book, this.#rules, {
      hasActiveOrder: this.#active > 0,
      into: this.#scratch,
    });
    const position = decision.winner === -1 ? undefined : pool.positions[decision.winner];
    const member = position === undefined ? undefined : this.#members[position];
    if (position === undefined || member === undefined) {
      const { status, reason_code } = decision;
      return { status, order_id: null, reason_code };
    }
    this.#book.recordAssignment(position, at);
    member.assigned += 1;
    const { id, status, leads_remaining } = this.#book.order(position);
    if (leads_remaining === 0) member.first_completed_at ??= at;
    if (status === 'completed') {
      member.completed_by = 'system';
      this.#active -= 1;
    }
    return { status: 'assigned', order_id: id, reason_code: null };
  }

  /** Starts the month `period` where it is due; the number of orders reset. */
  startMonth(period: string): number {
    let resets = 0;
    this.#members.forEach((member, position) => {
      const order = this.#book.order(position);
      const { order_type } = member.initial;
      const { completed_by } = member;
      const change = newMonth(
        { ...order, order_type, completed_by, period: member.period },
        period,
      );
      if (change === null) return;
      resets += 1;
      member.resets += 1;
      member.period = change.period;
      member.completed_by = change.completed_by;
      if (change.status === 'active' && order.status !== 'active') this.#active += 1;
      const counters = { ...order, ...change };
      this.#book.replace(position, withCounters(this.#book.prepared(position), counters));
    });
    return resets;
  }

  /** How each order has fared so far, by id. */
  fills(): OrderFill[] {
    return this.#members.map((member, position) => {
      const { id, status, total_leads, leads_delivered, leads_remaining } =
        this.#book.order(position);
      const { initial, assigned, resets, first_completed_at } = member;
      return {
        order_id: id,
        name: initial.name,
        broker_id: initial.broker_id,
        order_type: initial.order_type,
        total_leads,
        assigned,
        start_delivered: initial.leads_delivered,
        leads_delivered,
        leads_remaining,
        fill_rate: leads_delivered / total_leads,
        status,
        resets,
        first_completed_at: first_completed_at === null ? null : iso(first_completed_at),
      };
    });
  }

  /** Made once each: an order that is not active stays in its pools and is not looked at. */
  #poolOf(brokerPool: string | null): Pool {
    const name = brokerPool ?? '';
    const known = this.#pools.get(name);
    if (known !== undefined) return known;
    const isMember = poolMembers(brokerPool);
    const positions = this.#members.flatMap(({ initial }, position) =>
      isMember(initial.broker_id) ? [position] : [],
    );
    const book =
      positions.length === this.#members.length ? this.#book : this.#book.subset(positions);
    const pool = { positions, book };
    this.#pools.set(name, pool);
    return pool;
  }
}
