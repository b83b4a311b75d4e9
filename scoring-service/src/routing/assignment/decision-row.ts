import { iso } from '../../core/clock.js';
import type { LeadsTable } from '../../db/tables/leads.js';
import type { DecisionsTable, DecisionTrigger } from '../../db/tables/routing.js';
import { SCORE_STRIDE, TOTAL_OFFSET, type Decision, type RoutingRules } from '../engine/index.js';
import type { LiveOrder } from './live-orders.js';
import { encodeRows } from './log-rows.js';
import type { Pool } from './pools.js';
import type { StoredStates } from './snapshots.js';

/** What is the same for every row about one lead's routing. */
export interface RoutedWhen {
  /** The row's. */
  id: string;
  at: number;
  trigger: DecisionTrigger;
  rules: RoutingRules;
}

/** Why a lead is unassigned when its decision or assignment threw. */
export const ASSIGNMENT_ERROR = {
  reason_code: 'assignment_error',
  reason: 'the assignment failed; the lead is kept and can be routed again',
} as const;

/** The winner's total; 0 when nobody won. */
export function totalOf(decision: Decision): number {
  return decision.scores[decision.winner * SCORE_STRIDE + TOTAL_OFFSET] ?? 0;
}

/** Which lead was routed when and why, and what of it, frozen with its decision. */
function routed(
  { id: lead_id, credit_score, funding_amount, vertical }: LeadsTable,
  { id, at, trigger, rules: { credit_floor } }: RoutedWhen,
): Pick<DecisionsTable, 'id' | 'lead_id' | 'at' | 'trigger' | 'inputs'> {
  const inputs = JSON.stringify({ credit_score, funding_amount, vertical, credit_floor });
  return { id, lead_id, at: iso(at), trigger, inputs };
}

/** No order was looked at. */
const NONE_CONSIDERED = {
  considered_count: 0,
  set_id: null,
  snapshot_id: null,
  changes: null,
  rows: '[]',
} as const;

/**
 * The row of a decision, made before its assignment is recorded in the pool's book.
 * @param states how the pool's orders stand
 */
export function decisionRow(
  lead: LeadsTable,
  decision: Decision,
  pool: Pool,
  states: () => StoredStates,
  won: LiveOrder | undefined,
  when: RoutedWhen,
): DecisionsTable {
  return {
    ...routed(lead, when),
    status: decision.status,
    order_id: won?.prepared.order.id ?? null,
    broker_id: won?.broker.id ?? null,
    reason_code: decision.reason_code,
    reason: decision.reason,
    score: won === undefined ? null : totalOf(decision),
    ...(decision.considered === 0
      ? NONE_CONSIDERED
      : {
          considered_count: decision.considered,
          set_id: pool.setId,
          ...states(),
          rows: encodeRows(decision, decision.considered),
        }),
  };
}

/** The row of a lead whose decision failed. */
export function failedRow(lead: LeadsTable, when: RoutedWhen): DecisionsTable {
  return {
    ...routed(lead, when),
    status: 'unassigned',
    order_id: null,
    broker_id: null,
    ...ASSIGNMENT_ERROR,
    score: null,
    ...NONE_CONSIDERED,
  };
}
