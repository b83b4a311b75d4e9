import type { Runtime } from '../../core/clock.js';
import type { Store } from '../../db/store.js';
import type { Gate } from '../gate.js';

/** What requests about deliveries need. */
export interface DeliveryActionDeps {
  store: Store;
  runtime: Runtime;
  gate: Gate;
}
