import type { Form } from '../form.js';
import { Field } from './fields.js';
import type { Problem } from '../screen.js';

export interface WindowRow {
  days: readonly number[];
  start: string;
  end: string;
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const LEAST_ROWS = 3;
const MOST_ROWS = 50;
const EMPTY: WindowRow = { days: [], start: '', end: '' };

/** Rows as typed, blank ones included. */
export function typedWindows(form: Form): WindowRow[] {
  const count = Math.min(MOST_ROWS, Number(form.get('windows')) || 0);
  return Array.from({ length: count }, (_, at) => ({
    days: form.all(`days_${at}`).map(Number),
    start: form.get(`start_${at}`),
    end: form.get(`end_${at}`),
  }));
}

/** The windows that the form holds; a row left blank is dropped. */
export function readWindows(form: Form): WindowRow[] {
  return typedWindows(form).filter(
    ({ days, start, end }) => days.length > 0 || start !== '' || end !== '',
  );
}

/** One sentence for what is wrong inside the windows, which have no field of that name. */
function problemIn(problem: Problem | null, name: string): string | undefined {
  const entry = Object.entries(problem?.fields ?? {}).find(([field]) => field.startsWith(name));
  if (entry === undefined) return undefined;
  const row = /\.(\d+)/.exec(entry[0])?.[1];
  return row === undefined ? `The windows: ${entry[1]}` : `Window ${Number(row) + 1} ${entry[1]}`;
}

function Window({ row, at }: { row: WindowRow; at: number }) {
  return (
    <fieldset class="week">
      <legend safe>{`Window ${at + 1}`}</legend>
      <div class="days">
        {DAYS.map((day, index) => (
          <span class="field check">
            <input
              type="checkbox"
              id={`days_${at}_${index}`}
              name={`days_${at}`}
              value={String(index + 1)}
              checked={row.days.includes(index + 1)}
            />
            <label for={`days_${at}_${index}`}>{day as 'safe'}</label>
          </span>
        ))}
      </div>
      <div class="inline">
        <Field
          name={`start_${at}`}
          label="From"
          value={row.start}
          hint="09:00"
          inputmode="numeric"
        />
        <Field
          name={`end_${at}`}
          label="To"
          value={row.end}
          hint="17:00, or 24:00"
          inputmode="numeric"
        />
      </div>
    </fieldset>
  );
}

/**
 * Weekly windows by weekday: those there are and some blank ones, so that no script is needed to
 * add one.
 * @param name of the member in the resource's schema, to find what is wrong with it
 */
export function WindowsEditor({
  windows,
  problem,
  name,
}: {
  windows: readonly WindowRow[];
  problem: Problem | null;
  name: string;
}) {
  const rows: readonly WindowRow[] = problem === null ? windows : typedWindows(problem.typed);
  const filled = rows.filter((row) => row.days.length > 0 || row.start !== '' || row.end !== '');
  const count = Math.max(LEAST_ROWS, filled.length + 1);
  const shown = Array.from({ length: count }, (_, at) => filled[at] ?? EMPTY);
  const wrong = problemIn(problem, name);
  return (
    <>
      <input type="hidden" name="windows" value={String(shown.length)} />
      {wrong === undefined ? (
        <></>
      ) : (
        <p class="error" role="alert" safe>
          {wrong}
        </p>
      )}
      <p class="hint">
        An end before its start lies on the next day. Leave a window blank to drop it; saving adds
        another.
      </p>
      {shown.map((row, at) => (
        <Window row={row} at={at} />
      ))}
    </>
  );
}
