import { iso, type Clock, type Runtime } from '../core/clock.js';
import type { Store } from '../db/store.js';
import type { SessionsTable } from '../db/tables/users.js';
import { run, type Unit } from '../db/unit.js';
import { tokenHash } from './tokens.js';
import { toUser, type User } from './users.js';

/** A session ends after 12 hours without a request, and after a week in any case. */
export const IDLE_MS = 12 * 3_600_000;
export const LIFETIME_MS = 7 * 24 * 3_600_000;
/** How exactly the last request is remembered: at most one write a minute and session. */
const SEEN_STEP_MS = 60_000;

export interface SessionsDeps {
  store: Store;
  runtime: Runtime;
}

/** Opens a session; the token is for the cookie and kept only as a hash. */
export function* openSession(
  { store, runtime }: SessionsDeps,
  userId: string,
): Unit<{ token: string }> {
  const at = runtime.clock.now();
  const token = runtime.randomBytes(32).toString('base64url');
  const row: SessionsTable = {
    id: tokenHash(token),
    user_id: userId,
    created_at: iso(at),
    last_seen_at: iso(at),
    expires_at: iso(at + LIFETIME_MS),
  };
  yield* run(store.db.insertInto('sessions').values(row));
  return { token };
}

/** Ends the session of a token; nothing happens when there is none. */
export function* endSession({ store }: Pick<SessionsDeps, 'store'>, token: string): Unit<void> {
  yield* run(store.db.deleteFrom('sessions').where('id', '=', tokenHash(token)));
}

/** Ends every session of a user. */
export function* endSessionsOf({ store }: Pick<SessionsDeps, 'store'>, id: string): Unit<void> {
  yield* run(store.db.deleteFrom('sessions').where('user_id', '=', id));
}

/** The user behind a cookie's token, or null: unknown, run out, idle too long, or disabled. */
export async function findSession(
  { store, runtime }: SessionsDeps,
  token: string,
): Promise<User | null> {
  const id = tokenHash(token);
  const now = runtime.clock.now();
  const row = await store.db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .selectAll('users')
    .select(['sessions.last_seen_at', 'sessions.expires_at'])
    .where('sessions.id', '=', id)
    .executeTakeFirst();
  if (row === undefined || row.disabled_at !== null) return null;
  const seen = Date.parse(row.last_seen_at);
  if (now >= Date.parse(row.expires_at) || now - seen >= IDLE_MS) return null;
  if (now - seen >= SEEN_STEP_MS) {
    await store.unit(() =>
      run(
        store.db
          .updateTable('sessions')
          .set({ last_seen_at: iso(now) })
          .where('id', '=', id),
      ),
    );
  }
  return toUser(row);
}

/** Forgets sessions and links that ran out and attempts that no longer count. */
export function forgetOldSessions(store: Store, clock: Clock): Promise<void> {
  const now = clock.now();
  const { db } = store;
  return store.unit(function* () {
    yield* run(
      db
        .deleteFrom('sessions')
        .where((where) =>
          where.or([
            where('expires_at', '<', iso(now)),
            where('last_seen_at', '<', iso(now - IDLE_MS)),
          ]),
        ),
    );
    yield* run(db.deleteFrom('sign_in_links').where('expires_at', '<', iso(now)));
    yield* run(db.deleteFrom('sign_in_attempts').where('started_at', '<', iso(now - LIFETIME_MS)));
  });
}
