import { z } from 'zod';

export const DELIVERY_STATUSES = [
  'pending',
  'queued',
  'held',
  'sent',
  'failed',
  'cancelled',
] as const;

export const attemptSchema = z.object({
  at: z.string(),
  duration_ms: z.number(),
  http_status: z.number().nullable(),
  outcome: z.string().describe('`sent`, or the class of the error.'),
  error_detail: z.string().nullable(),
  // A CRM may answer with what it was sent.
  response_excerpt: z
    .string()
    .nullable()
    .meta({ pii: true, description: 'The start of the response, as text.' }),
});

export type Attempt = z.output<typeof attemptSchema>;

export const deliverySchema = z.object({
  id: z.string(),
  lead_id: z.string(),
  broker_id: z.string(),
  order_id: z.string(),
  channel: z.string(),
  status: z.enum(DELIVERY_STATUSES),
  reason_code: z.string().nullable(),
  release_at: z.string().nullable(),
  next_attempt_at: z.string().nullable(),
  attempts: z.array(attemptSchema),
  sent_at: z.string().nullable(),
  failed_at: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});

export type Delivery = z.output<typeof deliverySchema>;

export const brokerHealthSchema = z.object({
  broker_id: z.string(),
  health: z
    .enum(['green', 'yellow', 'red'])
    .describe(
      'green: all recent ones sent; yellow: some failed within 24 h; red: it does not receive.',
    ),
  breaker: z.enum(['closed', 'open', 'half_open']),
  consecutive_failures: z.number(),
  failures_24h: z.number(),
  failing_since: z.string().nullable(),
  retry_at: z.string().nullable().describe('When an open breaker lets the next attempt through.'),
  deliveries_paused: z.boolean(),
  all_deliveries_paused: z.boolean(),
  waiting: z.object({ pending: z.number(), queued: z.number(), held: z.number() }),
});

export type BrokerHealthReport = z.output<typeof brokerHealthSchema>;
