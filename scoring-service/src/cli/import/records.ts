import { AppError } from '../../core/errors.js';
import type { Store } from '../../db/store.js';
import type { Unit } from '../../db/unit.js';
import type { BatchFrame, BatchOutcome, Problems, ReadyRow, RefusedRow } from './kind.js';

/** Thrown at the end of a rehearsal, so that nothing of it is committed. */
class Rehearsed extends Error {
  constructor(readonly outcome: BatchOutcome) {
    super('rehearsed');
  }
}

function problemsOf(error: AppError): Problems {
  const { details } = error.options;
  const fields = Object.entries(details ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return fields.length > 0 ? Object.fromEntries(fields) : { row: error.message };
}

/**
 * Creates records one after another in one unit. A record that its function refuses is reported;
 * such functions refuse before they write, so the others of the unit stay right.
 */
function* createAll<T>(
  rows: readonly ReadyRow<T>[],
  create: (value: T) => Unit<unknown>,
): Unit<BatchOutcome> {
  const refused: RefusedRow[] = [];
  for (const { at, value } of rows) {
    try {
      yield* create(value);
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      refused.push({ at, problems: problemsOf(error) });
    }
  }
  const created = rows.length - refused.length;
  return { refused, counts: created === 0 ? {} : { created } };
}

/** `write` and `rehearse` of records that are made one by one under the routing lock. */
export function recordWriter<T>(store: Store, create: (value: T) => Unit<unknown>) {
  return {
    write: (rows: readonly ReadyRow<T>[], frame: BatchFrame): Promise<BatchOutcome> =>
      store.unit(
        function* () {
          yield* frame.begin();
          const outcome = yield* createAll(rows, create);
          yield* frame.end(outcome);
          return outcome;
        },
        { lock: 'routing' },
      ),
    async rehearse(rows: readonly ReadyRow<T>[]): Promise<BatchOutcome> {
      try {
        return await store.unit(
          function* (): Unit<BatchOutcome> {
            throw new Rehearsed(yield* createAll(rows, create));
          },
          { lock: 'routing' },
        );
      } catch (error) {
        if (error instanceof Rehearsed) return error.outcome;
        throw error;
      }
    },
  };
}
