import { z } from 'zod';

import type { SubscriptionsTable } from '../db/tables/subscriptions.js';
import { EVENT_TYPES, type EventType } from '../events/events.js';

export const SUBSCRIPTION_STATUSES = ['active', 'ended'] as const;
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number];

export const eventType = z.enum(EVENT_TYPES, {
  error: `must be one of ${EVENT_TYPES.join(', ')}`,
});

/** A subscription as the API shows it; never its secret. */
export const subscriptionSchema = z.object({
  id: z.string(),
  url: z.string(),
  events: z.array(eventType),
  status: z.enum(SUBSCRIPTION_STATUSES),
  end_reason: z
    .enum(['gone', 'test_url_expired'])
    .nullable()
    .describe('Why it ended: its receiver answered 410, or it was for a test URL.'),
  expires_at: z.string().nullable().describe('When it ends by itself.'),
  failing_since: z.string().nullable().describe('The first failure since the last success.'),
  last_failure: z.string().nullable().describe('How the newest attempt failed, while it fails.'),
  paused_at: z.string().nullable().describe('Since when it waits, because somebody paused it.'),
  last_success_at: z
    .string()
    .nullable()
    .describe('When its receiver last took an event, to within ten seconds.'),
  created_at: z.string(),
});

export type Subscription = z.output<typeof subscriptionSchema>;

export const createSubscriptionSchema = z.strictObject({
  url: z.string({ error: 'must be text' }).trim(),
  events: z
    .array(eventType, { error: 'must be a list of event types' })
    .min(1, 'must name at least one event type')
    .max(100, 'must name at most 100 event types')
    .transform((types) => [...new Set(types)])
    .describe('The types of event that are posted to the URL.'),
});

export type NewSubscription = z.output<typeof createSubscriptionSchema>;

type Life = Pick<SubscriptionsTable, 'ended_at' | 'expires_at'>;

/** Whether time is up for a subscription that nobody has ended. */
export function hasExpired({ ended_at, expires_at }: Life, now: string): boolean {
  return ended_at === null && expires_at !== null && expires_at <= now;
}

/** A row as the API shows it; a test URL's subscription ends on time whether a worker runs or not. */
export function toSubscription(row: SubscriptionsTable, now: string): Subscription {
  const expired = hasExpired(row, now);
  return {
    id: row.id,
    url: row.url,
    events: JSON.parse(row.events) as EventType[],
    status: expired || row.ended_at !== null ? 'ended' : 'active',
    end_reason: expired ? 'test_url_expired' : row.end_reason,
    expires_at: row.expires_at,
    failing_since: row.failing_since,
    last_failure: row.last_failure,
    paused_at: row.paused_at,
    last_success_at: row.last_success_at,
    created_at: row.created_at,
  };
}
