import { errorFields, type Log } from '../core/log.js';
import type { Store } from '../db/store.js';
import type { Settings } from '../settings/settings.js';
import type { Thresholds } from '../settings/threshold-rules.js';
import { readThresholds, THRESHOLDS_CHANNEL, thresholdsInForce } from './stored.js';

/** The thresholds that hold now, kept in memory: routing asks for them inside its units. */
export interface LiveThresholds {
  current(): Thresholds;
  /** Reads them anew; after a change made here, so that the next request knows of it. */
  load(): Promise<void>;
  /** From now on reads them again whenever somebody changes them, in whatever replica. */
  start(): void;
  stop(): void;
}

/** Thresholds are as the environment and the defaults say until they have been read. */
export function createLiveThresholds({
  store,
  settings,
  log,
}: {
  store: Store;
  settings: Settings;
  log: Log;
}): LiveThresholds {
  let current = thresholdsInForce(settings, { values: {} });
  let unlisten: (() => void) | null = null;
  const load = async (): Promise<void> => {
    current = thresholdsInForce(settings, await readThresholds(store));
  };
  return {
    current: () => current,
    load,
    start() {
      unlisten ??= store.listen(THRESHOLDS_CHANNEL, () => {
        // What holds stays in force; the next change or start reads again.
        load().catch((error: unknown) =>
          log.warn('thresholds could not be read', errorFields(error)),
        );
      });
    },
    stop() {
      unlisten?.();
      unlisten = null;
    },
  };
}
