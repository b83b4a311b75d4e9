import { normalizeEmail, normalizePhone } from '../../contact/index.js';
import { iso } from '../../core/clock.js';
import { decodeCursor, encodeCursor, type Page } from '../../core/paging.js';
import type { Store } from '../../db/store.js';
import type { Lead } from '../../leads/lead-schema.js';
import { listLeads, type LeadFilter } from '../../leads/queries.js';
import { isId } from '../form.js';

/** How many leads one page of a search looks through; the next page goes on from there. */
export const LOOKED_THROUGH = 15_000;
const MOST_EXACT = 100;

/** Leads whose id, contact id, phone or e-mail is just this, each found by its index. */
async function findExactly(store: Store, text: string, region: string): Promise<string[]> {
  const { db } = store;
  const phone = normalizePhone(text, region).e164;
  const mail = text.includes('@') ? normalizeEmail(text) : null;
  const base = db.selectFrom('leads').select('id').limit(MOST_EXACT);
  const found = await Promise.all([
    base
      .where('kind', '=', 'distribution')
      .where('ghl_contact_id', '=', text)
      .where('ghl_contact_id', 'is not', null)
      .execute(),
    phone === null
      ? []
      : base.where('phone_key', '=', phone).where('phone_key', 'is not', null).execute(),
    mail === null
      ? []
      : base.where('email_key', '=', mail).where('email_key', 'is not', null).execute(),
    isId(text) ? base.where('id', '=', text).execute() : [],
  ]);
  return [...new Set(found.flat().map((row) => row.id))];
}

/** The page of a search, and whether it may have stopped before the oldest lead. */
export type SearchPage = Page<Lead> & { looked_through: number | null };

/**
 * Leads that match, newest first. A whole contact id, phone number, e-mail or id is found wherever
 * it is. Any other text is looked for in the newest LOOKED_THROUGH leads, and by each next page in
 * as many older ones, so that no page costs more the more leads there are.
 */
export async function searchLeads(
  store: Store,
  filter: LeadFilter,
  region: string,
): Promise<SearchPage> {
  const { q, cursor } = filter;
  if (q === undefined) return { ...(await listLeads(store, filter)), looked_through: null };
  if (cursor === undefined) {
    const ids = await findExactly(store, q, region);
    if (ids.length > 0) {
      const page = await listLeads(store, { ...filter, q: undefined, ids });
      return { ...page, next_cursor: null, looked_through: null };
    }
  }
  const reach = await lookBack(store, filter);
  if (reach === null) return { ...(await listLeads(store, filter)), looked_through: null };
  const page = await listLeads(store, { ...filter, ...reach.bound });
  if (page.next_cursor !== null) return { ...page, looked_through: null };
  return { data: page.data, next_cursor: reach.next, looked_through: LOOKED_THROUGH };
}

/** Sorts after every id: what is at the bound has not been looked at and is the next to be. */
const AFTER_ALL = '~';

/**
 * How far back one page looks, and where the next goes on; null when everything is within reach.
 * Within a span of time leads are listed by their arrival, otherwise by their id.
 */
async function lookBack(
  { db }: Store,
  { since, until, cursor }: LeadFilter,
): Promise<{ bound: Partial<LeadFilter>; next: string } | null> {
  const byArrival = since !== undefined || until !== undefined;
  const [id = '', arrived = ''] =
    cursor === undefined ? [] : decodeCursor(cursor, byArrival ? 2 : 1);
  let query = db.selectFrom('leads').select(['id', 'created_at']).limit(1).offset(LOOKED_THROUGH);
  if (byArrival) {
    if (since !== undefined) query = query.where('created_at', '>=', iso(since));
    if (until !== undefined) query = query.where('created_at', '<', iso(until));
    if (cursor !== undefined) query = query.where('created_at', '<=', arrived);
    const floor = await query.orderBy('created_at', 'desc').executeTakeFirst();
    if (floor === undefined) return null;
    return {
      bound: { since: Date.parse(floor.created_at) + 1 },
      next: encodeCursor([AFTER_ALL, floor.created_at]),
    };
  }
  if (cursor !== undefined) query = query.where('id', '<', id);
  const floor = await query.orderBy('id', 'desc').executeTakeFirst();
  if (floor === undefined) return null;
  return { bound: { after_id: floor.id }, next: encodeCursor([`${floor.id}${AFTER_ALL}`]) };
}
