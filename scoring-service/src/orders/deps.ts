import type { Runtime } from '../core/clock.js';
import type { Store } from '../db/store.js';
import type { BrokersTable } from '../db/tables/orders.js';
import type { Unit } from '../db/unit.js';
import type { Periods } from './period.js';

/** What the modules of orders and brokers need. */
export interface OrdersDeps {
  store: Store;
  runtime: Runtime;
  periods: Periods;
  /** Zone of a broker that names none. */
  timezone: string;
  /** A new signing secret for a broker's webhook. */
  newSecret: () => string;
  /** Why leads cannot be sent to this URL, or null. */
  webhookUrlProblem: (url: string) => string | null;
  /** Runs in the unit that changed when or where a broker may be sent to. */
  reachChanged: (broker: BrokersTable, at: number) => Unit<void>;
  /** Told after the commit that waiting leads may fit now. */
  capacityChanged: () => void;
}
