import { makePasswordLink } from '../access/sign-in-links.js';
import { accountKey, listUsers } from '../access/users.js';
import { systemRuntime } from '../core/clock.js';
import { OPERATOR } from './operator.js';
import type { Settings } from '../settings/settings.js';
import { withStore } from './with-store.js';

export async function showUsers(settings: Settings, say: (text: string) => void): Promise<void> {
  const users = await withStore(settings, listUsers);
  if (users.length === 0) say('No users. Start the service: it prints a link for the first admin.');
  for (const user of users) {
    const state = user.disabled_at !== null ? 'disabled' : user.has_password ? 'active' : 'invited';
    say(
      `${user.id}  ${user.email}  ${user.role}  ${state}  ${user.last_sign_in_at ?? 'never signed in'}`,
    );
  }
}

/** Prints a link by which a user chooses a new password: the way back in when no admin can help. */
export async function makeUserLink(
  settings: Settings,
  email: string,
  say: (text: string) => void,
): Promise<void> {
  const token = await withStore(settings, async (store) => {
    const user = (await listUsers(store)).find(
      (one) => accountKey(one.email) === accountKey(email),
    );
    if (user === undefined) throw new Error(`No user has the e-mail ${email}.`);
    return store.unit(() => makePasswordLink({ store, runtime: systemRuntime }, user.id, OPERATOR));
  });
  const base =
    settings.PUBLIC_URL?.replace(/\/$/, '') ?? `http://${settings.HOST}:${settings.PORT}`;
  say('It works once, for a day; with it the user chooses a new password:');
  say(`  ${base}/sign-in?link=${token}`);
}
