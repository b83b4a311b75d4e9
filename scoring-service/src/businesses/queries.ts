import { notFound } from '../core/errors.js';
import { decodeCursor, pageOf, type Page } from '../core/paging.js';
import type { Store } from '../db/store.js';
import type { Business } from './business-schema.js';
import { toBusiness } from './businesses.js';
import type { OwnershipRules, Staff } from './staff-schema.js';
import { toOwnershipRules, toStaff } from './staff.js';

interface Paging {
  limit: number;
  cursor?: string;
}

/** Businesses, newest first. */
export async function listBusinesses(
  store: Store,
  paging: Paging,
  locked: readonly string[],
): Promise<Page<Business>> {
  let query = store.db.selectFrom('businesses').selectAll();
  if (paging.cursor !== undefined) {
    query = query.where('id', '<', decodeCursor(paging.cursor, 1)[0] ?? '');
  }
  const rows = await query
    .orderBy('id', 'desc')
    .limit(paging.limit + 1)
    .execute();
  return pageOf(
    rows,
    paging.limit,
    (row) => [row.id],
    (row) => toBusiness(row, locked),
  );
}

export async function getBusiness(
  store: Store,
  id: string,
  locked: readonly string[],
): Promise<Business> {
  const row = await store.db
    .selectFrom('businesses')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw notFound('business', id);
  return toBusiness(row, locked);
}

/** Staff in the order in which they are told of tasks. */
export async function listStaff(
  store: Store,
  filter: Paging & { business_id?: string; on_duty?: boolean },
): Promise<Page<Staff>> {
  let query = store.db.selectFrom('staff').selectAll();
  if (filter.business_id !== undefined) {
    query = query.where('business_id', '=', filter.business_id);
  }
  if (filter.on_duty !== undefined) query = query.where('on_duty', '=', filter.on_duty ? 1 : 0);
  if (filter.cursor !== undefined) {
    query = query.where('id', '>', decodeCursor(filter.cursor, 1)[0] ?? '');
  }
  const rows = await query
    .orderBy('id')
    .limit(filter.limit + 1)
    .execute();
  return pageOf(rows, filter.limit, (row) => [row.id], toStaff);
}

export async function getStaff(store: Store, id: string): Promise<Staff> {
  const row = await store.db
    .selectFrom('staff')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw notFound('staff member', id);
  return toStaff(row);
}

/** The rules of a business (the default one unless named); an empty table when none were saved. */
export async function getOwnershipRules(
  store: Store,
  businessId?: string,
): Promise<OwnershipRules> {
  const business = await store.db
    .selectFrom('businesses')
    .select('id')
    .where((where) =>
      businessId === undefined ? where('is_default', '=', 1) : where('id', '=', businessId),
    )
    .executeTakeFirst();
  if (business === undefined) throw notFound('business', businessId ?? 'default');
  const row = await store.db
    .selectFrom('ownership_rules')
    .selectAll()
    .where('business_id', '=', business.id)
    .executeTakeFirst();
  return toOwnershipRules(business.id, row);
}
