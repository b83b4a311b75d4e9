export type DecisionStatus = 'assigned' | 'unassigned' | 'rejected';
export type DecisionTrigger = 'intake' | 'update' | 'retry' | 'manual' | 'reroute';

/**
 * One routing decision with every order considered, compactly: `rows` holds one array per order
 * of the set, in its order. The view `routing_logs` expands it (see `routing/log-rows.ts`).
 */
export interface DecisionsTable {
  id: string;
  lead_id: string;
  at: string;
  status: DecisionStatus;
  order_id: string | null;
  broker_id: string | null;
  reason_code: string | null;
  reason: string | null;
  trigger: DecisionTrigger;
  considered_count: number;
  /** The winner's total; null when nobody won, or a person chose. */
  score: number | null;
  set_id: string | null;
  /** What was routed, as JSON: credit_score, funding_amount, vertical, credit_floor. */
  inputs: string;
  rows: string;
}

/** The orders considered, in order: a JSON array of [order id, order version, broker id]. */
export interface ConsideredSetsTable {
  id: string;
  signature: string;
  orders: string;
  created_at: string;
}
