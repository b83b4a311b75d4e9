import { iso, type Runtime } from '../core/clock.js';
import { conflict, invalid, staleVersion } from '../core/errors.js';
import type { Store } from '../db/store.js';
import { first, insertMany, notify, run, type Unit } from '../db/unit.js';
import { difference, recordActivity, type Actor } from '../events/activity.js';
import type { Settings } from '../settings/settings.js';
import {
  THRESHOLD_NAMES,
  THRESHOLD_RULES,
  type ThresholdName,
  type Thresholds,
} from '../settings/threshold-rules.js';
import type { UpdateThresholds } from './threshold-schema.js';

/** Told when thresholds were changed, in every replica. */
export const THRESHOLDS_CHANNEL = 'leadloop_thresholds';

const NAME = 'thresholds';

/** What people have said of thresholds; version 0 before they said anything. */
export interface StoredThresholds {
  version: number;
  values: Partial<Thresholds>;
}

const NOTHING: StoredThresholds = { version: 0, values: {} };

const query = ({ db }: Pick<Store, 'db'>) =>
  db.selectFrom('settings').select('value').where('name', '=', NAME);

const parse = (row: { value: string } | undefined): StoredThresholds =>
  row === undefined ? NOTHING : (JSON.parse(row.value) as StoredThresholds);

export async function readThresholds(store: Pick<Store, 'db'>): Promise<StoredThresholds> {
  return parse(await query(store).executeTakeFirst());
}

/** What holds: the variable when it is set, else what people said, else the default. */
export function thresholdsInForce(
  settings: Settings,
  { values }: Pick<StoredThresholds, 'values'>,
): Thresholds {
  return Object.fromEntries(
    THRESHOLD_NAMES.map((name) => [
      name,
      settings.given.has(name) ? settings[name] : (values[name] ?? THRESHOLD_RULES[name].fallback),
    ]),
  ) as Thresholds;
}

/** The stored row, locked until the unit ends. */
function* lockStored(store: Store, at: number): Unit<StoredThresholds> {
  yield* insertMany(
    'settings',
    [{ name: NAME, value: JSON.stringify(NOTHING), updated_at: iso(at) }],
    { ignoreConflicts: true },
  );
  return parse(yield* first(store.locked(query(store), 'wait')));
}

/**
 * Changes thresholds on the copy that the caller read. Errors: 409 `stale_version`,
 * `set_by_environment` for one that a variable fixes; 400 for limits that cross.
 */
export function* updateThresholds(
  { store, runtime, settings }: { store: Store; runtime: Runtime; settings: Settings },
  { version, ...change }: UpdateThresholds,
  actor: Actor,
): Unit<void> {
  const at = runtime.clock.now();
  const before = yield* lockStored(store, at);
  if (before.version !== version) throw staleVersion(before.version);
  const given = Object.entries(change).filter(([, value]) => value !== undefined) as [
    ThresholdName,
    number | null,
  ][];
  const fixed = given.filter(([name]) => settings.given.has(name)).map(([name]) => name);
  if (fixed.length > 0) {
    throw conflict('set_by_environment', `The environment sets ${fixed.join(', ')}.`, { fixed });
  }
  const values = Object.fromEntries(
    Object.entries({ ...before.values, ...Object.fromEntries(given) }).filter(
      ([, value]) => value !== null,
    ),
  ) as Partial<Thresholds>;
  const wanted = thresholdsInForce(settings, { values });
  if (wanted.FOLLOW_UP_MIN_SCORE >= wanted.BOOK_NOW_MIN_SCORE) {
    throw invalid({ FOLLOW_UP_MIN_SCORE: 'must be below the score to book from' });
  }
  const changed = difference(thresholdsInForce(settings, before), wanted);
  yield* run(
    store.db
      .updateTable('settings')
      .set({
        value: JSON.stringify({ version: version + 1, values } satisfies StoredThresholds),
        updated_at: iso(at),
      })
      .where('name', '=', NAME),
  );
  if (changed !== null) {
    yield* recordActivity(
      [
        {
          actor,
          action: 'thresholds.changed',
          subjectType: 'settings',
          subjectId: NAME,
          ...changed,
        },
      ],
      at,
      runtime.newId,
    );
  }
  yield* notify(THRESHOLDS_CHANNEL);
}
