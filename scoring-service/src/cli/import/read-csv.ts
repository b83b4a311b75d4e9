import { isUtf8 } from 'node:buffer';
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';

import { CsvError, parse } from 'csv-parse';

import { shown } from '../shown.js';

/** Bytes; a row that is longer is more likely a quote that was never closed. */
const MAX_ROW = 1024 * 1024;

const NEWLINE = 0x0a;

/** A row of the file: its number among the rows, the line where it starts (the header is line 1). */
export interface CsvRow {
  row: number;
  line: number;
  cells: string[];
}

/** What a first look at the whole file told. */
export interface CsvFile {
  path: string;
  delimiter: string;
  header: string[];
  /** Rows below the header. */
  rows: number;
  /** SHA-256 of the content. */
  hash: string;
}

/** Passes whole lines on once they have proved to be UTF-8; `hash` is given every byte. */
async function* checkedLines(path: string, hash: Hash | null): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let line = 1;
  let first = true;
  const checked = (lines: Buffer): Buffer => {
    if (isUtf8(lines)) {
      for (const byte of lines) if (byte === NEWLINE) line += 1;
      return lines;
    }
    for (let from = 0; from < lines.length; line += 1) {
      const end = lines.indexOf(NEWLINE, from);
      const to = end === -1 ? lines.length : end + 1;
      if (!isUtf8(lines.subarray(from, to))) break;
      from = to;
    }
    throw new Error(
      `The file is not UTF-8: see line ${line}. Save it as "CSV UTF-8" and import that.`,
    );
  };
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash?.update(chunk);
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (first && rest.length > 1) {
      first = false;
      if (/^(fffe|feff)/.test(rest.toString('hex', 0, 2))) {
        throw new Error('The file is UTF-16. Save it as "CSV UTF-8" and import that.');
      }
    }
    const end = rest.lastIndexOf(NEWLINE) + 1;
    if (end === 0) {
      if (rest.length > MAX_ROW) throw tooLong(line);
      continue;
    }
    yield checked(rest.subarray(0, end));
    rest = rest.subarray(end);
  }
  if (rest.length > 0) yield checked(rest);
}

function tooLong(line: number): Error {
  return new Error(
    `The row near line ${line} is longer than ${MAX_ROW / 1024 / 1024} MB. Is a quote left open there?`,
  );
}

function unreadable(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error;
  const line = typeof error.lines === 'number' ? error.lines : 0;
  if (error.code === 'CSV_MAX_RECORD_SIZE') return tooLong(line);
  const what =
    error.code === 'CSV_QUOTE_NOT_CLOSED'
      ? 'a quote is opened and never closed'
      : 'a quote stands where none may stand; a field with quotes in it is written "like ""this"""';
  // Near: the parser counts a CRLF inside quotes twice.
  return new Error(`The file is no valid CSV: ${what} (near line ${line}).`);
}

interface Parsed {
  record: string[];
  info: { lines: number };
}

/**
 * The line where a record starts. The parser counts a CRLF inside quotes twice; `drift` is what it
 * is ahead by.
 */
function startLine({ record, info }: Parsed, drift: { lines: number }): number {
  let breaks = 0;
  for (const cell of record) {
    if (!cell.includes('\n') && !cell.includes('\r')) continue;
    const pairs = cell.split('\r\n').length - 1;
    drift.lines += pairs;
    breaks += cell.replaceAll('\r\n', '\n').replaceAll('\r', '\n').split('\n').length - 1;
  }
  return info.lines - drift.lines - breaks;
}

/** The header and the rows, one at a time; rows without any text are no rows. */
async function* records(
  path: string,
  delimiter: string,
  hash: Hash | null,
): AsyncGenerator<CsvRow> {
  const parser = parse({
    bom: true,
    info: true,
    delimiter,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    max_record_size: MAX_ROW,
  });
  // The error, if any, comes out of the parser below.
  pipeline(Readable.from(checkedLines(path, hash)), parser, () => undefined);
  const drift = { lines: 0 };
  let row = 0;
  try {
    for await (const parsed of parser as AsyncIterable<Parsed>) {
      yield { row, line: startLine(parsed, drift), cells: parsed.record };
      row += 1;
    }
  } catch (error) {
    throw unreadable(error);
  }
}

/**
 * Reads the whole file once without keeping it, so that a file that cannot be read to its end is
 * refused before anything of it was taken.
 * Errors: no file, empty, not UTF-8, no valid CSV; each says what to do.
 */
export async function inspectCsv(path: string, delimiter: string): Promise<CsvFile> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      error.code === 'ENOENT' ? `There is no file ${path}.` : `${path}: ${error.message}`,
    );
  });
  if (!found.isFile()) throw new Error(`${path} is not a file.`);
  const hash = createHash('sha256');
  let header: string[] | null = null;
  let rows = -1;
  for await (const { cells } of records(path, delimiter, hash)) {
    header ??= cells.map((cell) => cell.trim());
    rows += 1;
  }
  if (header === null) throw new Error(`${path} is empty: its first line must name the columns.`);
  const [only = ''] = header;
  if (header.length === 1 && /[,;\t|]/.test(only)) {
    throw new Error(
      `The first line has one column, ${shown(only)}. Say what separates the columns: --delimiter ";" (or tab).`,
    );
  }
  return { path, delimiter, header, rows, hash: hash.digest('hex') };
}

/** The file's rows after the first `done`. */
export async function* readRows(file: CsvFile, done: number): AsyncGenerator<CsvRow> {
  for await (const record of records(file.path, file.delimiter, null)) {
    if (record.row > done) yield record;
  }
}
