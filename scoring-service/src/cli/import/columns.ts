import { distance } from './distance.js';
import { shown } from '../shown.js';

/** Columns of a report of refused rows, so that a corrected report can be imported as it is. */
export const REPORT_COLUMNS = ['refused_line', 'refused_field', 'refused_rule'] as const;

/** What the columns of one kind of row may be. */
export interface KnownColumns {
  /** What a row may say. */
  fields: readonly string[];
  /** What an export holds besides, and an import leaves alone. */
  readOnly: readonly string[];
}

/** For each column of the file the field that it holds, or null. */
export interface ColumnPlan {
  fields: (string | null)[];
  /** Columns that are left alone, as the file calls them. */
  leftOut: string[];
}

/** `First Name` is `first_name`. */
function asField(column: string): string {
  return column
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

function guess(column: string, known: readonly string[]): string {
  const near = known
    .map((field) => ({ field, far: distance(asField(column), field) }))
    .sort((a, b) => a.far - b.far)[0];
  return near !== undefined && near.far <= 3 ? ` (did you mean ${near.field}?)` : '';
}

/** Reads `--map "Phone Number=phone"`; an empty field leaves the column out. */
export function readMapping(pairs: readonly string[]): Map<string, string> {
  const mapping = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.lastIndexOf('=');
    if (at < 1) throw new Error(`--map ${shown(pair)} must be "Column=field".`);
    const column = pair.slice(0, at).trim();
    if (mapping.has(column)) throw new Error(`--map names the column ${shown(column)} twice.`);
    mapping.set(column, pair.slice(at + 1).trim());
  }
  return mapping;
}

/**
 * Which field each column holds: what the mapping says, else the column's own name. Every column
 * that cannot be placed is named, because it is most likely a typing error.
 */
export function planColumns(
  header: readonly string[],
  mapping: ReadonlyMap<string, string>,
  known: KnownColumns,
): ColumnPlan {
  const problems: string[] = [];
  const leftOut: string[] = [];
  const seen = new Map<string, string>();
  for (const column of mapping.keys()) {
    if (!header.includes(column)) problems.push(`--map: there is no column ${shown(column)}`);
  }
  const fields = header.map((column) => {
    const mapped = mapping.get(column);
    const field = mapped ?? asField(column);
    const skipped =
      mapped === undefined &&
      (known.readOnly.includes(field) || REPORT_COLUMNS.some((name) => name === field));
    if (mapped === '' || skipped) {
      leftOut.push(column);
      return null;
    }
    if (!known.fields.includes(field)) {
      problems.push(
        column === ''
          ? 'a column has no name'
          : `${shown(mapped ?? column)} is no field${guess(field, known.fields)}`,
      );
      return null;
    }
    const other = seen.get(field);
    if (other !== undefined) {
      problems.push(`${shown(other)} and ${shown(column)} are both ${field}`);
    }
    seen.set(field, column);
    return field;
  });
  if (problems.length > 0) {
    throw new Error(
      [
        'The columns do not fit:',
        ...problems.map((problem) => `  ${problem}`),
        `Fields: ${known.fields.join(', ')}.`,
        'Name a column\'s field with --map "Column=field", or leave it out with --map "Column=".',
      ].join('\n'),
    );
  }
  return { fields, leftOut };
}
