export type AssignmentStatus = 'active' | 'paused';
export type OrderStatus = 'active' | 'paused' | 'completed' | 'cancelled';
export type OrderType = 'one_time' | 'monthly';
export type OrderPriority = 'normal' | 'high';

export interface BrokersTable {
  id: string;
  name: string;
  company: string | null;
  email: string | null;
  phone: string | null;
  assignment_status: AssignmentStatus;
  crm_webhook_url: string | null;
  /** JSON object of extra request headers. */
  crm_headers: string;
  /** JSON of the contact hours, without the time zone. */
  contact_hours: string;
  timezone: string;
  /** 1 while deliveries wait by hand. */
  deliveries_paused: number;
  /** Attempts per minute at most, or null. */
  rate_limit_per_minute: number | null;
  version: number;
  created_at: string;
  updated_at: string;
}

/** Signing secrets of a broker; two are live while one is being rotated out. */
export interface BrokerSecretsTable {
  id: string;
  broker_id: string;
  secret: string;
  created_at: string;
  expires_at: string | null;
}

export interface OrdersTable {
  id: string;
  broker_id: string;
  name: string;
  status: OrderStatus;
  order_type: OrderType;
  /** JSON array of verticals as typed. */
  verticals: string;
  credit_score_min: number | null;
  loan_min: number | null;
  loan_max: number | null;
  total_leads: number;
  leads_delivered: number;
  leads_remaining: number;
  bonus_mode: number;
  priority: OrderPriority;
  /** Month that the counters belong to (YYYY-MM in the service's time zone); null for one-time orders. */
  period: string | null;
  last_assigned_at: string | null;
  /** Who completed it: `system`, or a person's name. */
  completed_by: string | null;
  /** Counts edits and status changes, not assignments. */
  version: number;
  created_at: string;
  updated_at: string;
}

/** What an order looked like at each version: decisions are explained from these. */
export interface OrderVersionsTable {
  order_id: string;
  version: number;
  /** JSON of the fields that routing reads, without the counters. */
  config: string;
  created_at: string;
}
