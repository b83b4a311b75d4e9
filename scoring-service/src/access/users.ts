import { z } from 'zod';

import { iso, type Runtime } from '../core/clock.js';
import { conflict, invalid, notFound } from '../core/errors.js';
import { email, text } from '../core/fields.js';
import type { Store } from '../db/store.js';
import { ROLES, type Role, type UsersTable } from '../db/tables/users.js';
import { all, first, run, type Unit } from '../db/unit.js';
import { recordActivity, type Actor } from '../events/activity.js';
import type { Scope } from './scopes.js';

/** Somebody who signs in to the dashboard, as shown to people. */
export interface User {
  id: string;
  email: string;
  name: string;
  role: Role;
  /** False until the person has followed their link and chosen a password. */
  has_password: boolean;
  disabled_at: string | null;
  last_sign_in_at: string | null;
  created_at: string;
}

/** What each role may do, in the scopes of API keys. */
export const ROLE_SCOPES: Record<Role, readonly Scope[]> = {
  admin: ['admin'],
  agent: ['operate'],
  viewer: ['read'],
};

export const role = z.enum(ROLES, { error: `must be one of ${ROLES.join(', ')}` });

export const newUserSchema = z.strictObject({ name: text(200), email, role });
export type NewUser = z.output<typeof newUserSchema>;

export interface UsersDeps {
  store: Store;
  runtime: Runtime;
}

export function toUser(row: UsersTable): User {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    has_password: row.password_hash !== null,
    disabled_at: row.disabled_at,
    last_sign_in_at: row.last_sign_in_at,
    created_at: row.created_at,
  };
}

/** The form in which e-mails of accounts are compared. */
export function accountKey(address: string): string {
  return address.trim().toLowerCase();
}

/** The user as the activity log names them. */
export function userActor(user: Pick<User, 'id' | 'name'>): Actor {
  return { type: 'user', id: user.id, name: user.name };
}

/** Makes a user without a password; 400 when the e-mail is taken. */
export function* createUser(
  { store, runtime }: UsersDeps,
  input: NewUser,
  actor: Actor | null,
): Unit<User> {
  const { db } = store;
  const at = runtime.clock.now();
  const email_key = accountKey(input.email);
  const taken = yield* first(
    db.selectFrom('users').select('id').where('email_key', '=', email_key),
  );
  if (taken !== undefined) throw invalid({ email: 'belongs to a user already' });
  const row: UsersTable = {
    id: runtime.newId(),
    email: input.email,
    email_key,
    name: input.name,
    role: input.role,
    password_hash: null,
    disabled_at: null,
    last_sign_in_at: null,
    created_at: iso(at),
    updated_at: iso(at),
    version: 1,
  };
  yield* run(db.insertInto('users').values(row));
  const user = toUser(row);
  yield* recordActivity(
    [
      {
        actor: actor ?? userActor(user),
        action: 'user.created',
        subjectType: 'user',
        subjectId: user.id,
        after: { name: user.name, role: user.role },
      },
    ],
    at,
    runtime.newId,
  );
  return user;
}

/** The user in a unit; 404 when there is none. */
export function* requireUser({ store }: Pick<UsersDeps, 'store'>, id: string): Unit<UsersTable> {
  const row = yield* first(store.db.selectFrom('users').selectAll().where('id', '=', id));
  if (row === undefined) throw notFound('user', id);
  return row;
}

export interface UserChange {
  role?: Role;
  disabled?: boolean;
}

/**
 * Changes a user's role, or lets them in or not; their sessions end with a disabling.
 * Errors: 409 `last_admin` when nobody would be left to administer.
 */
export function* changeUser(
  deps: UsersDeps,
  id: string,
  change: UserChange,
  actor: Actor,
): Unit<User> {
  const { store, runtime } = deps;
  const { db } = store;
  // All admins are read with a lock, so that two of them cannot demote each other at once.
  const admins = yield* all(
    store.locked(
      db
        .selectFrom('users')
        .select('id')
        .where('role', '=', 'admin')
        .where('disabled_at', 'is', null)
        .orderBy('id'),
      'wait',
    ),
  );
  const row = yield* requireUser(deps, id);
  const at = runtime.clock.now();
  const next: UsersTable = {
    ...row,
    role: change.role ?? row.role,
    disabled_at:
      change.disabled === undefined
        ? row.disabled_at
        : change.disabled
          ? (row.disabled_at ?? iso(at))
          : null,
  };
  if (next.role === row.role && next.disabled_at === row.disabled_at) return toUser(row);
  const staysAdmin = next.role === 'admin' && next.disabled_at === null;
  if (!staysAdmin && admins.every((admin) => admin.id === id) && admins.length > 0) {
    throw conflict('last_admin', 'This is the last admin. Make somebody else an admin first.');
  }
  yield* run(
    db
      .updateTable('users')
      .set({
        role: next.role,
        disabled_at: next.disabled_at,
        updated_at: iso(at),
        version: row.version + 1,
      })
      .where('id', '=', id),
  );
  if (next.disabled_at !== null) {
    yield* run(db.deleteFrom('sessions').where('user_id', '=', id));
    yield* run(db.deleteFrom('sign_in_links').where('user_id', '=', id));
  }
  yield* recordActivity(
    [
      {
        actor,
        action:
          change.disabled === undefined
            ? 'user.role_changed'
            : change.disabled
              ? 'user.disabled'
              : 'user.enabled',
        subjectType: 'user',
        subjectId: id,
        before: { role: row.role, disabled: row.disabled_at !== null },
        after: { role: next.role, disabled: next.disabled_at !== null },
      },
    ],
    at,
    runtime.newId,
  );
  return toUser(next);
}

/** Every user, by name. */
export async function listUsers(store: Store): Promise<User[]> {
  const rows = await store.db
    .selectFrom('users')
    .selectAll()
    .orderBy('name')
    .orderBy('id')
    .execute();
  return rows.map(toUser);
}

/** True as long as nobody has ever been made a user. */
export async function hasNoUsers(store: Store): Promise<boolean> {
  return (
    (await store.db.selectFrom('users').select('id').limit(1).executeTakeFirst()) === undefined
  );
}
