import { z } from 'zod';

import { invalid } from '../core/errors.js';
import { decodeCursor, encodeCursor } from '../core/paging.js';
import type { Store } from '../db/store.js';
import type { EventsTable } from '../db/tables/audit.js';
import { EVENT_TYPES, type EventType } from './events.js';
import { placesQuery, positionColumn, settleAll } from './order.js';

/** An event as programs see it. */
export const eventSchema = z.object({
  id: z.string(),
  type: z.enum(EVENT_TYPES),
  occurred_at: z.string(),
  data: z.record(z.string(), z.unknown()),
});

export interface StreamQuery {
  /** A `next_cursor` or the id of an event. */
  after?: string;
  types?: readonly EventType[];
  limit: number;
}

/** Events that are looked at in one go for those of the wanted types. */
const WINDOW = 10_000;
const MAX_WINDOWS = 50;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type EventRow = Pick<EventsTable, 'id' | 'type' | 'occurred_at' | 'data'> & { place: number };

function decodePlace(after: string): number {
  let text = '';
  try {
    text = decodeCursor(after, 1)[0] ?? '';
  } catch {
    // Said below, under the name that the cursor has here.
  }
  if (!/^\d{1,15}$/.test(text)) throw invalid({ after: 'is not a cursor of this list' });
  return Number(text);
}

async function startOf(store: Store, after: string | undefined): Promise<number> {
  if (after === undefined) return 0;
  if (!UUID.test(after)) return decodePlace(after);
  const row = await store.db
    .selectFrom('events')
    .select(`${positionColumn(store)} as place`)
    .where('id', '=', after.toLowerCase())
    .$castTo<{ place: number | null }>()
    .executeTakeFirst();
  if (row?.place != null) return row.place;
  throw invalid({ after: 'is not the id of an event, or of one that is no longer kept' });
}

/**
 * The events after a place in the stream, in its order. `next_cursor` is always given: with it a
 * program reads on, now or later, and misses nothing. When it is the one that was sent, there is
 * nothing more at the moment. Rare types are looked for in steps, so that a page may hold fewer
 * events than asked for while more follow.
 */
export async function readStream(store: Store, { after, types, limit }: StreamQuery) {
  await settleAll(store);
  const column = positionColumn(store);
  // The end is read first: what has a place by then is visible to the queries that follow.
  const last = (await placesQuery(store, 'desc').executeTakeFirst())?.place ?? 0;
  let position = await startOf(store, after);
  if (types !== undefined) {
    const oldest = await placesQuery(store, 'asc').executeTakeFirst();
    position = Math.max(position, (oldest?.place ?? 1) - 1);
  }
  const rows: EventRow[] = [];
  for (let windows = 0; windows < MAX_WINDOWS && position < last; windows += 1) {
    const upTo = types === undefined ? last : Math.min(position + WINDOW, last);
    let select = store.db
      .selectFrom('events')
      .select(['id', 'type', 'occurred_at', 'data', `${column} as place`])
      .where(column, '>', position)
      .where(column, '<=', upTo)
      .orderBy(column)
      .limit(limit - rows.length);
    if (types !== undefined) select = select.where('type', 'in', types);
    rows.push(...(await select.$castTo<EventRow>().execute()));
    const lastRow = rows.at(-1);
    if (rows.length === limit && lastRow !== undefined) {
      position = lastRow.place;
      break;
    }
    position = upTo;
  }
  return {
    data: rows.map(({ id, type, occurred_at, data }) => ({
      id,
      type,
      occurred_at,
      data: JSON.parse(data) as unknown,
    })),
    next_cursor: encodeCursor([String(position)]),
  };
}
