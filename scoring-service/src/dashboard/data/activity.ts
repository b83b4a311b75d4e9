import { decodeCursor, encodeCursor, pageOf, type Page } from '../../core/paging.js';
import type { Store } from '../../db/store.js';
import type { ActivityLogTable } from '../../db/tables/audit.js';

export interface ActivityFilter {
  limit: number;
  cursor?: string;
  subject_type?: string;
  subject_id?: string;
}

/** How many entries one page looks through for a kind of subject that is rare. */
const LOOKED_THROUGH = 5000;

/**
 * The activity log, newest first. One subject is found by its index. A kind of subject has none: at
 * most LOOKED_THROUGH entries are looked through for a page, and the next page goes on from there.
 */
export async function readActivity(
  store: Store,
  filter: ActivityFilter,
): Promise<Page<ActivityLogTable>> {
  const { db } = store;
  const after = filter.cursor === undefined ? undefined : decodeCursor(filter.cursor, 1)[0];
  const { subject_type: type, subject_id: id } = filter;
  let query = db.selectFrom('activity_log').selectAll();
  let floor: string | undefined;
  if (id !== undefined) query = query.where('subject_id', '=', id);
  else if (type !== undefined) {
    let reach = db.selectFrom('activity_log').select('id');
    if (after !== undefined) reach = reach.where('id', '<', after);
    floor = (await reach.orderBy('id', 'desc').offset(LOOKED_THROUGH).limit(1).executeTakeFirst())
      ?.id;
    if (floor !== undefined) query = query.where('id', '>', floor);
  }
  if (type !== undefined) query = query.where('subject_type', '=', type);
  if (after !== undefined) query = query.where('id', '<', after);
  const rows = await query
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute();
  const page = pageOf(
    rows,
    filter.limit,
    (row) => [row.id],
    (row) => row,
  );
  if (page.next_cursor !== null || floor === undefined) return page;
  return { ...page, next_cursor: encodeCursor([`${floor}~`]) };
}
