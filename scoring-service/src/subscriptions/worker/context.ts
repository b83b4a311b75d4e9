import type { Runtime } from '../../core/clock.js';
import type { Log } from '../../core/log.js';
import type { Store } from '../../db/store.js';
import type { BreakerOptions } from '../../delivery/breaker/breaker.js';
import type { Channel } from '../../delivery/channels/channel.js';
import type { HandOnMetrics } from '../metrics.js';
import type { Passed } from './passed.js';

/** What the worker's parts share. */
export interface HandOnContext {
  store: Store;
  runtime: Runtime;
  log: Log;
  metrics: HandOnMetrics;
  webhook: Channel;
  passed: Passed;
  options: {
    /** Attempts under way at once to one subscription. */
    perSubscription: number;
    retryDelaysMs: readonly number[];
    breaker: BreakerOptions;
  };
}
