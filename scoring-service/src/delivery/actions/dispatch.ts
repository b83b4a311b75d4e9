import { iso } from '../../core/clock.js';
import type { Unit } from '../../db/unit.js';
import type { DeliveryActionDeps } from './deps.js';
import { askAgain, isRunning, lockDeliveries, releaseRows, type ActionRow } from './release.js';

/**
 * Hands deliveries over now, because a workflow asks. Held and waiting ones go out at once, or are
 * queued while their broker's gate is shut; a running attempt is left alone and followed by
 * another should it fail; what is sent, failed or cancelled stays as it is.
 * @returns the ids that are worth waiting for: an attempt runs or is about to start
 */
export function* dispatchDeliveries(
  deps: DeliveryActionDeps,
  ids: readonly string[],
): Unit<string[]> {
  const at = deps.runtime.clock.now();
  const rows = yield* lockDeliveries(deps, ids);
  const running: string[] = [];
  const waiting: ActionRow[] = [];
  for (const row of rows.values()) {
    if (row.status === 'sent' || row.status === 'failed' || row.status === 'cancelled') continue;
    if (isRunning(row, iso(at))) running.push(row.id);
    else waiting.push(row);
  }
  yield* askAgain(deps, running);
  const starting = yield* releaseRows(deps, waiting, at);
  return [...running, ...starting];
}
