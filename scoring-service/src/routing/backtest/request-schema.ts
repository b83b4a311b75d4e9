import { z } from 'zod';

import { id, instant, integer, text } from '../../core/fields.js';
import { updateOrderSchema } from '../../orders/order-schema.js';
import { blankIsAbsent, count, inlineOrderSchema, MAX_ORDERS } from '../simulate-schema.js';

const order = inlineOrderSchema.extend({
  name: text(200).optional(),
  broker_id: text(255).optional(),
  order_type: z
    .enum(['one_time', 'monthly'], { error: 'must be one_time or monthly' })
    .default('one_time'),
  period: z
    .string({ error: 'must be text' })
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month such as 2026-03')
    .optional(),
  completed_by: z
    .enum(['system', 'person'], { error: 'must be system or person' })
    .default('system'),
});

/** Absent = unchanged; null clears the credit minimum or a loan bound. */
const change = updateOrderSchema
  .omit({ version: true, name: true })
  .extend({
    order_id: id,
    status: z.enum(['active', 'paused'], { error: 'must be active or paused' }).optional(),
    broker_status: z.enum(['active', 'paused'], { error: 'must be active or paused' }).optional(),
  })
  .refine(
    ({ order_id: _id, ...fields }) => Object.values(fields).some((value) => value !== undefined),
    'must change something',
  );

const counters = z.strictObject({
  order_id: id,
  leads_delivered: count,
  leads_remaining: count.optional(),
  last_assigned_at: instant.optional(),
});

/** A list in which no order is named twice. */
function eachOnce<T extends z.ZodType>(item: T, idOf: (item: z.output<T>) => string) {
  return z
    .array(item, { error: 'must be a list' })
    .max(MAX_ORDERS, `must hold at most ${MAX_ORDERS} orders`)
    .refine((items) => new Set(items.map(idOf)).size === items.length, {
      message: 'must not name an order twice',
    })
    .optional();
}

export const backtestSchema = z
  .strictObject({
    from: instant,
    to: instant.optional(),
    start: z
      .enum(['history', 'zero', 'current'], { error: 'must be history, zero or current' })
      .default('history'),
    counters: eachOnce(counters, (one) => one.order_id),
    compare_with: z
      .enum(['history', 'current_orders'], { error: 'must be history or current_orders' })
      .optional(),
    credit_floor: integer(300, 850).optional(),
    orders: eachOnce(blankIsAbsent(order), (one) => one.id),
    changes: eachOnce(change, (one) => one.order_id),
    additions: eachOnce(blankIsAbsent(order), (one) => one.id),
  })
  .check(({ value, issues }) => {
    const refuse = (field: keyof typeof value, message: string): void => {
      issues.push({ code: 'custom', path: [field], message, input: value[field] });
    };
    if (value.to !== undefined && value.to <= value.from) refuse('to', 'must be after from');
    if (value.orders === undefined) return;
    for (const field of ['changes', 'additions'] as const) {
      if (value[field] !== undefined) refuse(field, 'cannot be sent together with orders');
    }
    if (value.counters !== undefined && comparesWith(value) === 'history') {
      refuse('counters', 'has no effect: orders that are sent along state their own');
    }
  });

export type BacktestInput = z.output<typeof backtestSchema>;
export type InlineBacktestOrder = z.output<typeof order>;

/** Whether something else than the current orders is asked about. */
function proposes(input: Pick<BacktestInput, 'orders' | 'changes' | 'additions' | 'credit_floor'>) {
  return [input.orders, input.changes, input.additions, input.credit_floor].some(
    (part) => part !== undefined,
  );
}

/** With a proposal the question is what it changes; without one, how the past compares. */
export function comparesWith(
  input: Pick<BacktestInput, 'compare_with' | 'orders' | 'changes' | 'additions' | 'credit_floor'>,
): 'history' | 'current_orders' {
  return input.compare_with ?? (proposes(input) ? 'current_orders' : 'history');
}
