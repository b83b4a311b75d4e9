import { iso, type Runtime } from './core/clock.js';
import { errorFields, type Log } from './core/log.js';
import type { Store } from './db/store.js';
import { run } from './db/unit.js';
import {
  createDeliveries,
  type Deliveries,
  type DeliveriesOptions,
} from './delivery/deliveries.js';
import { generateSecret } from './delivery/signing/secret.js';
import { SYSTEM } from './events/activity.js';
import { createIntake, type Intake } from './leads/intake.js';
import { createUnassignedRetry, type UnassignedRetry } from './leads/retry.js';
import type { OrdersDeps } from './orders/deps.js';
import { applyDueResets } from './orders/monthly-reset.js';
import { pauseActiveOrders } from './orders/pause-orders.js';
import { createPeriods, type Periods } from './orders/period.js';
import { createLiveOrders } from './routing/assignment/live-orders.js';
import { createLogMemory } from './routing/assignment/log-memory.js';
import type { DeliveryPlanner, RoutingDeps } from './routing/assignment/ports.js';
import type { Settings } from './settings/settings.js';
import { createLiveThresholds, type LiveThresholds } from './thresholds/live.js';

export interface DistributionOptions {
  store: Store;
  settings: Settings;
  runtime: Runtime;
  log: Log;
  version: string;
  metrics: DeliveriesOptions['metrics'];
  /** Leads that one routing unit takes; 1 commits once per request. */
  intakeMaxPerUnit?: number;
  /** Stands between the planner and its caller, so that tests can make it fail. */
  wrapPlanner?: (planner: DeliveryPlanner) => DeliveryPlanner;
  /** How deliveries reach the network, when not as usual. */
  deliveryAgent?: DeliveriesOptions['agent'];
}

/** The parts by which a lead is taken in, routed and handed over, put together but not started. */
export interface Distribution {
  periods: Periods;
  rules: RoutingDeps['rules'];
  /** As the environment and the defaults say until they are loaded. */
  thresholds: LiveThresholds;
  deliveries: Deliveries;
  routing: RoutingDeps;
  retry: UnassignedRetry;
  orders: OrdersDeps;
  intake: Intake;
}

/** Pauses the orders of a broker that has failed to receive for long. */
function ordersPauser({
  store,
  runtime,
}: Pick<DistributionOptions, 'store' | 'runtime'>): (brokerId: string) => Promise<void> {
  return (brokerId) =>
    store.unit(
      function* () {
        const at = iso(runtime.clock.now());
        yield* pauseActiveOrders({ store, runtime }, brokerId, SYSTEM);
        yield* run(
          store.db
            .updateTable('broker_delivery_states')
            .set({ orders_paused_at: at })
            .where('id', '=', brokerId),
        );
      },
      { lock: 'routing' },
    );
}

function deliveriesOf(options: DistributionOptions): Deliveries {
  const { settings } = options;
  return createDeliveries({
    store: options.store,
    runtime: options.runtime,
    log: options.log,
    version: options.version,
    metrics: options.metrics,
    allow: settings.EGRESS_ALLOW_CIDRS,
    retryDelaysMs: settings.DELIVERY_RETRY_DELAYS,
    timeoutMs: settings.DELIVERY_TIMEOUT_SECONDS * 1000,
    leaseMs: settings.DELIVERY_LEASE_SECONDS * 1000,
    concurrency: settings.DELIVERY_CONCURRENCY,
    perBroker: settings.DELIVERY_BROKER_CONCURRENCY,
    failingAlertMs: settings.DELIVERY_FAILING_ALERT_HOURS * 3_600_000,
    agent: options.deliveryAgent,
    pauseOrders: settings.DELIVERY_PAUSE_FAILING_ORDERS ? ordersPauser(options) : null,
  });
}

/**
 * Wires intake, routing, orders and deliveries: the service serves them, the command line imports
 * through them, and both do the same.
 */
export function createDistribution(options: DistributionOptions): Distribution {
  const { store, settings, runtime, log } = options;
  const periods = createPeriods(settings.TIMEZONE);
  const deliveries = deliveriesOf(options);
  const thresholds = createLiveThresholds({ store, settings, log });
  const rules = () => ({ credit_floor: thresholds.current().CREDIT_FLOOR });
  const routing: RoutingDeps = {
    store,
    runtime,
    rules,
    liveOrders: createLiveOrders(store),
    memory: createLogMemory(),
    deliveries: options.wrapPlanner?.(deliveries.planner) ?? deliveries.planner,
    onFault: (leadId, error) =>
      log.error('assignment failed', { lead_id: leadId, ...errorFields(error) }),
    applyDueResets: () => applyDueResets({ store, runtime, periods }),
  };
  const retry = createUnassignedRetry({
    routing,
    log,
    maxAgeHours: () => thresholds.current().UNASSIGNED_RETRY_MAX_AGE_HOURS,
  });
  const capacityChanged = (): void => retry.kick();
  const orders: OrdersDeps = {
    store,
    runtime,
    periods,
    timezone: settings.TIMEZONE,
    newSecret: () => generateSecret(runtime.randomBytes),
    webhookUrlProblem: (url) => deliveries.urlProblem(url),
    reachChanged: (broker, at) => deliveries.reachChanged(broker, at),
    capacityChanged,
  };
  const intake = createIntake({
    routing,
    log,
    capacityChanged,
    maxPerUnit: options.intakeMaxPerUnit,
  });
  return { periods, rules, thresholds, deliveries, routing, retry, orders, intake };
}
