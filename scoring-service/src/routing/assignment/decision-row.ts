import { iso } from '../../core/clock.js';
import type { LeadsTable } from '../../db/tables/leads.js';
import type { DecisionsTable, DecisionTrigger } from '../../db/tables/routing.js';
import { SCORE_STRIDE, TOTAL_OFFSET, type Decision, type RoutingRules } from '../engine/index.js';
import type { LiveOrder } from './live-orders.js';
import { encodeRows } from './log-rows.js';
import type { Pool } from './pools.js';

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

/** The row of a decision, made before its assignment is recorded in the pool's book. */
export function decisionRow(
  lead: LeadsTable,
  decision: Decision,
  pool: Pool,
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
    considered_count: decision.considered,
    score: won === undefined ? null : totalOf(decision),
    set_id: decision.considered === 0 ? null : pool.setId,
    rows: encodeRows(decision, pool.book, decision.considered),
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
    considered_count: 0,
    score: null,
    set_id: null,
    rows: '[]',
  };
}
