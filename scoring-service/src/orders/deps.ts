import type { Runtime } from '../core/clock.js';
import type { Store } from '../db/store.js';
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
  /** Told after the commit that waiting leads may fit now. */
  capacityChanged: () => void;
}
