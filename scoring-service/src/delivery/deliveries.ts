import type { Runtime } from '../core/clock.js';
import type { Log } from '../core/log.js';
import type { Store } from '../db/store.js';
import type { BrokersTable } from '../db/tables/orders.js';
import type { Unit } from '../db/unit.js';
import { createRunner, type Runner } from '../jobs/runner.js';
import type { DeliveryPlanner } from '../routing/assignment/ports.js';
import type { DeliveryActionDeps } from './actions/deps.js';
import { dispatchDeliveries } from './actions/dispatch.js';
import { reconsiderQueued } from './actions/reconsider.js';
import { testWebhook } from './actions/test-webhook.js';
import { DEFAULT_BREAKER_OPTIONS, type BreakerOptions } from './breaker/breaker.js';
import { createChannels } from './channels/index.js';
import type { Attempt } from './delivery-schema.js';
import type { Cidr } from './egress/allow-list.js';
import { createGuardedAgent, type GuardedAgentOptions } from './egress/guarded-agent.js';
import { checkUrl, type EgressPolicy } from './egress/policy.js';
import { createGate } from './gate.js';
import type { DeliveryMetrics } from './metrics.js';
import { createDeliveryPlanner } from './plan.js';
import { createWaiting } from './settled.js';
import { brokersDueQuery } from './worker/due.js';
import { createDeliverySource } from './worker/source.js';

export interface DeliveriesOptions {
  store: Store;
  runtime: Runtime;
  log: Log;
  version: string;
  metrics: DeliveryMetrics;
  /** Networks that brokers' URLs may lie in though they are not public. */
  allow: readonly Cidr[];
  retryDelaysMs: readonly number[];
  timeoutMs: number;
  leaseMs: number;
  concurrency: number;
  perBroker: number;
  failingAlertMs: number;
  breaker?: BreakerOptions;
  /** Pauses the orders of a broker that has failed for long; null when that is not wanted. */
  pauseOrders: ((brokerId: string) => Promise<void>) | null;
  /** Instead of the system's name resolution. */
  agent?: GuardedAgentOptions;
}

/** Everything of deliveries that the rest of the service uses. */
export interface Deliveries {
  planner: DeliveryPlanner;
  actions: DeliveryActionDeps;
  runner: Runner;
  /** Why a broker's URL is refused, or null: an early answer, the rest is judged when connecting. */
  urlProblem(url: string): string | null;
  /** Looks at a broker's queued deliveries anew, in the unit that changed the broker. */
  reachChanged(broker: BrokersTable, at: number): Unit<void>;
  /** Hands deliveries over now and waits for the attempts, at most `waitMs`. */
  dispatch(ids: readonly string[], waitMs: number): Promise<void>;
  testWebhook(brokerId: string): Promise<Attempt & { webhook_id: string }>;
  start(): void;
  /** Answers whoever waits. */
  drain(): void;
  stop(): Promise<void>;
}

/** Puts the parts of delivery together. */
export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { store, runtime, log, version } = options;
  const policy: EgressPolicy = { mode: 'strict', allow: options.allow };
  const agent = createGuardedAgent(policy, {
    connectTimeoutMs: options.timeoutMs,
    ...options.agent,
  });
  const channels = createChannels({ agent, version, timeoutMs: options.timeoutMs });
  const gate = createGate();
  const actions: DeliveryActionDeps = { store, runtime, gate };
  const waiting = createWaiting(store);
  const source = createDeliverySource({
    store,
    runtime,
    log,
    gate,
    metrics: options.metrics,
    channels,
    options: {
      concurrency: options.concurrency,
      perBroker: options.perBroker,
      retryDelaysMs: options.retryDelaysMs,
      breaker: options.breaker ?? { ...DEFAULT_BREAKER_OPTIONS, probeLeaseMs: options.leaseMs },
      failingAlertMs: options.failingAlertMs,
    },
    pauseOrders: options.pauseOrders,
    brokersDue: brokersDueQuery(store),
  });
  const runner = createRunner(
    source,
    { store, clock: runtime.clock, newId: runtime.newId, log },
    { concurrency: options.concurrency, leaseMs: options.leaseMs },
  );
  const webhook = channels.crm_webhook;
  if (webhook === undefined) throw new Error('There is no channel for webhooks.');

  return {
    planner: createDeliveryPlanner({ store, newId: runtime.newId, gate }),
    actions,
    runner,
    urlProblem(url) {
      const checked = checkUrl(url, policy);
      return checked.ok ? null : checked.message;
    },
    reachChanged: (broker, at) => reconsiderQueued(store, broker, at),
    async dispatch(ids, waitMs) {
      const dispatched = store.unit(() => dispatchDeliveries(actions, ids), { shared: true });
      // Now, not after the commit: where units share one, the claim of these rows is in it.
      runner.wake();
      await waiting.until(await dispatched, waitMs);
    },
    testWebhook: (brokerId) => testWebhook(actions, webhook, brokerId),
    start() {
      waiting.start();
      runner.start();
    },
    drain: () => waiting.stop(),
    async stop() {
      waiting.stop();
      await runner.stop();
      await agent.destroy();
    },
  };
}
