import { systemRuntime } from '../core/clock.js';
import { importSuppressions } from '../messaging/import-suppressions.js';
import type { Settings } from '../settings/settings.js';
import { OPERATOR } from './operator.js';
import { withStore } from './with-store.js';

/** Imports a suppression list and says what was taken; false when rows were refused. */
export async function importSuppressionsFile(
  settings: Settings,
  file: string,
  say: (text: string) => void,
): Promise<boolean> {
  const { taken, refused } = await withStore(settings, (store) =>
    importSuppressions(
      { store, runtime: systemRuntime, defaultRegion: settings.DEFAULT_REGION },
      file,
      OPERATOR,
    ),
  );
  say(`${taken} rows taken, ${refused.length} refused.`);
  for (const { line, reason } of refused) say(`  line ${line}: ${reason}`);
  return refused.length === 0;
}
