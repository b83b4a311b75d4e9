import { z } from 'zod';

import { AppError } from './errors.js';

/** Query of every list: `limit` (default 50, at most 200) and the `cursor` of the page before. */
export const pagingQuery = {
  limit: z.coerce
    .number({ error: 'must be a whole number from 1 to 200' })
    .int('must be a whole number from 1 to 200')
    .min(1, 'must be a whole number from 1 to 200')
    .max(200, 'must be a whole number from 1 to 200')
    .default(50),
  cursor: z.string().max(500).optional(),
};

export interface Paging {
  limit: number;
  /** Of the page before; absent for the first. */
  cursor?: string;
}

export interface Page<T> {
  data: T[];
  next_cursor: string | null;
}

/** A cursor is opaque to callers: the sort key of the last row, encoded. */
export function encodeCursor(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

export function decodeCursor(cursor: string, length: number): string[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (
      Array.isArray(parts) &&
      parts.length === length &&
      parts.every((part) => typeof part === 'string' && part.length <= 200 && !part.includes('\0'))
    ) {
      return parts as string[];
    }
  } catch {
    // Falls through to the one answer for every cursor that is not ours.
  }
  throw invalidCursor();
}

/** The one answer for every cursor that is not ours. */
export function invalidCursor(): AppError {
  return new AppError('validation_error', 400, 'The query is not valid.', {
    details: { cursor: 'is not a cursor of this list' },
  });
}

/** Cuts the extra row that a list reads to know whether there is a next page. */
export function pageOf<Row, T>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (row: Row) => readonly (string | number)[],
  present: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    data: shown.map(present),
    next_cursor: rows.length > limit && last !== undefined ? encodeCursor(cursorOf(last)) : null,
  };
}

/** A select over rows with an id, as far as paging goes on with it. */
export interface PagedQuery<Row> {
  where(column: 'id', operator: '<', id: string): PagedQuery<Row>;
  orderBy(column: 'id', direction: 'desc'): PagedQuery<Row>;
  limit(count: number): PagedQuery<Row>;
  execute(): Promise<Row[]>;
}

/**
 * One page of a list, newest first: ids are made in the order of time. What is added meanwhile
 * shifts no page. Errors: 400 for a cursor that is not of such a list.
 */
export async function newestPage<Row extends { id: string }, T>(
  query: PagedQuery<Row>,
  { limit, cursor }: Paging,
  present: (row: Row) => T,
): Promise<Page<T>> {
  const [after] = cursor === undefined ? [] : decodeCursor(cursor, 1);
  const rows = await (after === undefined ? query : query.where('id', '<', after))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  return pageOf(rows, limit, (row) => [row.id], present);
}
