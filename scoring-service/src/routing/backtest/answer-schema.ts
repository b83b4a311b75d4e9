import { z } from 'zod';

const side = z.object({ assigned: z.number(), unassigned: z.number(), rejected: z.number() });
const reasons = z.record(z.string(), z.number());
const orderType = z.enum(['one_time', 'monthly']);

export const DIFFERENCE_KINDS = [
  'changed_winner',
  'newly_assigned',
  'newly_unassigned',
  'changed_reason',
] as const;

/** What cannot be known from stored leads; part of every answer. */
export const LIMITS = [
  'What brokers would have accepted or returned cannot be replayed: a lead counts as delivered when it is assigned.',
  'What people did by hand (assignments, moves, pauses and edits of orders) is not replayed: the sets of orders stay as they are given.',
  'Leads that were already waiting when the range begins are not part of it.',
] as const;

const fill = z.object({
  order_id: z.string(),
  name: z.string().nullable(),
  broker_id: z.string().nullable(),
  order_type: orderType,
  total_leads: z.number(),
  assigned: z.number(),
  start_delivered: z.number(),
  leads_delivered: z.number(),
  leads_remaining: z.number(),
  fill_rate: z.number(),
  status: z.enum(['active', 'paused', 'completed', 'cancelled']),
  resets: z.number(),
  first_completed_at: z.string().nullable(),
});

const result = z.object({
  leads: z.number(),
  totals: z.object({ baseline: side, proposed: side }),
  reasons: z.object({ baseline: reasons, proposed: reasons }),
  differences: z.object({
    total: z.number(),
    changed_winner: z.number(),
    newly_assigned: z.number(),
    newly_unassigned: z.number(),
    changed_reason: z.number(),
  }),
  orders: z.array(
    z.object({
      order_id: z.string(),
      name: z.string().nullable(),
      broker_id: z.string().nullable(),
      baseline_assigned: z.number(),
      proposed_assigned: z.number(),
      baseline: fill.nullable(),
      proposed: fill.nullable(),
    }),
  ),
});

/** What was asked, with its defaults, without the lists. */
export const requestSchema = z.object({
  from: z.string(),
  to: z.string(),
  start: z.enum(['history', 'zero', 'current']),
  compare_with: z.enum(['history', 'current_orders']),
  credit_floor: z.number(),
  counters: z.number(),
  orders: z.number().nullable(),
  changes: z.number(),
  /** The first of them, at most ten, so that a list can say what was asked. */
  first_changes: z.array(z.looseObject({ order_id: z.string() })),
  additions: z.number(),
});

export type BacktestRequest = z.output<typeof requestSchema>;

export const backtestJobSchema = z.object({
  id: z.string(),
  status: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  progress: z.object({
    leads_done: z.number(),
    leads_total: z.number().nullable(),
    /** From 0 to 1. */
    share: z.number(),
  }),
  request: requestSchema,
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  runs: z.number(),
  created_by: z.string(),
  created_at: z.string(),
  started_at: z.string().nullable(),
  ended_at: z.string().nullable(),
  expires_at: z.string().nullable(),
});

export const backtestSchemaWithResult = backtestJobSchema.extend({
  limits: z.array(z.string()),
  result: result.nullable(),
});

const outcome = z.object({
  status: z.enum(['assigned', 'unassigned', 'rejected']),
  order_id: z.string().nullable(),
  reason_code: z.string().nullable(),
});

export const differenceSchema = z.object({
  position: z.number(),
  lead_id: z.string(),
  arrived_at: z.string(),
  kind: z.enum(DIFFERENCE_KINDS),
  baseline: outcome,
  proposed: outcome,
});

export type BacktestJob = z.output<typeof backtestJobSchema>;
export type BacktestWithResult = z.output<typeof backtestSchemaWithResult>;
