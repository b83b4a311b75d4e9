import { sql } from 'kysely';

import type { Store } from '../../db/store.js';
import type { DeliveriesTable } from '../../db/tables/deliveries.js';
import { all, type Unit } from '../../db/unit.js';

export interface BrokerDue {
  broker_id: string;
  first_due_at: string;
}

/**
 * Every broker with something left to do, and when its first row is due. One seek per broker in
 * the index deliveries_due (broker_id, due_at), however many rows wait behind the first.
 */
export function brokersDueQuery(store: Store) {
  return sql<BrokerDue>`
    with recursive live(broker_id) as (
      select broker_id from (
        select broker_id from deliveries where due_at is not null order by broker_id limit 1
      ) as first
      union all
      select (
        select broker_id from deliveries
        where due_at is not null and broker_id > live.broker_id
        order by broker_id limit 1
      )
      from live where live.broker_id is not null
    )
    select live.broker_id, (
      select due_at from deliveries
      where deliveries.broker_id = live.broker_id and due_at is not null
      order by due_at limit 1
    ) as first_due_at
    from live where live.broker_id is not null
  `.compile(store.db);
}

export type DueRow = Pick<
  DeliveriesTable,
  | 'id'
  | 'lead_id'
  | 'order_id'
  | 'broker_id'
  | 'channel'
  | 'status'
  | 'reason_code'
  | 'body'
  | 'attempts_made'
  | 'created_at'
>;

/** The first `limit` due rows of a broker, in no other worker's hands. Index: deliveries_due. */
export function dueRows(
  store: Store,
  brokerId: string,
  now: string,
  limit: number,
): Unit<DueRow[]> {
  return all(
    store.locked(
      store.db
        .selectFrom('deliveries')
        .select([
          'id',
          'lead_id',
          'order_id',
          'broker_id',
          'channel',
          'status',
          'reason_code',
          'body',
          'attempts_made',
          'created_at',
        ])
        .where('broker_id', '=', brokerId)
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .limit(limit),
      'skip',
    ),
  );
}
