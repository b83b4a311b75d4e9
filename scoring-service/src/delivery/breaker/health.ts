import type { BreakerState } from './breaker.js';

export type BrokerHealth = 'green' | 'yellow' | 'red';

export interface RecentDeliveries {
  breaker: BreakerState['phase'];
  /** Failed attempts since the last success. */
  consecutive_failures: number;
  /** Failed attempts within the last 24 hours. */
  failures_24h: number;
}

/** One failure is an incident; this many in a row are a broker that does not receive. */
export const RED_AFTER_FAILURES = 3;

/**
 * The light beside a broker: red while the breaker is not closed or failures follow one another,
 * yellow when something failed within 24 hours, green when all was sent (or nothing was due).
 */
export function brokerHealth(recent: RecentDeliveries): BrokerHealth {
  if (recent.breaker !== 'closed' || recent.consecutive_failures >= RED_AFTER_FAILURES)
    return 'red';
  return recent.failures_24h > 0 || recent.consecutive_failures > 0 ? 'yellow' : 'green';
}
