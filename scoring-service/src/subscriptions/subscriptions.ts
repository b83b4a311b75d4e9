import type { Runtime } from '../core/clock.js';
import type { Log } from '../core/log.js';
import type { Store } from '../db/store.js';
import { DEFAULT_BREAKER_OPTIONS } from '../delivery/breaker/breaker.js';
import { crmWebhook } from '../delivery/channels/crm-webhook.js';
import type { Cidr } from '../delivery/egress/allow-list.js';
import { createGuardedAgent, type GuardedAgentOptions } from '../delivery/egress/guarded-agent.js';
import { checkUrl, type EgressPolicy } from '../delivery/egress/policy.js';
import { createRunner, type Runner } from '../jobs/runner.js';
import { forgetOldEvents } from './housekeeping.js';
import type { HandOnMetrics } from './metrics.js';
import { createHandOnSource } from './worker/source.js';

export interface SubscriptionsOptions {
  store: Store;
  runtime: Runtime;
  log: Log;
  version: string;
  metrics: HandOnMetrics;
  /** Networks that are exempt from the rules for addresses. */
  allow: readonly Cidr[];
  retryDelaysMs: readonly number[];
  timeoutMs: number;
  leaseMs: number;
  /** How long events are kept. */
  keptMs: number;
  /** Attempts under way at once, overall and to one subscription. */
  concurrency?: number;
  perSubscription?: number;
  /** Instead of the system's name resolution. */
  agent?: GuardedAgentOptions;
}

/** Everything of subscriptions that the rest of the service uses. */
export interface Subscriptions {
  runner: Runner;
  /** Why a URL is refused, or null: an early answer, the rest is judged when connecting. */
  urlProblem(url: string): string | null;
  /** Forgets what is older than events are kept. */
  forget(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

/** A slow receiver holds this many slots at most, so that several of them leave some to others. */
const PER_SUBSCRIPTION = 8;
const CONCURRENCY = 64;

/** Puts the parts of handing events on together. */
export function createSubscriptions(options: SubscriptionsOptions): Subscriptions {
  const { store, runtime, log, version, timeoutMs, leaseMs } = options;
  const policy: EgressPolicy = { mode: 'subscriptions', allow: options.allow };
  const agent = createGuardedAgent(policy, { connectTimeoutMs: timeoutMs, ...options.agent });
  const source = createHandOnSource({
    store,
    runtime,
    log,
    metrics: options.metrics,
    webhook: crmWebhook({ agent, version, timeoutMs }),
    options: {
      perSubscription: options.perSubscription ?? PER_SUBSCRIPTION,
      retryDelaysMs: options.retryDelaysMs,
      breaker: { ...DEFAULT_BREAKER_OPTIONS, probeLeaseMs: leaseMs },
    },
  });
  const runner = createRunner(
    source,
    { store, clock: runtime.clock, newId: runtime.newId, log },
    { concurrency: options.concurrency ?? CONCURRENCY, leaseMs },
  );

  return {
    runner,
    urlProblem(url) {
      const checked = checkUrl(url, policy);
      return checked.ok ? null : checked.message;
    },
    forget: () => forgetOldEvents({ store, runtime }, options.keptMs),
    start: () => runner.start(),
    async stop() {
      await runner.stop();
      await agent.destroy();
    },
  };
}
