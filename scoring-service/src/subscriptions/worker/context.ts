import type { Runtime } from '../../core/clock.js';
import type { Log } from '../../core/log.js';
import type { Store } from '../../db/store.js';
import type { BreakerOptions } from '../../delivery/breaker/breaker.js';
import type { Channel } from '../../delivery/channels/channel.js';
import type { HandOnMetrics } from '../metrics.js';

/** What the worker's parts share. */
export interface HandOnContext {
  store: Store;
  runtime: Runtime;
  log: Log;
  metrics: HandOnMetrics;
  webhook: Channel;
  options: {
    /** Attempts under way at once to one subscription. */
    perSubscription: number;
    retryDelaysMs: readonly number[];
    breaker: BreakerOptions;
  };
}
