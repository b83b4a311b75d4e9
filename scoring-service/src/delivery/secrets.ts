import { iso } from '../core/clock.js';
import type { Store } from '../db/store.js';
import { all, type Unit } from '../db/unit.js';

/** The signing secrets of brokers that are live at `at`, newest first, by broker. */
export function* liveSecrets(
  store: Store,
  brokerIds: readonly string[],
  at: number,
): Unit<Map<string, string[]>> {
  const rows = yield* all(
    store.db
      .selectFrom('broker_secrets')
      .select(['broker_id', 'secret'])
      .where(store.anyOf('broker_id', brokerIds))
      .where((where) =>
        where.or([where('expires_at', 'is', null), where('expires_at', '>', iso(at))]),
      )
      .orderBy('id', 'desc'),
  );
  const byBroker = new Map<string, string[]>();
  for (const { broker_id, secret } of rows) {
    const secrets = byBroker.get(broker_id);
    if (secrets === undefined) byBroker.set(broker_id, [secret]);
    else secrets.push(secret);
  }
  return byBroker;
}
