import { iso } from '../core/clock.js';
import type { Store } from '../db/store.js';
import type { BrokerDeliveryStatesTable } from '../db/tables/deliveries.js';
import { all, insertMany, type Unit } from '../db/unit.js';
import type { BreakerState } from './breaker/breaker.js';

export type StateRow = BrokerDeliveryStatesTable;

/** What is remembered of a broker that nothing has been sent to. */
export function freshState(brokerId: string): StateRow {
  return {
    id: brokerId,
    breaker_phase: 'closed',
    consecutive_failures: 0,
    breaker_opened_at: null,
    breaker_until: null,
    breaker_wait_ms: 0,
    failing_since: null,
    alerted_at: null,
    orders_paused_at: null,
    rate_full_at: null,
  };
}

const ms = (moment: string | null): number | null => (moment === null ? null : Date.parse(moment));
const text = (moment: number | null): string | null => (moment === null ? null : iso(moment));

export function breakerOf(row: StateRow): BreakerState {
  return {
    phase: row.breaker_phase,
    consecutive_failures: row.consecutive_failures,
    opened_at: ms(row.breaker_opened_at),
    until: ms(row.breaker_until),
    wait_ms: row.breaker_wait_ms,
  };
}

export function breakerColumns(state: BreakerState) {
  return {
    breaker_phase: state.phase,
    consecutive_failures: state.consecutive_failures,
    breaker_opened_at: text(state.opened_at),
    breaker_until: text(state.until),
    breaker_wait_ms: state.wait_ms,
  } satisfies Partial<StateRow>;
}

/**
 * The states of brokers, locked until the unit ends and made where missing. Whoever locks
 * deliveries too does so afterwards: one order everywhere means no deadlock.
 */
export function* lockStates(
  store: Store,
  brokerIds: readonly string[],
): Unit<Map<string, StateRow>> {
  const select = () =>
    store.locked(
      store.db
        .selectFrom('broker_delivery_states')
        .selectAll()
        .where(store.anyOf('id', brokerIds))
        .orderBy('id'),
      'wait',
    );
  let rows = yield* all(select());
  if (rows.length < brokerIds.length) {
    const known = new Set(rows.map((row) => row.id));
    const missing = brokerIds.filter((id) => !known.has(id)).sort();
    yield* insertMany('broker_delivery_states', missing.map(freshState), { ignoreConflicts: true });
    rows = yield* all(select());
  }
  return new Map(rows.map((row) => [row.id, row]));
}
