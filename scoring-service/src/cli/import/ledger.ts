import type { Runtime } from '../../core/clock.js';
import { conflict } from '../../core/errors.js';
import type { Store } from '../../db/store.js';
import { first, type Unit } from '../../db/unit.js';
import { recordActivity } from '../../events/activity.js';
import { OPERATOR } from '../operator.js';

/** How far an import is; what the activity log keeps of each batch. */
export interface ImportState {
  /** The same file may be imported several times. */
  run: number;
  /** Rows that are dealt with. */
  rows: number;
  done: boolean;
  refused: number;
  /** Rows taken, by what became of them. */
  counts: Record<string, number>;
  /** The options that decide what a row becomes. */
  options: string;
  /** Size of the report of refused rows. */
  report_bytes: number;
}

/** Where an import is kept, by the content of its file. */
export interface Ledger {
  /** How far the newest run is, or null when there is none. */
  state(): ImportState | null;
  /** The first step of a batch's unit: throws 409 `import_running` when somebody else went on. */
  begin(): Unit<void>;
  /** The last step of a batch's unit. */
  record(state: ImportState): Unit<void>;
  /** After the commit. */
  recorded(state: ImportState): void;
}

const SUBJECT = 'import';

/**
 * How far an import is stands in the activity log, written in the transaction of the rows it speaks
 * of: after a crash at any moment both are there or neither is. That nobody else imports the same
 * file at the same time is seen by counting the entries under the routing lock.
 */
export async function openLedger(
  { store, runtime }: { store: Store; runtime: Runtime },
  kind: string,
  hash: string,
): Promise<Ledger> {
  const subject = `${kind}:${hash}`;
  // Index: activity_log_by_subject.
  const entries = store.db
    .selectFrom('activity_log')
    .where('subject_id', '=', subject)
    .where('subject_type', '=', SUBJECT);
  const kept = await entries.select('after').execute();
  let count = kept.length;
  // Not by the entries' ids: those made on another machine may be ordered by another clock.
  let newest: ImportState | null = null;
  for (const { after } of kept) {
    const state = JSON.parse(after ?? '{}') as ImportState;
    const later =
      newest === null ||
      state.run > newest.run ||
      (state.run === newest.run && (state.rows > newest.rows || state.done));
    if (later) newest = state;
  }

  return {
    state: () => newest,
    *begin() {
      const found = yield* first(entries.select((select) => select.fn.countAll().as('n')));
      if (Number(found?.n ?? 0) !== count) {
        throw conflict('import_running', 'This file is being imported by another process.');
      }
    },
    *record(state) {
      yield* recordActivity(
        [
          {
            actor: OPERATOR,
            action: state.done ? 'import.completed' : 'import.continued',
            subjectType: SUBJECT,
            subjectId: subject,
            after: { ...state },
          },
        ],
        runtime.clock.now(),
        runtime.newId,
      );
    },
    recorded(state) {
      count += 1;
      newest = state;
    },
  };
}
