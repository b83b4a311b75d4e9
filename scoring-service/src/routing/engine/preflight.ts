import type { RoutingLead, RoutingRules } from './types.js';

/** Why a lead is rejected before any order is looked at. */
export type PreflightReason = 'credit_too_low' | 'invalid_loan_amount' | 'no_active_orders';

/** The outcome of the pre-flight check. */
export type Preflight = { passed: true; reason: null } | { passed: false; reason: PreflightReason };

const PASSED: Preflight = { passed: true, reason: null };

/** The checks before scoring; the first failure wins. An unknown credit score passes. */
export function preflight(
  lead: RoutingLead,
  hasActiveOrder: boolean,
  rules: RoutingRules,
): Preflight {
  if (lead.credit_score !== null && lead.credit_score < rules.credit_floor) {
    return { passed: false, reason: 'credit_too_low' };
  }
  // Written so that NaN fails too.
  if (lead.funding_amount === null || !(lead.funding_amount > 0)) {
    return { passed: false, reason: 'invalid_loan_amount' };
  }
  return hasActiveOrder ? PASSED : { passed: false, reason: 'no_active_orders' };
}
