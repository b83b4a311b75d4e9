import { createUser } from '../../../scoring-service/src/access/users.js';
import { hashPassword } from '../../../scoring-service/src/access/passwords.js';
import {
  makeFirstAdminLink,
  makePasswordLink,
} from '../../../scoring-service/src/access/sign-in-links.js';
import {
  ATTEMPT_WINDOW_MS,
  ATTEMPTS_PER_ACCOUNT,
  ATTEMPTS_PER_ADDRESS,
} from '../../../scoring-service/src/access/sign-in.js';
import { IDLE_MS, LIFETIME_MS } from '../../../scoring-service/src/access/sessions.js';
import { SYSTEM } from '../../../scoring-service/src/events/activity.js';
import {
  getPage,
  postForm,
  SESSION_COOKIE,
  setPasswordHash,
  signedIn,
} from '../../support/dashboard.js';
import { DATABASES } from '../../support/databases.js';
import { execute } from '../../support/seed.js';
import { startTestService, type TestService } from '../../support/service.js';

const PASSWORD = 'correct horse battery';

function sessionOf(cookies: readonly string[]): string | undefined {
  const set = cookies.find((cookie) => cookie.startsWith(`${SESSION_COOKIE}=`));
  return set?.split(';')[0]?.split('=')[1];
}

describe.each(DATABASES)('signing in on %s', (database) => {
  let service: TestService;
  let hash: string;
  const deps = () => ({ store: service.store, runtime: service.runtime });

  beforeAll(async () => {
    [service, hash] = await Promise.all([
      startTestService(database, { env: { TRUST_PROXY: '1' } }),
      // As cheap as can be: what a hash costs is part of it, and nothing here is about that.
      hashPassword(PASSWORD, { N: 2, r: 1, p: 1 }),
    ]);
  });
  beforeEach(() =>
    execute(
      service.store,
      'delete from sessions',
      'delete from sign_in_links',
      'delete from sign_in_attempts',
      'delete from users',
    ),
  );
  afterAll(() => service.stop());

  const firstLink = () => service.store.unit(() => makeFirstAdminLink(deps()));
  const admin = async (email = 'ann@example.com') => {
    const user = await service.store.unit(() =>
      createUser(deps(), { name: 'Ann Example', email, role: 'admin' }, null),
    );
    await setPasswordHash(service, user.id, hash);
    return user;
  };
  const follow = (link: string, over: Record<string, string> = {}) =>
    postForm(service, '/sign-in', {
      do: 'use_link',
      link,
      name: 'Ann Example',
      email: 'ann@example.com',
      password: PASSWORD,
      ...over,
    });
  const enter = (fields: Record<string, string> = {}, from = '203.0.113.5', cookie?: string) =>
    postForm(
      service,
      '/sign-in',
      { do: 'sign_in', email: 'ann@example.com', password: PASSWORD, ...fields },
      cookie,
      { origin: service.address, 'x-forwarded-for': from },
    );

  test('every page without a session leads to the sign-in, and back afterwards', async () => {
    for (const path of ['/', '/leads', '/orders/new', '/settings/users', '/unassigned?reason=x']) {
      const page = await getPage(service, path);
      expect(page.status).toBe(303);
      expect(page.location).toMatch(/^\/sign-in/);
    }
    await admin();
    const done = await enter({ next: '/leads?status=assigned' });
    expect(done).toMatchObject({ status: 303, location: '/leads?status=assigned' });
  });

  test.each(['https://evil.example', '//evil.example', '/\\evil.example', 'leads', '/a\r\nb: c'])(
    'never leads to another site afterwards (%j)',
    async (next) => {
      await admin();
      expect((await enter({ next })).location).toBe('/');
    },
  );

  test('the first link makes one admin who is signed in at once', async () => {
    const link = await firstLink();
    expect((await getPage(service, `/sign-in?link=${link}`)).text).toContain(
      'Make the first admin',
    );
    const made = await follow(link);
    expect(made).toMatchObject({ status: 303, location: '/' });
    const cookie = `${SESSION_COOKIE}=${sessionOf(made.cookies) ?? ''}`;
    expect((await getPage(service, '/settings/users', cookie)).text).toContain('Ann Example');
    expect(await follow(link)).toMatchObject({ status: 410 });
  });

  test('of two people who follow the first link at once one becomes admin', async () => {
    const link = await firstLink();
    const both = await Promise.all([
      follow(link, { email: 'one@example.com' }),
      follow(link, { email: 'two@example.com' }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([303, 410]);
    const users = await service.store.db.selectFrom('users').select('id').execute();
    expect(users).toHaveLength(1);
  });

  test('an older first link makes no second admin', async () => {
    const [old, used] = [await firstLink(), await firstLink()];
    expect((await follow(used)).status).toBe(303);
    expect((await follow(old, { email: 'two@example.com' })).status).toBe(410);
  });

  test('a link ends after a day', async () => {
    const link = await firstLink();
    service.runtime.advance(24 * 3_600_000);
    expect((await getPage(service, `/sign-in?link=${link}`)).status).toBe(410);
    expect((await follow(link)).status).toBe(410);
  });

  test('a short password is refused beside its field, and the link still works', async () => {
    const link = await firstLink();
    const refused = await follow(link, { password: 'short' });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('Password must have at least 10 characters');
    expect(refused.text).toContain('value="ann@example.com"');
    expect((await follow(link)).status).toBe(303);
  });

  test('a new password link ends the sessions of its user and works once', async () => {
    const person = await signedIn(service, 'agent');
    const token = await service.store.unit(() => makePasswordLink(deps(), person.user.id, SYSTEM));
    expect((await getPage(service, '/', person.cookie)).status).toBe(200);
    expect((await follow(token)).status).toBe(303);
    expect((await getPage(service, '/', person.cookie)).status).toBe(303);
    expect((await follow(token)).status).toBe(410);
  });

  test('wrong passwords and unknown accounts get the same answer', async () => {
    await admin();
    const wrong = await enter({ password: 'something else' });
    const unknown = await enter({ email: 'nobody@example.com' });
    expect(wrong.status).toBe(401);
    expect(unknown.status).toBe(401);
    expect(wrong.text).toContain('E-mail and password do not match.');
    expect(unknown.text).toContain('E-mail and password do not match.');
    expect(wrong.cookies).toEqual([]);
  });

  test('a user without a password, or disabled, cannot sign in', async () => {
    const user = await admin();
    await service.store.unit(function* () {
      yield* createUser(deps(), { name: 'New', email: 'new@example.com', role: 'viewer' }, null);
    });
    expect((await enter({ email: 'new@example.com', password: '' })).status).toBe(401);
    await execute(
      service.store,
      `update users set disabled_at = '2026-01-01T00:00:00.000Z' where id = '${user.id}'`,
    );
    expect((await enter()).status).toBe(401);
  });

  test('an account is locked for a while after too many attempts, even for the right password', async () => {
    await admin();
    for (let n = 0; n < ATTEMPTS_PER_ACCOUNT; n += 1) {
      // Each from another address, so that only the account counts.
      expect((await enter({ password: 'wrong password' }, `203.0.113.${n}`)).status).toBe(401);
    }
    const locked = await enter({}, '203.0.113.99');
    expect(locked.status).toBe(429);
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0);
    service.runtime.advance(ATTEMPT_WINDOW_MS);
    expect((await enter({}, '203.0.113.99')).status).toBe(303);
  });

  test('an account that does not exist is locked just the same', async () => {
    for (let n = 0; n < ATTEMPTS_PER_ACCOUNT; n += 1) {
      await enter({ email: 'nobody@example.com' }, `203.0.113.${n}`);
    }
    expect((await enter({ email: ' NOBODY@example.com ' }, '203.0.113.99')).status).toBe(429);
  });

  test('guesses that come all at once are counted as if one came after the other', async () => {
    await admin();
    const guesses = await Promise.all(
      Array.from({ length: ATTEMPTS_PER_ACCOUNT + 4 }, (_, n) =>
        enter({ password: `guess number ${n}` }, `203.0.113.${n}`),
      ),
    );
    const statuses = guesses.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(ATTEMPTS_PER_ACCOUNT);
    expect(statuses.filter((status) => status === 429)).toHaveLength(4);
  });

  test('an address is locked after too many attempts on any accounts; others are not', async () => {
    await admin();
    await execute(
      service.store,
      // Counted up below the form: thirty hashes would only cost time.
      'delete from sign_in_attempts',
    );
    for (let n = 0; n <= ATTEMPTS_PER_ADDRESS; n += 1) {
      if (n === 2) {
        await execute(
          service.store,
          `update sign_in_attempts set attempts = ${ATTEMPTS_PER_ADDRESS} where attempts = 2`,
        );
        break;
      }
      await enter({ email: `someone${n}@example.com` }, '2001:db8:1:2::1');
    }
    expect((await enter({}, '2001:db8:1:2:ffff::9')).status).toBe(429);
    expect((await enter({}, '2001:db8:1:3::1')).status).toBe(303);
  });

  test('a good sign-in forgets the attempts of its account', async () => {
    await admin();
    for (let round = 0; round < 2; round += 1) {
      for (let n = 0; n < ATTEMPTS_PER_ACCOUNT - 1; n += 1) {
        expect((await enter({ password: 'wrong password' })).status).toBe(401);
      }
      expect((await enter()).status).toBe(303);
    }
  });

  test('signing in makes a new session and ends the one the browser brought along', async () => {
    await admin();
    const planted = await signedIn(service, 'viewer');
    const done = await enter({}, '203.0.113.5', planted.cookie);
    const token = sessionOf(done.cookies);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(token).not.toBe(planted.token);
    expect((await getPage(service, '/', planted.cookie)).status).toBe(303);
  });

  test('a token that somebody made up is never taken over', async () => {
    await admin();
    const made = 'A'.repeat(43);
    const done = await enter({}, '203.0.113.5', `${SESSION_COOKIE}=${made}`);
    expect(sessionOf(done.cookies)).not.toBe(made);
    expect((await getPage(service, '/', `${SESSION_COOKIE}=${made}`)).status).toBe(303);
  });

  test('signing out ends the session for whoever copied its cookie', async () => {
    const person = await signedIn(service, 'admin');
    expect((await getPage(service, '/', person.cookie)).status).toBe(200);
    const out = await postForm(service, '/sign-out', {}, person.cookie);
    expect(out.status).toBe(303);
    expect(out.cookies.join()).toContain(`${SESSION_COOKIE}=;`);
    expect((await getPage(service, '/', person.cookie)).status).toBe(303);
  });

  test('a disabled user is out at once', async () => {
    const person = await signedIn(service, 'agent');
    await execute(
      service.store,
      `update users set disabled_at = '2026-01-01T00:00:00.000Z' where id = '${person.user.id}'`,
    );
    expect((await getPage(service, '/', person.cookie)).status).toBe(303);
  });

  test('a session ends when nothing was asked for long, and in any case after a week', async () => {
    const idle = await signedIn(service, 'viewer');
    service.runtime.advance(IDLE_MS - 1);
    expect((await getPage(service, '/docs', idle.cookie)).text).toContain('Sign out');
    service.runtime.advance(IDLE_MS);
    expect((await getPage(service, '/', idle.cookie)).status).toBe(303);

    const busy = await signedIn(service, 'viewer');
    for (let passed = 0; passed + IDLE_MS / 2 < LIFETIME_MS; passed += IDLE_MS / 2) {
      expect((await getPage(service, '/', busy.cookie)).status).toBe(200);
      service.runtime.advance(IDLE_MS / 2);
    }
    service.runtime.advance(IDLE_MS / 2);
    expect((await getPage(service, '/', busy.cookie)).status).toBe(303);
  });

  test('tokens of sessions and links are stored only as hashes', async () => {
    const person = await signedIn(service, 'admin');
    const link = await firstLink();
    const stored = JSON.stringify([
      await service.store.db.selectFrom('sessions').selectAll().execute(),
      await service.store.db.selectFrom('sign_in_links').selectAll().execute(),
    ]);
    expect(stored).not.toContain(person.token);
    expect(stored).not.toContain(link);
  });

  test('the cookie is out of reach for scripts and other sites, and bound to TLS behind it', async () => {
    await admin();
    const plain = (await enter()).cookies.join();
    expect(plain).toContain('HttpOnly');
    expect(plain).toContain('SameSite=Lax');
    expect(plain).not.toContain('Secure');
    const tls = await postForm(
      service,
      '/sign-in',
      { do: 'sign_in', email: 'ann@example.com', password: PASSWORD },
      undefined,
      {
        origin: service.address.replace('http:', 'https:'),
        'x-forwarded-proto': 'https',
        'x-forwarded-for': '203.0.113.7',
      },
    );
    expect(tls.status).toBe(303);
    expect(tls.cookies.join()).toMatch(/^__Host-leadloop_session=.*HttpOnly; Secure; SameSite=Lax/);
  });
});
