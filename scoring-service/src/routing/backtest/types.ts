import type { DifferenceKind } from '../../db/tables/backtests.js';
import type { RoutingLead, RoutingOrder, RoutingRules } from '../engine/index.js';

/** An order as a backtest sees it: what routing reads, and what its evolution needs. */
export interface BacktestOrder extends RoutingOrder {
  /** Null: of no broker that a key could be limited to. */
  broker_id: string | null;
  name: string | null;
  order_type: 'one_time' | 'monthly';
  /** The month that the counters belong to (YYYY-MM); null for one-time orders. */
  period: string | null;
  /** `system`, or who completed it. */
  completed_by: string | null;
}

/** The outcome for one lead. */
export interface Outcome {
  status: 'assigned' | 'unassigned' | 'rejected';
  order_id: string | null;
  reason_code: string | null;
}

/** What happened to a stored lead after it arrived, as far as it may be routed again for it. */
export interface LeadStep {
  at: number;
  /** The routing fields that were changed. */
  fields: Partial<RoutingLead>;
  /** Somebody asked to route it again; otherwise that depends on the settings. */
  asked: boolean;
}

/** A stored lead as it arrived. */
export interface ReplayLead {
  id: string;
  /** Its place in the order of arrival, from 1. */
  position: number;
  at: number;
  fields: RoutingLead;
  /** The broker pool of the key it was sent with. */
  broker_pool: string | null;
  /** In order of time. */
  steps: readonly LeadStep[];
  /** What live routing came to by the end of the range. */
  decided: Outcome;
}

/** A lead that went another way. */
export interface Difference {
  position: number;
  lead_id: string;
  arrived_at: string;
  kind: DifferenceKind;
  baseline: Outcome;
  proposed: Outcome;
}

/** Where the counters of the live orders begin. */
export type StartName = 'history' | 'zero' | 'current';

/** Counters that are stated for one order. */
export interface StatedCounters {
  order_id: string;
  leads_delivered: number;
  leads_remaining?: number;
  last_assigned_at?: number;
}

/** A change of one live order. Absent: as it is. */
export type OrderChange = { order_id: string } & Partial<
  Pick<
    RoutingOrder,
    | 'status'
    | 'broker_status'
    | 'verticals'
    | 'credit_score_min'
    | 'loan_min'
    | 'loan_max'
    | 'total_leads'
    | 'bonus_mode'
    | 'priority'
  >
>;

export type CompareWith = 'history' | 'current_orders';

/** What the replay follows besides the orders. */
export interface ReplayRules {
  /** Time zone of the months. */
  timezone: string;
  /** How long waiting leads are tried again after a new month; 0 = never. */
  retry_max_age_ms: number;
  /** Whether a change of a routing field routes a waiting lead again. */
  reroute_on_update: boolean;
}

/** All that a run needs, fixed when it was asked for. Plain data: it is stored and sent to a thread. */
export interface BacktestPlan {
  from: number;
  /** Exclusive. */
  to: number;
  start: StartName;
  counters: StatedCounters[];
  compare_with: CompareWith;
  /** The orders as they stood when the backtest was asked for. */
  live: BacktestOrder[];
  /** The proposed set, instead of the live orders. */
  orders: BacktestOrder[] | null;
  changes: OrderChange[];
  additions: BacktestOrder[];
  baseline_rules: RoutingRules;
  proposed_rules: RoutingRules;
  replay: ReplayRules;
}

/** How one order fared in a replay. */
export interface OrderFill {
  order_id: string;
  name: string | null;
  broker_id: string | null;
  order_type: 'one_time' | 'monthly';
  total_leads: number;
  /** Leads it got from the range. */
  assigned: number;
  /** Its counters at the start and at the end. */
  start_delivered: number;
  leads_delivered: number;
  leads_remaining: number;
  fill_rate: number;
  status: RoutingOrder['status'];
  /** Months that began. */
  resets: number;
  /** When it first had no lead left; null = never. */
  first_completed_at: string | null;
}

type Totals = Record<Outcome['status'], number>;

export interface BacktestResult {
  leads: number;
  totals: { baseline: Totals; proposed: Totals };
  /** Leads without an order, by reason. */
  reasons: { baseline: Record<string, number>; proposed: Record<string, number> };
  differences: { total: number } & Record<DifferenceKind, number>;
  orders: {
    order_id: string;
    name: string | null;
    broker_id: string | null;
    /** Leads it got; of orders in the baseline. */
    baseline_assigned: number;
    proposed_assigned: number;
    /** Null when compared with history, or when the order is not in the set. */
    baseline: OrderFill | null;
    proposed: OrderFill | null;
  }[];
}
