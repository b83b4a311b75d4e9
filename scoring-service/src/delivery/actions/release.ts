import type { DeliveriesTable } from '../../db/tables/deliveries.js';
import type { BrokersTable } from '../../db/tables/orders.js';
import { all, notify, run, type Unit } from '../../db/unit.js';
import { breakerPermission } from '../breaker/breaker.js';
import { pendingColumns, queuedColumns } from '../gate.js';
import { AT_ONCE } from '../moments.js';
import { allPaused } from '../pause.js';
import { DELIVERIES_CHANNEL } from '../plan.js';
import { breakerOf } from '../states.js';
import type { DeliveryActionDeps } from './deps.js';

/** The columns that actions decide by. */
export const ACTION_COLUMNS = [
  'id',
  'lead_id',
  'order_id',
  'broker_id',
  'status',
  'claim_id',
  'due_at',
] as const;

export type ActionRow = Pick<DeliveriesTable, (typeof ACTION_COLUMNS)[number]>;

/** Deliveries locked until the unit ends, by id. */
export function* lockDeliveries(
  { store }: DeliveryActionDeps,
  ids: readonly string[],
): Unit<Map<string, ActionRow>> {
  const rows = yield* all(
    store.locked(
      store.db
        .selectFrom('deliveries')
        .select(ACTION_COLUMNS)
        .where(store.anyOf('id', ids))
        .orderBy('id'),
      'wait',
    ),
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** True while a worker holds the row: no second attempt may start beside its own. */
export function isRunning(row: Pick<ActionRow, 'claim_id' | 'due_at'>, now: string): boolean {
  return row.claim_id !== null && row.due_at !== null && row.due_at > now;
}

/** Brokers that no attempt may go to now, though their gate is open. */
function* brokersWithOpenBreaker(
  { store }: DeliveryActionDeps,
  brokerIds: readonly string[],
  at: number,
): Unit<Set<string>> {
  const states = yield* all(
    store.db.selectFrom('broker_delivery_states').selectAll().where(store.anyOf('id', brokerIds)),
  );
  const blocked = states.filter((state) => !breakerPermission(breakerOf(state), at).allowed);
  return new Set(blocked.map((state) => state.id));
}

/**
 * Makes rows that no worker holds due, or queues them where their broker's gate is shut.
 * @param dueAt before the rest of the broker's rows by default
 * @returns the ids of which an attempt is about to start
 */
export function* releaseRows(
  deps: DeliveryActionDeps,
  rows: readonly ActionRow[],
  at: number,
  dueAt = AT_ONCE,
): Unit<string[]> {
  const { store, gate } = deps;
  if (rows.length === 0) return [];
  const brokerIds = [...new Set(rows.map((row) => row.broker_id))];
  const found: BrokersTable[] = yield* all(
    store.db.selectFrom('brokers').selectAll().where(store.anyOf('id', brokerIds)),
  );
  const brokers = new Map(found.map((broker) => [broker.id, broker]));
  const paused = yield* allPaused(store);
  const blocked = yield* brokersWithOpenBreaker(deps, brokerIds, at);
  const starting: string[] = [];
  for (const brokerId of brokerIds) {
    const broker = brokers.get(brokerId);
    if (broker === undefined) continue;
    const ids = rows.filter((row) => row.broker_id === brokerId).map((row) => row.id);
    const shut = gate.shut(broker, at, paused);
    const waits = blocked.has(brokerId) ? { reason_code: 'breaker_open' } : {};
    yield* run(
      store.db
        .updateTable('deliveries')
        .set(
          shut === null
            ? { ...pendingColumns(at, dueAt), failed_at: null, ...waits }
            : { ...queuedColumns(shut, at), failed_at: null },
        )
        .where(store.anyOf('id', ids)),
    );
    if (shut === null && !blocked.has(brokerId)) starting.push(...ids);
  }
  yield* notify(DELIVERIES_CHANNEL);
  return starting;
}

/** Asks for one more attempt at once, should the running one fail. */
export function* askAgain(deps: DeliveryActionDeps, ids: readonly string[]): Unit<void> {
  if (ids.length === 0) return;
  const { store } = deps;
  yield* run(store.db.updateTable('deliveries').set({ again: 1 }).where(store.anyOf('id', ids)));
}
