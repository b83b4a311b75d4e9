import { z } from 'zod';

import { parseAllowCidrs } from '../delivery/egress/allow-list.js';
import { DEFAULT_RETRY_DELAYS_MS, retryDelaysSchema } from '../delivery/retry/schedule.js';
import { flag, number } from './kinds.js';

const allowCidrs = z
  .string()
  .default('')
  .transform((text, context) => {
    const parsed = parseAllowCidrs(text);
    if (parsed.ok) return parsed.cidrs;
    for (const message of parsed.messages) context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

/** Seconds before each attempt, separated by commas. */
const retryDelays = z
  .string()
  .default(DEFAULT_RETRY_DELAYS_MS.map((ms) => ms / 1000).join(','))
  .transform((text, context) => {
    const delays = text.split(',').map((part) => Math.round(Number(part.trim() || NaN) * 1000));
    const parsed = retryDelaysSchema.safeParse(delays);
    if (parsed.success) return parsed.data;
    context.addIssue({
      code: 'custom',
      message: 'must be 1 to 50 delays in seconds with commas between, such as 0,5,300',
    });
    return z.NEVER;
  });

/** How leads are handed over. */
export const deliverySettings = {
  EGRESS_ALLOW_CIDRS: allowCidrs,
  DELIVERY_RETRY_DELAYS: retryDelays,
  DELIVERY_TIMEOUT_SECONDS: number(15, { min: 0.1, max: 60 }),
  DELIVERY_LEASE_SECONDS: number(60, { min: 1, max: 600 }),
  DELIVERY_CONCURRENCY: number(256, { min: 1, max: 2000, integer: true }),
  DELIVERY_BROKER_CONCURRENCY: number(16, { min: 1, max: 500, integer: true }),
  DELIVERY_FAILING_ALERT_HOURS: number(120, { min: 0, max: 8760 }),
  DELIVERY_PAUSE_FAILING_ORDERS: flag(false),
};

/** What of them contradicts each other, or null. */
export function deliverySettingsProblem(settings: {
  DELIVERY_TIMEOUT_SECONDS: number;
  DELIVERY_LEASE_SECONDS: number;
}): string | null {
  // A claim is never renewed: a lease that an attempt outlives would let two of them overlap.
  return settings.DELIVERY_LEASE_SECONDS < settings.DELIVERY_TIMEOUT_SECONDS * 2
    ? 'DELIVERY_LEASE_SECONDS: must be at least twice DELIVERY_TIMEOUT_SECONDS'
    : null;
}
