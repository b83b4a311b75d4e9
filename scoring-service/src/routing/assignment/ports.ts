import type { Runtime } from '../../core/clock.js';
import type { Store } from '../../db/store.js';
import type { DeliveriesTable } from '../../db/tables/deliveries.js';
import type { LeadsTable } from '../../db/tables/leads.js';
import type { Unit } from '../../db/unit.js';
import type { RoutingRules } from '../engine/index.js';
import type { LiveBroker, LiveOrders } from './live-orders.js';
import type { LogMemory } from './log-memory.js';

/** Makes the rows of the outbox for one assignment; nothing is sent here. */
export interface DeliveryPlanner {
  plan(assignment: {
    /** The lead with its assignment filled in. */
    lead: LeadsTable;
    broker: LiveBroker;
    at: number;
    /** A workflow hands the lead over itself. */
    hold: boolean;
  }): DeliveriesTable[];
  /** Cancels what of a lead has not been sent, when it goes to another broker. */
  cancelUnsent(leadId: string, at: number): Unit<void>;
  /** The channel that wakes the worker after the commit. */
  readonly channel: string;
}

/** What assignment needs of the rest of the service. */
export interface RoutingDeps {
  store: Store;
  runtime: Runtime;
  rules: () => RoutingRules;
  liveOrders: LiveOrders;
  memory: LogMemory;
  deliveries: DeliveryPlanner;
  /** Told about a lead whose decision threw; it is kept, unassigned. */
  onFault: (leadId: string, error: unknown) => void;
  /** Starts the new month of orders that are due; the number reset. */
  applyDueResets: () => Unit<number>;
}
