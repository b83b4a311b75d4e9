import type { Order } from './order-schema.js';

type Counted = Pick<
  Order,
  'order_type' | 'status' | 'completed_by' | 'total_leads' | 'leads_delivered' | 'leads_remaining'
> & { period: string | null };

/** What a new month changes of an order. */
export type NewMonth = Pick<Counted, 'leads_delivered' | 'leads_remaining' | 'status'> & {
  period: string;
  completed_by: string | null;
};

/**
 * What the month `period` changes of an order whose counters belong to an earlier one; null when
 * nothing is due. The counters start anew, and what the system completed is active again; paused
 * stays paused, completed by a person stays completed. Pure: the live reset, the simulation and the
 * backtest share it.
 */
export function newMonth(order: Counted, period: string): NewMonth | null {
  if (order.order_type !== 'monthly' || order.status === 'cancelled') return null;
  if (order.period === null || order.period >= period) return null;
  const bySystem = order.status === 'completed' && order.completed_by === 'system';
  return {
    leads_delivered: 0,
    leads_remaining: order.total_leads,
    period,
    status: bySystem ? 'active' : order.status,
    completed_by: bySystem ? null : order.completed_by,
  };
}
