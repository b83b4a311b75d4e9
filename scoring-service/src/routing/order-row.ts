import type { OrdersTable } from '../db/tables/orders.js';
import type { RoutingOrder } from './engine/index.js';

/** A stored order as routing reads it. */
export function routingOrder(
  row: OrdersTable,
  brokerStatus: RoutingOrder['broker_status'],
): RoutingOrder {
  return {
    id: row.id,
    status: row.status,
    broker_status: brokerStatus,
    verticals: JSON.parse(row.verticals) as string[],
    credit_score_min: row.credit_score_min,
    loan_min: row.loan_min,
    loan_max: row.loan_max,
    total_leads: row.total_leads,
    leads_delivered: row.leads_delivered,
    leads_remaining: row.leads_remaining,
    bonus_mode: row.bonus_mode === 1,
    priority: row.priority,
    last_assigned_at: row.last_assigned_at === null ? null : Date.parse(row.last_assigned_at),
  };
}
