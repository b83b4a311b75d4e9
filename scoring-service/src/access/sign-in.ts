import { isIP } from 'node:net';

import { iso } from '../core/clock.js';
import { AppError } from '../core/errors.js';
import { first, run, type Unit } from '../db/unit.js';
import { recordActivity } from '../events/activity.js';
import { verifyPassword } from './passwords.js';
import { endSession, openSession } from './sessions.js';
import { tokenHash } from './tokens.js';
import { accountKey, toUser, userActor, type User, type UsersDeps } from './users.js';

/** Attempts within a quarter of an hour, after which an account or an address has to wait. */
export const ATTEMPTS_PER_ACCOUNT = 5;
export const ATTEMPTS_PER_ADDRESS = 30;
export const ATTEMPT_WINDOW_MS = 15 * 60_000;

/** One host has a whole IPv6 /64 to choose from, so that is what counts as an address. */
function networkOf(address: string): string {
  if (isIP(address) !== 6 || address.includes('.')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const full = [
    ...groups,
    ...Array.from({ length: tail === undefined ? 0 : 8 - groups.length - after.length }, () => '0'),
    ...after,
  ];
  return full
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':');
}

/** Counts an attempt before it is checked, so that a burst of guesses gets no further than a row. */
function* countAttempt(
  { store, runtime }: UsersDeps,
  id: string,
  limit: number,
): Unit<number | null> {
  const { db } = store;
  const now = runtime.clock.now();
  yield* run(
    db
      .deleteFrom('sign_in_attempts')
      .where('id', '=', id)
      .where('started_at', '<=', iso(now - ATTEMPT_WINDOW_MS)),
  );
  yield* run(
    db
      .insertInto('sign_in_attempts')
      .values({ id, attempts: 1, started_at: iso(now) })
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet((set) => ({ attempts: set('sign_in_attempts.attempts', '+', 1) })),
      ),
  );
  const row = yield* first(db.selectFrom('sign_in_attempts').selectAll().where('id', '=', id));
  if (row === undefined || row.attempts <= limit) return null;
  return Date.parse(row.started_at) + ATTEMPT_WINDOW_MS;
}

function locked(until: number, now: number): AppError {
  const minutes = Math.max(1, Math.ceil((until - now) / 60_000));
  return new AppError(
    'locked_out',
    429,
    `Too many attempts to sign in. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
    { retryAfter: Math.max(1, Math.ceil((until - now) / 1000)) },
  );
}

/**
 * Signs a person in with a new session; the one that the browser brought along ends (no fixation).
 * Errors: 401 `invalid_credentials` (whatever was wrong), 429 `locked_out` for the account or the
 * address, whether or not the account exists.
 */
export async function signIn(
  deps: UsersDeps,
  given: { email: string; password: string; address: string; oldToken: string | null },
): Promise<{ user: User; token: string }> {
  const { store, runtime } = deps;
  const { db } = store;
  const key = accountKey(given.email);
  const account = tokenHash(`account ${key}`);
  const address = tokenHash(`address ${networkOf(given.address)}`);
  const until = await store.unit(function* () {
    const byAddress = yield* countAttempt(deps, address, ATTEMPTS_PER_ADDRESS);
    return byAddress ?? (yield* countAttempt(deps, account, ATTEMPTS_PER_ACCOUNT));
  });
  if (until !== null) throw locked(until, runtime.clock.now());

  const row = await db
    .selectFrom('users')
    .selectAll()
    .where('email_key', '=', key)
    .executeTakeFirst();
  const right = await verifyPassword(given.password, row?.password_hash ?? null);
  const wrong = new AppError('invalid_credentials', 401, 'E-mail and password do not match.');
  if (row === undefined || !right) throw wrong;

  return store.unit(function* () {
    const at = runtime.clock.now();
    // Read again: the account may have been disabled, or its password changed, meanwhile.
    const current = yield* first(db.selectFrom('users').selectAll().where('id', '=', row.id));
    if (current?.password_hash !== row.password_hash || current.disabled_at !== null) throw wrong;
    yield* run(db.deleteFrom('sign_in_attempts').where('id', '=', account));
    yield* run(
      db
        .updateTable('sign_in_attempts')
        .set((set) => ({ attempts: set('attempts', '-', 1) }))
        .where('id', '=', address),
    );
    if (given.oldToken !== null) yield* endSession(deps, given.oldToken);
    yield* run(
      db
        .updateTable('users')
        .set({ last_sign_in_at: iso(at) })
        .where('id', '=', row.id),
    );
    yield* recordActivity(
      [
        {
          actor: userActor(row),
          action: 'user.signed_in',
          subjectType: 'user',
          subjectId: row.id,
        },
      ],
      at,
      runtime.newId,
    );
    return { user: toUser(current), ...(yield* openSession(deps, row.id)) };
  });
}
