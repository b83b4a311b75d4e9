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

/** What of a lead was routed, frozen with its decision. */
function inputsText(lead: LeadsTable, { credit_floor }: RoutingRules): string {
  return JSON.stringify({
    credit_score: lead.credit_score,
    funding_amount: lead.funding_amount,
    vertical: lead.vertical,
    credit_floor,
  });
}

/** The row of a decision, made before its assignment is recorded in the pool's book. */
export function decisionRow(
  lead: LeadsTable,
  decision: Decision,
  pool: Pool,
  won: LiveOrder | undefined,
  { id, at, trigger, rules }: RoutedWhen,
): DecisionsTable {
  return {
    id,
    lead_id: lead.id,
    at: iso(at),
    status: decision.status,
    order_id: won?.prepared.order.id ?? null,
    broker_id: won?.broker.id ?? null,
    reason_code: decision.reason_code,
    reason: decision.reason,
    trigger,
    considered_count: decision.considered,
    score: won === undefined ? null : totalOf(decision),
    set_id: decision.considered === 0 ? null : pool.setId,
    inputs: inputsText(lead, rules),
    rows: encodeRows(decision, pool.book, decision.considered),
  };
}

/** The row of a lead whose decision failed. */
export function failedRow(
  lead: LeadsTable,
  { id, at, trigger, rules }: RoutedWhen,
): DecisionsTable {
  return {
    id,
    lead_id: lead.id,
    at: iso(at),
    status: 'unassigned',
    order_id: null,
    broker_id: null,
    ...ASSIGNMENT_ERROR,
    trigger,
    considered_count: 0,
    score: null,
    set_id: null,
    inputs: inputsText(lead, rules),
    rows: '[]',
  };
}
