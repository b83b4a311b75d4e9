import type { Express } from 'express';

import { createAuthenticator } from './access/api-keys.js';
import type { Runtime } from './core/clock.js';
import { AppError } from './core/errors.js';
import { errorFields, type Log } from './core/log.js';
import { repeat } from './core/repeat.js';
import type { Store } from './db/store.js';
import { createDeliveryPlanner } from './delivery/plan.js';
import { createApp } from './http/app.js';
import { forgetOldClaims } from './http/idempotency.js';
import { brokerRoutes } from './http/routers/brokers.js';
import { intakeRoutes } from './http/routers/intake.js';
import { leadRoutes } from './http/routers/leads.js';
import { orderRoutes } from './http/routers/orders.js';
import { routingRoutes } from './http/routers/routing.js';
import { systemRoutes } from './http/routers/system.js';
import { createIntake } from './leads/intake.js';
import { createUnassignedRetry } from './leads/retry.js';
import type { OrdersDeps } from './orders/deps.js';
import { applyDueResets } from './orders/monthly-reset.js';
import { createPeriods } from './orders/period.js';
import { createLiveOrders } from './routing/assignment/live-orders.js';
import type { DeliveryPlanner, RoutingDeps } from './routing/assignment/ports.js';
import type { Settings } from './settings/settings.js';
import { generateSecret } from './delivery/signing/secret.js';

export interface ServiceOptions {
  store: Store;
  settings: Settings;
  runtime: Runtime;
  log: Log;
  version: string;
  /** Refused requests that one address may make in a minute. */
  failuresPerMinute?: number;
  /** Leads that one routing unit takes; 1 commits once per request. */
  intakeMaxPerUnit?: number;
  /** Stands between the planner and its caller, so that tests can make it fail. */
  wrapPlanner?: (planner: DeliveryPlanner) => DeliveryPlanner;
}

export interface Service {
  app: Express;
  /** Starts what runs beside requests. */
  start(): void;
  /** Makes /readyz answer 503, so that a load balancer sends nothing more. */
  drain(): void;
  /** Ends what runs beside requests; the store stays open. */
  stop(): Promise<void>;
  /** Resolves when no retry of waiting leads runs or is due. */
  retriesIdle(): Promise<void>;
  /** Starts new months that are due; the number of orders reset. */
  resetDueOrders(): Promise<number>;
}

const RESET_CHECK_MS = 60_000;
const FORGET_CLAIMS_MS = 3_600_000;

/** The composition root: knows every module, and nothing else does. */
export function createService(options: ServiceOptions): Service {
  const { store, settings, runtime, log } = options;
  const periods = createPeriods(settings.TIMEZONE);
  const knownSets = new Set<string>();
  const planner = createDeliveryPlanner({ store, newId: runtime.newId });
  const rules = () => ({ credit_floor: settings.CREDIT_FLOOR });
  const routing: RoutingDeps = {
    store,
    runtime,
    rules,
    liveOrders: createLiveOrders(store),
    deliveries: options.wrapPlanner?.(planner) ?? planner,
    applyDueResets: () => applyDueResets({ store, runtime, periods }),
  };
  const retry = createUnassignedRetry({
    routing,
    knownSets,
    log,
    maxAgeHours: settings.UNASSIGNED_RETRY_MAX_AGE_HOURS,
  });
  const capacityChanged = (): void => retry.kick();
  const orders: OrdersDeps = {
    store,
    runtime,
    periods,
    timezone: settings.TIMEZONE,
    newSecret: () => generateSecret(runtime.randomBytes),
    capacityChanged,
  };
  const intake = createIntake({
    routing,
    knownSets,
    log,
    capacityChanged,
    maxPerUnit: options.intakeMaxPerUnit,
  });
  const authenticator = createAuthenticator(store, runtime, {
    adminKey: settings.LEADLOOP_ADMIN_KEY,
    onFailure: (error) => log.warn('the last use of a key was not kept', errorFields(error)),
  });

  let draining = false;
  const app = createApp({
    store,
    runtime,
    log,
    authenticator,
    version: options.version,
    trustProxy: settings.TRUST_PROXY,
    failuresPerMinute: options.failuresPerMinute,
    ready: async () => {
      if (draining) throw new AppError('stopping', 503, 'The service is stopping.');
      await store.ping();
    },
    routes: [
      ...intakeRoutes({
        routing,
        runtime,
        intake,
        knownSets,
        defaultRegion: settings.DEFAULT_REGION,
        rerouteOnUpdate: settings.REROUTE_ON_UPDATE,
      }),
      ...leadRoutes({ routing, knownSets, capacityChanged }),
      ...brokerRoutes(orders),
      ...orderRoutes(orders),
      ...routingRoutes({ store, runtime, periods, rules }),
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
    app,
    resetDueOrders,
    retriesIdle: () => retry.idle(),
    start() {
      repeated.push(
        repeat('monthly reset', RESET_CHECK_MS, resetDueOrders, log),
        repeat(
          'forgetting idempotency keys',
          FORGET_CLAIMS_MS,
          () => forgetOldClaims(store, runtime.clock),
          log,
        ),
      );
      // What a stop cut off: months that began meanwhile, sweeps that did not end.
      resetDueOrders().catch((error: unknown) =>
        log.warn('monthly reset failed', errorFields(error)),
      );
      retry.kick();
    },
    drain() {
      draining = true;
    },
    async stop() {
      draining = true;
      await Promise.all(repeated.map((task) => task.stop()));
      await retry.stop();
    },
  };
}
