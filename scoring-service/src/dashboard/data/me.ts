import { sql, type SqlBool } from 'kysely';

import { accountKey, type User } from '../../access/users.js';
import type { Store } from '../../db/store.js';

export interface StaffName {
  id: string;
  name: string;
  business_id: string;
}

/** Staff by name, of one business or of all; enough for a choice. */
export async function readStaff(store: Store, businessId?: string): Promise<StaffName[]> {
  let query = store.db.selectFrom('staff').select(['id', 'name', 'business_id']);
  if (businessId !== undefined) query = query.where('business_id', '=', businessId);
  return query.orderBy('name').orderBy('id').limit(500).execute();
}

/** The member of staff that a user is: the one with the same e-mail, or null. */
export async function staffOfUser(store: Store, user: User): Promise<StaffName | null> {
  const row = await store.db
    .selectFrom('staff')
    .select(['id', 'name', 'business_id'])
    .where(sql<SqlBool>`lower(email) = ${accountKey(user.email)}`)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/** Names of businesses by id. */
export async function businessNames(
  store: Store,
  ids: readonly (string | null)[],
): Promise<Map<string, string>> {
  const wanted = [...new Set(ids.filter((id): id is string => id !== null))];
  if (wanted.length === 0) return new Map();
  const rows = await store.db
    .selectFrom('businesses')
    .select(['id', 'name'])
    .where(store.anyOf('id', wanted))
    .execute();
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** Businesses for a choice, the default one first, then by name. */
export async function businessChoices(store: Store): Promise<(readonly [string, string])[]> {
  const rows = await store.db
    .selectFrom('businesses')
    .select(['id', 'name'])
    .orderBy('is_default', 'desc')
    .orderBy('name')
    .orderBy('id')
    .limit(500)
    .execute();
  return rows.map((row) => [row.id, row.name] as const);
}
