import { sql, type SqlBool } from 'kysely';

/** Rows looked at together, and rows that one unit changes: nobody waits long for the write lane. */
export const LOOK = 1000;
export const STEP = 100;

/** Rows behind a place in the order of two columns; both databases use an index for it. */
export const behind = (moment: string, id: string, place: readonly [string, string]) =>
  sql<SqlBool>`(${sql.ref(moment)}, ${sql.ref(id)}) > (${place[0]}, ${place[1]})`;

/** A list in pieces of a size. */
export function chunks<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  );
}

/**
 * Goes through rows in the order of their ids, which is the order of time, up to the first that is
 * not older than `cutoff` (ISO), a page at a time.
 * @param read up to {@link LOOK} rows after an id
 * @returns the id of the last old row, or `after`
 */
export async function throughOld<R extends { id: string; at: string }>(
  read: (after: string) => Promise<R[]>,
  after: string,
  cutoff: string,
  take: (rows: R[]) => Promise<void>,
): Promise<string> {
  let place = after;
  for (;;) {
    const page = await read(place);
    const young = page.findIndex(({ at }) => at >= cutoff);
    const old = young === -1 ? page : page.slice(0, young);
    await take(old);
    place = old.at(-1)?.id ?? place;
    if (old.length < LOOK) return place;
  }
}
