import { sql, type SqlBool } from 'kysely';

import { iso } from '../core/clock.js';
import { notFound } from '../core/errors.js';
import type { Store } from '../db/store.js';
import { brokerHealth } from './breaker/health.js';
import type { BrokerHealthReport } from './delivery-schema.js';
import { pausedQuery } from './pause.js';
import { freshState } from './states.js';

const DAY_MS = 24 * 3_600_000;

/** How deliveries to a broker go, at `at` (epoch milliseconds); 404 when there is no such broker. */
export async function brokerHealthReport(
  store: Store,
  brokerId: string,
  at: number,
): Promise<BrokerHealthReport> {
  const { db } = store;
  const broker = await db
    .selectFrom('brokers')
    .select('deliveries_paused')
    .where('id', '=', brokerId)
    .executeTakeFirst();
  if (broker === undefined) throw notFound('broker', brokerId);
  const state =
    (await db
      .selectFrom('broker_delivery_states')
      .selectAll()
      .where('id', '=', brokerId)
      .executeTakeFirst()) ?? freshState(brokerId);
  // Index: delivery_attempts_failed; its condition must stand in the query word for word.
  const failures = await db
    .selectFrom('delivery_attempts')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('broker_id', '=', brokerId)
    .where('at', '>=', iso(at - DAY_MS))
    .where(sql<SqlBool>`outcome <> 'sent'`)
    .executeTakeFirst();
  // Index: deliveries_due.
  const waiting = await db
    .selectFrom('deliveries')
    .select((select) => ['status', select.fn.countAll<number>().as('count')])
    .where('broker_id', '=', brokerId)
    .where('due_at', 'is not', null)
    .groupBy('status')
    .execute();
  const paused = await pausedQuery(store).executeTakeFirst();
  const count = (status: string): number =>
    Number(waiting.find((row) => row.status === status)?.count ?? 0);
  const failures24h = Number(failures?.count ?? 0);
  return {
    broker_id: brokerId,
    health: brokerHealth({
      breaker: state.breaker_phase,
      consecutive_failures: state.consecutive_failures,
      failures_24h: failures24h,
    }),
    breaker: state.breaker_phase,
    consecutive_failures: state.consecutive_failures,
    failures_24h: failures24h,
    failing_since: state.failing_since,
    retry_at: state.breaker_until,
    deliveries_paused: broker.deliveries_paused === 1,
    all_deliveries_paused: paused?.value === 'true',
    waiting: { pending: count('pending'), queued: count('queued'), held: count('held') },
  };
}
