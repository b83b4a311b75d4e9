import type { Express } from 'express';

import { createAuthenticator } from './access/api-keys.js';
import { forgetOldSessions } from './access/sessions.js';
import { AppError } from './core/errors.js';
import { errorFields } from './core/log.js';
import { repeat } from './core/repeat.js';
import { createDashboard } from './dashboard/dashboard.js';
import { createDistribution, type DistributionOptions } from './distribution.js';
import { createFollowUp } from './follow-up.js';
import { createApp } from './http/app.js';
import { forgetOldClaims } from './http/idempotency.js';
import { backtestRoutes } from './http/routers/backtests.js';
import { brokerDeliveryRoutes } from './http/routers/broker-deliveries.js';
import { brokerRoutes } from './http/routers/brokers.js';
import { deliveryRoutes } from './http/routers/deliveries.js';
import { eventRoutes } from './http/routers/events.js';
import { intakeRoutes } from './http/routers/intake.js';
import { leadResponseRoutes } from './http/routers/lead-response.js';
import { leadRoutes } from './http/routers/leads.js';
import { orderRoutes } from './http/routers/orders.js';
import { privacyRoutes } from './http/routers/privacy.js';
import { routingRoutes } from './http/routers/routing.js';
import { systemRoutes } from './http/routers/system.js';
import { createMetrics } from './metrics/metrics.js';
import { applyDueResets } from './orders/monthly-reset.js';
import { createRetention, type Kept } from './privacy/retention.js';
import { createBacktests } from './routing/backtest/backtests.js';
import { replayRules } from './routing/backtest/replay-rules.js';
import { createThreads, type RunInThread } from './routing/backtest/thread.js';
import type { Settings } from './settings/settings.js';
import { createSubscriptions } from './subscriptions/subscriptions.js';

export interface ServiceOptions extends Omit<DistributionOptions, 'metrics'> {
  /** Refused requests that one address may make in a minute. */
  failuresPerMinute?: number;
  /** How long one request to Twilio may take, milliseconds. */
  textTimeoutMs?: number;
  /** How backtests run beside the main thread, when not from the compiled service. */
  runBacktest?: RunInThread;
}

export interface Service {
  app: Express;
  /** Reads thresholds; sees that the default business is as the environment says. Before requests. */
  prepare(): Promise<void>;
  /** Starts what runs beside requests. */
  start(): void;
  /** Makes /readyz answer 503, so that a load balancer sends nothing more. */
  drain(): void;
  /** Ends what runs beside requests; the store stays open. */
  stop(): Promise<void>;
  /** Resolves when no retry of waiting leads runs or is due. */
  retriesIdle(): Promise<void>;
  /** Resolves when no delivery is being attempted and none that was looked for is due. */
  deliveriesIdle(): Promise<void>;
  /** Looks for due deliveries now, whether the worker was started or not; resolves when idle. */
  deliverDue(): Promise<void>;
  /** Resolves when no event is being handed on and none that was looked for is due. */
  handOnsIdle(): Promise<void>;
  /** Hands on events that are due, whether the worker was started or not; resolves when idle. */
  handOnDue(): Promise<void>;
  /** Sends due messages now, whether the worker was started or not; resolves when idle. */
  sendDue(): Promise<void>;
  /** Takes the escalation steps that are due. */
  escalateDue(): Promise<void>;
  /** Probes the providers that are due. */
  probeDue(): Promise<void>;
  /** Qualifies what is due now, whether the worker was started or not; resolves when idle. */
  qualifyDue(): Promise<void>;
  /** Resolves when nothing is being qualified and nothing that was looked for is due. */
  qualificationsIdle(): Promise<void>;
  /** Puts the review requests that are due into the outbox. */
  askForReviews(): Promise<void>;
  /** Forgets events older than they are kept. */
  forgetOldEvents(): Promise<void>;
  /** Does away with leads' personal data, routing logs and activity older than they are kept. */
  applyRetention(): Promise<void>;
  /** Runs waiting backtests now, whether the worker was started or not; resolves when idle. */
  backtest(): Promise<void>;
  /** Forgets backtests older than they are kept. */
  forgetOldBacktests(): Promise<void>;
  /** Starts new months that are due; the number of orders reset. */
  resetDueOrders(): Promise<number>;
}

const RESET_CHECK_MS = 60_000;
const FORGET_CLAIMS_MS = 3_600_000;
const FORGET_EVENTS_MS = 3_600_000;
const RETENTION_MS = 6 * 3_600_000;
const FORGET_BACKTESTS_MS = 3_600_000;

function keptBy(settings: Settings): Kept {
  const inMs = (days: number | undefined): number | null =>
    days === undefined ? null : days * 86_400_000;
  return {
    leads: inMs(settings.LEADS_RETENTION_DAYS),
    routingLogs: inMs(settings.ROUTING_LOGS_RETENTION_DAYS),
    activity: inMs(settings.ACTIVITY_RETENTION_DAYS),
  };
}

/** The composition root: knows every module, and nothing else does. */
export function createService(options: ServiceOptions): Service {
  const { store, settings, runtime, log } = options;
  const metrics = createMetrics();
  const { periods, rules, thresholds, deliveries, routing, retry, orders, intake } =
    createDistribution({ ...options, metrics: metrics.deliveries });
  const capacityChanged = (): void => retry.kick();
  const subscriptions = createSubscriptions({
    store,
    runtime,
    log,
    version: options.version,
    metrics: metrics.handOns,
    allow: settings.EGRESS_ALLOW_CIDRS,
    retryDelaysMs: settings.DELIVERY_RETRY_DELAYS,
    timeoutMs: settings.DELIVERY_TIMEOUT_SECONDS * 1000,
    leaseMs: settings.DELIVERY_LEASE_SECONDS * 1000,
    keptMs: settings.EVENTS_RETENTION_DAYS * 86_400_000,
    agent: options.deliveryAgent,
  });
  const backtests = createBacktests({
    store,
    runtime,
    log,
    rules,
    replay: () => replayRules(settings, thresholds.current()),
    runInThread: options.runBacktest ?? createThreads(settings.database),
  });
  const followUp = createFollowUp({
    store,
    runtime,
    log,
    settings,
    metrics: metrics.qualification,
    textTimeoutMs: options.textTimeoutMs,
    thresholds: () => thresholds.current(),
  });
  const { response } = followUp;
  const authenticator = createAuthenticator(store, runtime, {
    adminKey: settings.LEADLOOP_ADMIN_KEY,
    onFailure: (error) => log.warn('the last use of a key was not kept', errorFields(error)),
  });

  const privacy = { store, runtime, log, defaultRegion: settings.DEFAULT_REGION };
  const retention = createRetention(privacy, keptBy(settings));

  let draining = false;
  const app = createApp({
    store,
    runtime,
    log,
    authenticator,
    version: options.version,
    trustProxy: settings.TRUST_PROXY,
    failuresPerMinute: options.failuresPerMinute,
    metrics: () => metrics.text(),
    pages: (document) =>
      createDashboard({
        store,
        runtime,
        log,
        settings,
        orders,
        routing,
        deliveries,
        intake,
        subscriptions,
        response,
        appointments: followUp.appointments,
        thresholds,
        backtests,
        authenticator,
        version: options.version,
        document,
      }),
    ready: async () => {
      if (draining) throw new AppError('stopping', 503, 'The service is stopping.');
      await store.ping();
    },
    routes: [
      ...intakeRoutes({
        routing,
        runtime,
        intake,
        defaultRegion: settings.DEFAULT_REGION,
        rerouteOnUpdate: settings.REROUTE_ON_UPDATE,
        capacityChanged,
      }),
      ...leadRoutes({ routing, capacityChanged }),
      ...brokerRoutes(orders),
      ...brokerDeliveryRoutes({ store, orders, deliveries }),
      ...deliveryRoutes({ store, deliveries }),
      ...eventRoutes({ store, runtime, subscriptions }),
      ...orderRoutes(orders),
      ...leadResponseRoutes(response, intake, settings),
      ...followUp.routes,
      ...privacyRoutes(privacy),
      ...routingRoutes({ store, runtime, periods, rules }),
      ...backtestRoutes({ store, backtests }),
      ...systemRoutes({ store, runtime, authenticator, version: options.version }),
    ],
  });

  const resetDueOrders = async (): Promise<number> => {
    const count = await store.unit(() => applyDueResets({ store, runtime, periods }), {
      lock: 'routing',
    });
    if (count > 0) capacityChanged();
    return count;
  };
  const repeated: { stop: () => Promise<void> }[] = [];

  return {
    app: app.handler,
    resetDueOrders,
    retriesIdle: () => retry.idle(),
    deliveriesIdle: () => deliveries.runner.idle(),
    deliverDue: () => deliveries.runner.tick(),
    handOnDue: () => subscriptions.runner.tick(),
    handOnsIdle: () => subscriptions.runner.idle(),
    forgetOldEvents: () => subscriptions.forget(),
    applyRetention: () => retention.apply(),
    backtest: () => backtests.runner.tick(),
    forgetOldBacktests: () => backtests.forget(),
    async prepare() {
      await thresholds.load();
      await response.prepare();
    },
    sendDue: () => response.runners.messages.tick(),
    escalateDue: () => response.runners.escalations.tick(),
    probeDue: () => response.runners.probes.tick(),
    qualifyDue: () => followUp.runners.qualification.tick(),
    qualificationsIdle: () => followUp.runners.qualification.idle(),
    askForReviews: () => followUp.runners.reviews.tick(),
    start() {
      thresholds.start();
      deliveries.start();
      subscriptions.start();
      followUp.start();
      backtests.start();
      repeated.push(
        repeat('monthly reset', RESET_CHECK_MS, resetDueOrders, log),
        repeat(
          'forgetting idempotency keys',
          FORGET_CLAIMS_MS,
          () => forgetOldClaims(store, runtime.clock),
          log,
        ),
        repeat(
          'forgetting sessions',
          FORGET_CLAIMS_MS,
          () => forgetOldSessions(store, runtime.clock),
          log,
        ),
        repeat('forgetting old events', FORGET_EVENTS_MS, () => subscriptions.forget(), log),
        repeat('removing what is too old', RETENTION_MS, () => retention.apply(), log, {
          now: true,
        }),
        repeat('forgetting old backtests', FORGET_BACKTESTS_MS, () => backtests.forget(), log),
      );
      // What a stop cut off: months that began meanwhile, sweeps that did not end.
      resetDueOrders().catch((error: unknown) =>
        log.warn('monthly reset failed', errorFields(error)),
      );
      retry.kick();
    },
    drain() {
      draining = true;
      deliveries.drain();
    },
    async stop() {
      draining = true;
      await Promise.all([
        ...repeated.map((task) => task.stop()),
        deliveries.stop(),
        subscriptions.stop(),
        followUp.stop(),
        backtests.stop(),
      ]);
      thresholds.stop();
      await retry.stop();
      app.stop();
    },
  };
}
