import { iso } from '../core/clock.js';
import { AppError, conflict } from '../core/errors.js';
import type { SignInLinksTable } from '../db/tables/users.js';
import { first, run, type Unit } from '../db/unit.js';
import { recordActivity, type Actor } from '../events/activity.js';
import { endSessionsOf, openSession } from './sessions.js';
import { tokenHash } from './tokens.js';
import { createUser, requireUser, toUser, userActor, type User, type UsersDeps } from './users.js';

/** Links are good for a day. */
export const LINK_MS = 24 * 3_600_000;

function spent(): AppError {
  return new AppError(
    'link_spent',
    410,
    'This link has been used or is older than a day. Ask an admin for a new one; for the first admin, start the service again to get one.',
  );
}

function* makeLink({ store, runtime }: UsersDeps, userId: string | null): Unit<string> {
  const at = runtime.clock.now();
  const token = runtime.randomBytes(32).toString('base64url');
  yield* run(
    store.db.insertInto('sign_in_links').values({
      id: tokenHash(token),
      user_id: userId,
      created_at: iso(at),
      expires_at: iso(at + LINK_MS),
    }),
  );
  return token;
}

/** The token of a link that makes the first admin. Worth nothing once somebody used one. */
export function* makeFirstAdminLink(deps: UsersDeps): Unit<string> {
  return yield* makeLink(deps, null);
}

/** The token of a link by which a user chooses a (new) password; older links of theirs end. */
export function* makePasswordLink(deps: UsersDeps, userId: string, actor: Actor): Unit<string> {
  const user = yield* requireUser(deps, userId);
  if (user.disabled_at !== null) {
    throw conflict('user_disabled', 'Enable this user before making a link.');
  }
  yield* run(deps.store.db.deleteFrom('sign_in_links').where('user_id', '=', userId));
  yield* recordActivity(
    [{ actor, action: 'user.link_made', subjectType: 'user', subjectId: userId }],
    deps.runtime.clock.now(),
    deps.runtime.newId,
  );
  return yield* makeLink(deps, userId);
}

function* readLink({ store, runtime }: UsersDeps, token: string): Unit<SignInLinksTable> {
  const link = yield* first(
    store.db.selectFrom('sign_in_links').selectAll().where('id', '=', tokenHash(token)),
  );
  if (link === undefined || Date.parse(link.expires_at) <= runtime.clock.now()) throw spent();
  return link;
}

/**
 * Whose link it is, without using it up: the user, or null for the first admin's.
 * Errors: 410 `link_spent`.
 */
export function lookAtLink(deps: UsersDeps, token: string): Promise<User | null> {
  return deps.store.unit(function* () {
    const link = yield* readLink(deps, token);
    return link.user_id === null ? null : toUser(yield* requireUser(deps, link.user_id));
  });
}

/** What the person behind a link gives: a password, and for the first admin who they are. */
export interface LinkAnswer {
  passwordHash: string;
  firstAdmin: { name: string; email: string } | null;
}

/**
 * Uses a link up: makes the first admin or sets the user's password, ends all their sessions and
 * opens a new one. The deletion comes first and must hit, so of two uses at once one wins.
 * Errors: 410 `link_spent`.
 */
export function* useLink(
  deps: UsersDeps,
  token: string,
  answer: LinkAnswer,
): Unit<{ user: User; token: string }> {
  const { store, runtime } = deps;
  const { db } = store;
  const at = runtime.clock.now();
  const link = yield* readLink(deps, token);
  const taken = yield* run(db.deleteFrom('sign_in_links').where('id', '=', link.id));
  if (taken === 0) throw spent();
  let userId = link.user_id;
  if (userId === null) {
    const someone = yield* first(db.selectFrom('users').select('id').limit(1));
    if (someone !== undefined || answer.firstAdmin === null) throw spent();
    userId = (yield* createUser(deps, { ...answer.firstAdmin, role: 'admin' }, null)).id;
    // Links printed by other starts are worth nothing from here on.
    yield* run(db.deleteFrom('sign_in_links').where('user_id', 'is', null));
  }
  const user = yield* requireUser(deps, userId);
  if (user.disabled_at !== null) throw spent();
  yield* run(
    db
      .updateTable('users')
      .set({
        password_hash: answer.passwordHash,
        last_sign_in_at: iso(at),
        updated_at: iso(at),
        version: user.version + 1,
      })
      .where('id', '=', userId),
  );
  yield* endSessionsOf(deps, userId);
  yield* recordActivity(
    [
      {
        actor: userActor(user),
        action: 'user.password_set',
        subjectType: 'user',
        subjectId: userId,
      },
    ],
    at,
    runtime.newId,
  );
  return { user: toUser(user), ...(yield* openSession(deps, userId)) };
}
