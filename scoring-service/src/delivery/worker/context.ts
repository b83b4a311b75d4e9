import type { CompiledQuery } from 'kysely';

import type { Runtime } from '../../core/clock.js';
import type { Log } from '../../core/log.js';
import type { Store } from '../../db/store.js';
import type { BreakerOptions } from '../breaker/breaker.js';
import type { Gate } from '../gate.js';
import type { DeliveryMetrics } from '../metrics.js';
import type { Channel } from '../channels/channel.js';
import type { BrokerDue } from './due.js';

export interface DeliveryOptions {
  /** Attempts under way at once, overall and to one broker. */
  concurrency: number;
  perBroker: number;
  retryDelaysMs: readonly number[];
  breaker: BreakerOptions;
  /** How long a broker must have failed without a break until that is announced. */
  failingAlertMs: number;
}

/** What the worker's parts share. */
export interface WorkerContext {
  store: Store;
  runtime: Runtime;
  log: Log;
  gate: Gate;
  metrics: DeliveryMetrics;
  channels: Readonly<Record<string, Channel>>;
  options: DeliveryOptions;
  /** Pauses the orders of a broker that has failed for long; null when that is not wanted. */
  pauseOrders: ((brokerId: string) => Promise<void>) | null;
  brokersDue: CompiledQuery<BrokerDue>;
}
