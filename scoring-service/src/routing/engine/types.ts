/** The routing fields of one lead. Values are already validated; `null` means not given. */
export interface RoutingLead {
  credit_score: number | null;
  funding_amount: number | null;
  vertical: string | null;
}

/** One order together with its broker's assignment status, as the engine sees it. */
export interface RoutingOrder {
  id: string;
  status: 'active' | 'paused' | 'completed' | 'cancelled';
  broker_status: 'active' | 'paused';
  verticals: readonly string[];
  credit_score_min: number | null;
  /** null or 0: no bound. */
  loan_min: number | null;
  /** null or 0: no bound. */
  loan_max: number | null;
  /** At least 1. */
  total_leads: number;
  leads_delivered: number;
  leads_remaining: number;
  bonus_mode: boolean;
  priority: 'normal' | 'high';
  /** Epoch milliseconds; null: never assigned. */
  last_assigned_at: number | null;
}

/** The parts of an order that change without its version changing. */
export type OrderCounters = Pick<
  RoutingOrder,
  'status' | 'broker_status' | 'leads_delivered' | 'leads_remaining' | 'last_assigned_at'
>;

/** Adjustable rules of the pre-flight check. */
export interface RoutingRules {
  /** Leads with a known credit score under this are rejected. */
  credit_floor: number;
}

/** The rules of a service on which nothing was set. */
export const DEFAULT_RULES: RoutingRules = { credit_floor: 600 };
