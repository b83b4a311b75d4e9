import type { Store } from '../../db/store.js';
import type { OrdersTable } from '../../db/tables/orders.js';
import type { Lead } from '../../leads/lead-schema.js';
import { simulate } from '../../routing/simulate.js';
import type { ConsideredOrder } from '../../routing/engine/index.js';
import { routingOrder } from '../../routing/order-row.js';

/** An order that a person may give a lead to, with what scoring thinks of it. */
export interface Candidate {
  id: string;
  name: string;
  broker: string;
  status: OrdersTable['status'];
  delivered: number;
  total: number;
  remaining: number;
  bonus: boolean;
  /** Null when the lead fails the pre-flight check, so that nothing was scored. */
  considered: ConsideredOrder | null;
}

const MOST = 200;

/**
 * Orders for an assignment by hand: those that fit first, by rank, then the others by how few gates
 * they fail. Cancelled orders take no leads and are left out.
 */
export async function readCandidates(store: Store, lead: Lead): Promise<Candidate[]> {
  const rows = await store.db
    .selectFrom('orders')
    .innerJoin('brokers', 'brokers.id', 'orders.broker_id')
    .selectAll('orders')
    .select(['brokers.name as broker_name', 'brokers.assignment_status'])
    .where('orders.status', 'in', ['active', 'paused', 'completed'])
    // Active before completed and paused, so that a long history does not crowd them out.
    .orderBy('orders.status')
    .orderBy('orders.id', 'desc')
    .limit(MOST)
    .execute();
  const asRouted = rows.map((row) => routingOrder(row, row.assignment_status));
  // No floor here: a person may place what the pre-flight check refused.
  const { considered } = simulate(lead, asRouted, { credit_floor: 0 }, { hasActiveOrder: true });
  const place = new Map(considered.map((entry, at) => [entry.order_id, at]));
  const byId = new Map(considered.map((entry) => [entry.order_id, entry]));
  return rows
    .map((row): Candidate => ({
      id: row.id,
      name: row.name,
      broker: row.broker_name,
      status: row.status,
      delivered: row.leads_delivered,
      total: row.total_leads,
      remaining: row.leads_remaining,
      bonus: row.bonus_mode === 1,
      considered: byId.get(row.id) ?? null,
    }))
    .sort(
      (a, b) =>
        (a.considered?.failed_filters.length ?? 0) - (b.considered?.failed_filters.length ?? 0) ||
        (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0),
    );
}
