import { z } from 'zod';

import {
  flag,
  instant,
  integer,
  loanBound,
  parseAmount,
  text,
  withoutBlanks,
} from '../core/fields.js';
import type { RoutingOrder } from './engine/index.js';

export const MAX_ORDERS = 10_000;
/** A number of leads. */
export const count = integer(0, 1_000_000_000);

const lead = z.object({
  vertical: text(100).optional(),
  credit_score: integer(300, 850).optional(),
  funding_amount: z.unknown().transform(parseAmount).optional(),
});

/** One order that is sent along. */
export const inlineOrderSchema = z.object({
  id: text(255),
  status: z.enum(['active', 'paused', 'completed', 'cancelled']).default('active'),
  broker_status: z.enum(['active', 'paused']).default('active'),
  verticals: z.array(text(100), { error: 'must be a list of texts' }).min(1).max(100),
  credit_score_min: integer(300, 850).optional(),
  loan_min: loanBound.optional(),
  loan_max: loanBound.optional(),
  total_leads: integer(1, 1_000_000_000),
  leads_delivered: count.default(0),
  leads_remaining: count.optional(),
  bonus_mode: flag.default(false),
  priority: z.enum(['normal', 'high']).default('normal'),
  last_assigned_at: instant.optional(),
});

export const blankIsAbsent = <T extends z.ZodType>(schema: T) =>
  z.preprocess(withoutBlanks, schema);

export const simulateSchema = z.object({
  lead: blankIsAbsent(lead),
  orders: z
    .array(blankIsAbsent(inlineOrderSchema))
    .max(MAX_ORDERS)
    .refine((orders) => new Set(orders.map(({ id }) => id)).size === orders.length, {
      message: 'must not name an id twice',
    })
    .optional(),
  at: instant.optional(),
});

export type SimulateInput = z.output<typeof simulateSchema>;

/** An inline order as the engine takes it. */
export function inlineOrder(input: z.output<typeof inlineOrderSchema>): RoutingOrder {
  return {
    id: input.id,
    status: input.status,
    broker_status: input.broker_status,
    verticals: input.verticals,
    total_leads: input.total_leads,
    leads_delivered: input.leads_delivered,
    bonus_mode: input.bonus_mode,
    priority: input.priority,
    credit_score_min: input.credit_score_min ?? null,
    loan_min: input.loan_min ?? null,
    loan_max: input.loan_max ?? null,
    leads_remaining:
      input.leads_remaining ?? Math.max(0, input.total_leads - input.leads_delivered),
    last_assigned_at: input.last_assigned_at ?? null,
  };
}

const gateValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]);

export const consideredSchema = z.object({
  order_id: z.string(),
  eligible: z.boolean(),
  reason: z.string().nullable(),
  failed_filters: z.array(z.string()),
  score: z.object({
    credit_fit: z.number(),
    capacity: z.number(),
    tier_match: z.number(),
    loan_fit: z.number(),
    priority_bonus: z.number(),
    urgency_bonus: z.number(),
    total: z.number(),
  }),
  fill_rate: z.number(),
  selected: z.boolean(),
  to_win: z
    .object({
      gates: z.array(z.object({ code: z.string(), have: gateValue, need: gateValue })),
      points_short: z.number(),
      tie_break: z.string().nullable(),
      single_change: z.object({ field: z.string(), to: gateValue }).nullable(),
    })
    .nullable(),
});

export const simulationSchema = z.object({
  preflight: z.object({ passed: z.boolean(), reason: z.string().nullable() }),
  decision: z.object({
    status: z.enum(['assigned', 'unassigned', 'rejected']),
    order_id: z.string().nullable(),
    reason_code: z.string().nullable(),
  }),
  considered: z.array(consideredSchema),
});
