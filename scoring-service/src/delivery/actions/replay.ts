import { sql, type SqlBool } from 'kysely';

import { iso } from '../../core/clock.js';
import { notFound } from '../../core/errors.js';
import { all, first, run, type Unit } from '../../db/unit.js';
import { recordActivity, type Actor } from '../../events/activity.js';
import { letProbe } from './by-hand.js';
import type { DeliveryActionDeps } from './deps.js';
import { ACTION_COLUMNS, releaseRows } from './release.js';

/** Failed deliveries that one unit takes up again: small, so that live work gets its turn. */
const STEP = 500;

/** Failed deliveries of a broker whose lead is still that order's. Index: deliveries_failed. */
function failedSince({ store }: DeliveryActionDeps, brokerId: string, since: number) {
  return store.db
    .selectFrom('deliveries')
    .where('broker_id', '=', brokerId)
    .where('failed_at', '>=', iso(since))
    .where('status', '=', 'failed')
    .where(
      sql<SqlBool>`exists (
        select 1 from leads
        where leads.id = deliveries.lead_id and leads.assigned_order_id = deliveries.order_id
      )`,
    );
}

function* replayStep(deps: DeliveryActionDeps, brokerId: string, since: number): Unit<number> {
  const { store, runtime } = deps;
  const at = runtime.clock.now();
  const rows = yield* all(
    store.locked(
      failedSince(deps, brokerId, since).select(ACTION_COLUMNS).orderBy('failed_at').limit(STEP),
      'skip',
    ),
  );
  if (rows.length === 0) return 0;
  yield* run(
    store.db
      .updateTable('deliveries')
      .set({ attempts_made: 0 })
      .where(
        store.anyOf(
          'id',
          rows.map((row) => row.id),
        ),
      ),
  );
  yield* letProbe(deps, brokerId, at);
  yield* releaseRows(deps, rows, at, iso(at));
  return rows.length;
}

/**
 * Takes the deliveries of a broker that failed at or after `since` (epoch milliseconds) up again,
 * each with its schedule anew, in steps of 500; leads that have gone to another order since are
 * left out. Repeating it is harmless: what was taken up is no longer failed.
 * @returns how many were taken up
 */
export async function replayFailed(
  deps: DeliveryActionDeps,
  brokerId: string,
  since: number,
  actor: Actor,
): Promise<number> {
  const { store, runtime } = deps;
  const failed = await store.unit(function* () {
    const broker = yield* first(
      store.db.selectFrom('brokers').select('id').where('id', '=', brokerId),
    );
    if (broker === undefined) throw notFound('broker', brokerId);
    yield* recordActivity(
      [
        {
          actor,
          action: 'broker.deliveries_replayed',
          subjectType: 'broker',
          subjectId: brokerId,
          after: { since: iso(since) },
        },
      ],
      runtime.clock.now(),
      runtime.newId,
    );
    return yield* first(
      failedSince(deps, brokerId, since).select((select) =>
        select.fn.countAll<number>().as('count'),
      ),
    );
  });
  // What fails again meanwhile is not taken up twice: no more steps than there was work for.
  const steps = Math.ceil(Number(failed?.count ?? 0) / STEP);
  let replayed = 0;
  for (let step = 0; step < steps; step += 1) {
    replayed += await store.unit(() => replayStep(deps, brokerId, since));
  }
  return replayed;
}
