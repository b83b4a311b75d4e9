export type DecisionStatus = 'assigned' | 'unassigned' | 'rejected';
export type DecisionTrigger = 'intake' | 'update' | 'retry' | 'manual' | 'reroute';

/**
 * One routing decision with every order considered, compactly: the set names the orders, the
 * snapshot with the changes says how they stood, `rows` what came of them for this lead. The view
 * `routing_logs` expands it (see `routing/assignment/log-rows.ts`).
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
  /** Null when nothing was considered, and in decisions from before there were snapshots. */
  snapshot_id: string | null;
  /** The states that differ from the snapshot's: a JSON object from position to state. */
  changes: string | null;
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

/** How the orders of a set stood at some moment: a JSON array of states, in the set's order. */
export interface OrderSnapshotsTable {
  id: string;
  set_id: string;
  states: string;
  created_at: string;
}
