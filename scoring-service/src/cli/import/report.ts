import {
  closeSync,
  existsSync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';

import { csvLine } from '../../core/csv.js';
import { REPORT_COLUMNS } from './columns.js';
import type { RefusedRow } from './kind.js';

/** The mark tells spreadsheets that the file is UTF-8. */
const START = `\uFEFF${REPORT_COLUMNS.join(',')}`;

/** A CSV file of refused rows: the line, the fields and the rules they broke, and the row itself. */
export interface Report {
  path: string;
  /**
   * Writes rows after the first `from` bytes, over whatever is there, and returns the new size. So a
   * batch that is tried again, or was cut off before its commit, is in the report once.
   */
  write(from: number, rows: readonly RefusedRow[]): number;
  /** Forgets what lies after `size`: the rest of a batch that was never committed. */
  cut(size: number): void;
  close(): void;
}

function isReport(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(Buffer.byteLength(START));
    readSync(file, start, 0, start.length, 0);
    return start.toString('utf8') === START;
  } finally {
    closeSync(file);
  }
}

/**
 * Opens the report of a run that has refused `size` bytes of rows so far.
 * Errors: something else stands at its place.
 * @returns `lost`: rows refused before are no longer in it, because it was taken away
 */
export function openReport(
  path: string,
  header: readonly string[],
  size: number,
): { report: Report; lost: boolean } {
  const there = existsSync(path);
  if (there && !isReport(path)) {
    throw new Error(`${path} is there already and is no report. Choose another with --report.`);
  }
  const lost = size > 0 && (!there || statSync(path).size < size);
  if (there && (size === 0 || lost)) rmSync(path);
  let file: number | null = null;
  const open = (): number => (file ??= openSync(path, existsSync(path) ? 'r+' : 'w+', 0o600));

  const report: Report = {
    path,
    write(from, rows) {
      if (rows.length === 0) return from;
      const sorted = [...rows].sort((a, b) => a.at.row - b.at.row);
      const lines = sorted.map(({ at, problems }) =>
        csvLine([
          at.line,
          Object.keys(problems).join('; '),
          Object.values(problems).join('; '),
          ...at.cells,
        ]),
      );
      const head = from === 0 ? `\uFEFF${csvLine([...REPORT_COLUMNS, ...header])}` : '';
      const bytes = Buffer.from(head + lines.join(''), 'utf8');
      const target = open();
      for (let written = 0; written < bytes.length;) {
        written += writeSync(target, bytes, written, bytes.length - written, from + written);
      }
      // On disk before the commit that counts on it.
      fdatasyncSync(target);
      return from + bytes.length;
    },
    cut(to) {
      if (to > 0 && existsSync(path)) ftruncateSync(open(), to);
    },
    close() {
      if (file !== null) closeSync(file);
      file = null;
    },
  };
  report.cut(lost ? 0 : size);
  return { report, lost };
}
