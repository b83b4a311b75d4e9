import { z } from 'zod';

import { clearable, flag, id, integer, loanBound, text } from '../core/fields.js';

const MAX_TOTAL = 1_000_000_000;
const MAX_VERTICALS = 100;

const verticals = z
  .array(text(100), { error: 'must be a list of texts' })
  .min(1, 'must name at least one vertical ("All" accepts every lead)')
  .max(MAX_VERTICALS, `must name at most ${MAX_VERTICALS} verticals`);

const fields = {
  name: text(200),
  verticals,
  credit_score_min: integer(300, 850),
  loan_min: loanBound,
  loan_max: loanBound,
  total_leads: integer(1, MAX_TOTAL),
  bonus_mode: flag,
  priority: z.enum(['normal', 'high'], { error: 'must be normal or high' }),
};

export const createOrderSchema = z.strictObject({
  broker_id: id,
  name: fields.name,
  status: z.enum(['active', 'paused'], { error: 'must be active or paused' }).default('active'),
  order_type: z
    .enum(['one_time', 'monthly'], { error: 'must be one_time or monthly' })
    .default('one_time'),
  verticals: fields.verticals,
  credit_score_min: fields.credit_score_min.optional(),
  loan_min: fields.loan_min.optional(),
  loan_max: fields.loan_max.optional(),
  total_leads: fields.total_leads,
  bonus_mode: fields.bonus_mode.default(false),
  priority: fields.priority.default('normal'),
});

/** Absent = unchanged; null or blank clears the credit minimum or a loan bound. */
export const updateOrderSchema = z.strictObject({
  version: integer(1, Number.MAX_SAFE_INTEGER),
  name: fields.name.optional(),
  verticals: fields.verticals.optional(),
  credit_score_min: clearable(fields.credit_score_min),
  loan_min: clearable(fields.loan_min),
  loan_max: clearable(fields.loan_max),
  total_leads: fields.total_leads.optional(),
  bonus_mode: fields.bonus_mode.optional(),
  priority: fields.priority.optional(),
});

export const orderSchema = z.object({
  id,
  broker_id: z.string(),
  name: z.string(),
  status: z.enum(['active', 'paused', 'completed', 'cancelled']),
  order_type: z.enum(['one_time', 'monthly']),
  verticals: z.array(z.string()),
  credit_score_min: z.number().nullable(),
  loan_min: z.number().nullable(),
  loan_max: z.number().nullable(),
  total_leads: z.number(),
  leads_delivered: z.number(),
  leads_remaining: z.number(),
  bonus_mode: z.boolean(),
  priority: z.enum(['normal', 'high']),
  period: z.string().nullable(),
  last_assigned_at: z.string().nullable(),
  completed_by: z.string().nullable(),
  version: z.number(),
  created_at: z.string(),
  updated_at: z.string(),
});

export type Order = z.output<typeof orderSchema>;
export type CreateOrder = z.output<typeof createOrderSchema>;
export type UpdateOrder = z.output<typeof updateOrderSchema>;

/** The rules that concern several fields; what is wrong, by field. */
export function orderProblems(order: {
  loan_min: number | null;
  loan_max: number | null;
  total_leads: number;
  leads_delivered: number;
  bonus_mode: boolean;
}): Record<string, string> {
  const problems: Record<string, string> = {};
  const { loan_min: min, loan_max: max } = order;
  if (min !== null && max !== null && min > 0 && max > 0 && min > max) {
    problems.loan_min = 'must not be above loan_max';
  }
  if (order.total_leads < order.leads_delivered && !order.bonus_mode) {
    problems.total_leads = `must not be below the ${order.leads_delivered} leads already delivered (unless bonus_mode is on)`;
  }
  return problems;
}
