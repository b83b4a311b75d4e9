import { iso } from '../core/clock.js';
import { run, type Unit } from '../db/unit.js';
import { deleteOldest } from '../events/retention.js';
import type { ManageDeps } from './manage.js';

/**
 * Forgets, in small units, events older than `keptMs`, what is still on its way of them, and
 * subscriptions that ended so long ago.
 */
export async function forgetOldEvents(
  { store, runtime }: ManageDeps,
  keptMs: number,
): Promise<void> {
  const { db } = store;
  const cutoff = iso(runtime.clock.now() - keptMs);
  const step = function* (): Unit<boolean> {
    const { upTo, more } = yield* deleteOldest(store, cutoff);
    if (upTo !== null) yield* run(db.deleteFrom('hand_ons').where('event_seq', '<=', upTo));
    return more;
  };
  while (await store.unit(step));
  await store.unit(() => run(db.deleteFrom('subscriptions').where('ended_at', '<', cutoff)));
}
