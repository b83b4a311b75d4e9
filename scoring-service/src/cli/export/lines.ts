import { setImmediate as turn } from 'node:timers/promises';

import { csvLine } from '../../core/csv.js';
import { personalFields, withoutPersonal } from '../../core/personal.js';
import type { Store } from '../../db/store.js';
import type { Cell, ExportKind } from './kinds.js';

const PAGE = 200;

export type ExportFormat = 'csv' | 'jsonl';

export interface ExportChoice {
  format: ExportFormat;
  since?: number;
  until?: number;
  withoutPersonalData: boolean;
  /** Tells spreadsheets that a CSV file is UTF-8. */
  mark: boolean;
}

function cell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'string') return value;
  return typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}

/**
 * The export's text, page by page: each page is read when the one before has been taken. Newest
 * first, so that what is added meanwhile is not in it; a record is as it was when its page was read.
 */
export async function* exportLines(
  store: Store,
  kind: ExportKind,
  { format, since, until, withoutPersonalData, mark }: ExportChoice,
): AsyncGenerator<string> {
  const hidden = withoutPersonalData ? personalFields(kind.schema) : new Set<string>();
  const columns = Object.entries(kind.columns).filter(([name]) => !hidden.has(name));
  const line = (record: unknown): string => {
    const shown = withoutPersonalData ? withoutPersonal(kind.schema, record) : record;
    if (format === 'jsonl') return `${JSON.stringify(shown)}\n`;
    const fields = shown as Record<string, unknown>;
    return csvLine(
      columns.map(([name, read]) => (read === null ? cell(fields[name]) : read(shown))),
    );
  };
  if (format === 'csv') yield (mark ? '\uFEFF' : '') + csvLine(columns.map(([name]) => name));
  let cursor: string | undefined;
  do {
    const page = await kind.list(store, { limit: PAGE, cursor, since, until });
    if (page.data.length > 0) yield page.data.map(line).join('');
    cursor = page.next_cursor ?? undefined;
    await turn();
  } while (cursor !== undefined);
}
