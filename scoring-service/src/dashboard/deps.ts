import type { Authenticator } from '../access/api-keys.js';
import type { Runtime } from '../core/clock.js';
import type { Log } from '../core/log.js';
import type { Store } from '../db/store.js';
import type { OrdersDeps } from '../orders/deps.js';
import type { RoutingDeps } from '../routing/assignment/ports.js';
import type { Backtests } from '../routing/backtest/backtests.js';
import type { AppointmentsDeps } from '../appointments/deps.js';
import type { Intake } from '../leads/intake.js';
import type { Subscriptions } from '../subscriptions/subscriptions.js';
import type { Deliveries } from '../delivery/deliveries.js';
import type { LeadResponse } from '../response/lead-response.js';
import type { LiveThresholds } from '../thresholds/live.js';
import type { Settings } from '../settings/settings.js';

/** What the dashboard needs: the same modules that the API's routes call. */
export interface DashboardDeps {
  store: Store;
  runtime: Runtime;
  log: Log;
  settings: Settings;
  orders: OrdersDeps;
  routing: RoutingDeps;
  deliveries: Deliveries;
  intake: Intake;
  subscriptions: Subscriptions;
  response: LeadResponse;
  appointments: AppointmentsDeps;
  thresholds: LiveThresholds;
  backtests: Backtests;
  authenticator: Authenticator;
  version: string;
  /** The OpenAPI description that /docs shows. */
  document: Record<string, unknown>;
}
