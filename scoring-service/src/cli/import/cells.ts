import { withoutGuard } from '../../core/csv.js';
import { isStorableText } from '../../core/fields.js';

/** How a field is written in one cell; text unless it is named. */
export type CellKind = 'list' | 'json' | 'flag';

const SEPARATOR = ';';

/** A list in one cell: `MCA; Term loan`, or JSON where an element holds what would be misread. */
export function listCell(list: readonly string[]): string {
  const plain = list.every(
    (text) => !text.includes(SEPARATOR) && text.trim() === text && text !== '',
  );
  return plain && list[0]?.startsWith('[') !== true
    ? list.join(`${SEPARATOR} `)
    : JSON.stringify(list);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The schema says what it must be.
    return text;
  }
}

function readCell(kind: CellKind | undefined, text: string): unknown {
  switch (kind) {
    case 'list': {
      if (text.trim().startsWith('[')) return readJson(text);
      const parts = text.split(SEPARATOR).map((part) => part.trim());
      return parts.filter((part) => part !== '');
    }
    case 'json':
      return readJson(text);
    case 'flag':
      // Spreadsheets write TRUE.
      return text.trim().toLowerCase();
    case undefined:
      return text;
  }
}

/** A row's values by field, or the problem of the row as a whole. */
export function readCells(
  cells: readonly string[],
  fields: readonly (string | null)[],
  kinds: Readonly<Record<string, CellKind>>,
): { values: Record<string, unknown> } | { problems: Record<string, string> } {
  if (cells.length !== fields.length) {
    return {
      problems: { row: `has ${cells.length} columns where the header has ${fields.length}` },
    };
  }
  const problems: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  cells.forEach((cell, at) => {
    const field = fields[at];
    if (!isStorableText(cell)) problems[field ?? 'row'] = 'must not contain NUL characters';
    else if (field != null && cell.trim() !== '') {
      values[field] = readCell(kinds[field], withoutGuard(cell));
    }
  });
  return Object.keys(problems).length > 0 ? { problems } : { values };
}
