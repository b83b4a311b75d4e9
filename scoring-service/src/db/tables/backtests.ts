export type BacktestStatus = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';

/** One backtest: what was asked, how far it is, what came out. */
export interface BacktestsTable {
  id: string;
  status: BacktestStatus;
  /** JSON: what was asked, without the lists of orders. */
  request: string;
  /** JSON: all that the run needs, the orders as they stood when it was asked for; null at the end. */
  plan: string | null;
  /** How often it was begun; the differences of earlier runs are not looked at. */
  run: number;
  /** Runs whose process died. */
  lapses: number;
  leads_done: number;
  /** Null until they have been counted. */
  leads_total: number | null;
  /** JSON; null unless done. */
  result: string | null;
  error_code: string | null;
  error: string | null;
  /** Name of who asked. */
  created_by: string;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  /** When it is forgotten; null until it has ended. */
  expires_at: string | null;
  claim_id: string | null;
  /** When it may be claimed: at once, or when the claim of a dead process ends; null at the end. */
  due_at: string | null;
}

export type DifferenceKind =
  'changed_winner' | 'newly_assigned' | 'newly_unassigned' | 'changed_reason';

/** A lead that went another way in a backtest. */
export interface BacktestDifferencesTable {
  backtest_id: string;
  run: number;
  /** The lead's place in the order of arrival, from 1. */
  position: number;
  lead_id: string;
  arrived_at: string;
  kind: DifferenceKind;
  baseline_status: string;
  baseline_order_id: string | null;
  baseline_reason_code: string | null;
  proposed_status: string;
  proposed_order_id: string | null;
  proposed_reason_code: string | null;
}
