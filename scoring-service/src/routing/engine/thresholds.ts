/** The numbers of the scoring rules that more than one file needs. */

/** Credit from here on is the upper tier. */
export const UPPER_TIER = 680;
/** Credit from here on (and under the upper tier) is the lower tier; a lower minimum is no gate. */
export const LOWER_TIER = 600;
/** The top of the credit scale. */
export const CREDIT_TOP = 850;
/** A fill rate above this is nearly done: urgent. */
export const NEARLY_FULL = 0.8;
/** A fill rate below this is barely begun. */
export const BARELY_BEGUN = 0.1;

/** 2 for the upper credit tier, 1 for the lower one, 0 for neither (or not known). */
export function creditTier(credit: number | null): 0 | 1 | 2 {
  if (credit === null || credit < LOWER_TIER) return 0;
  return credit < UPPER_TIER ? 1 : 2;
}

/** Delivered over total. An order without a positive total counts as full. */
export function fillRate(order: { leads_delivered: number; total_leads: number }): number {
  return order.total_leads > 0 ? order.leads_delivered / order.total_leads : 1;
}

/** The lower loan bound in force; null and 0 mean none. */
export function lowerLoanBound(order: { loan_min: number | null }): number {
  return order.loan_min !== null && order.loan_min > 0 ? order.loan_min : -Infinity;
}

/** The upper loan bound in force; null and 0 mean none. */
export function upperLoanBound(order: { loan_max: number | null }): number {
  return order.loan_max !== null && order.loan_max > 0 ? order.loan_max : Infinity;
}
