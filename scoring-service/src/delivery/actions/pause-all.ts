import { recordActivity, type Actor } from '../../events/activity.js';
import type { Unit } from '../../db/unit.js';
import type { DeliveryActionDeps } from './deps.js';
import { pauseAll } from './reconsider.js';

/** Lets all deliveries wait, or go, because somebody said so. Nothing when it already is so. */
export function* setAllDeliveriesPaused(
  { store, runtime }: Pick<DeliveryActionDeps, 'store' | 'runtime'>,
  paused: boolean,
  actor: Actor,
): Unit<void> {
  const at = runtime.clock.now();
  if (!(yield* pauseAll(store, paused, at))) return;
  yield* recordActivity(
    [
      {
        actor,
        action: paused ? 'deliveries.paused' : 'deliveries.resumed',
        subjectType: 'deliveries',
        subjectId: 'all',
        before: { paused: !paused },
        after: { paused },
      },
    ],
    at,
    runtime.newId,
  );
}
