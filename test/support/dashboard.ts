import { openSession } from '../../scoring-service/src/access/sessions.js';
import { createUser, type User } from '../../scoring-service/src/access/users.js';
import type { Role } from '../../scoring-service/src/db/tables/users.js';
import { run } from '../../scoring-service/src/db/unit.js';
import type { TestService } from './service.js';

export const SESSION_COOKIE = 'leadloop_session';

/** Somebody who is signed in. */
export interface Person {
  user: User;
  token: string;
  cookie: string;
}

let serial = 0;

/**
 * Makes a user of a role and opens a session for them, without the detour of a password.
 * @param tls for a service whose PUBLIC_URL is https
 */
export async function signedIn(
  service: Pick<TestService, 'store' | 'runtime'>,
  role: Role,
  { tls = false }: { tls?: boolean } = {},
): Promise<Person> {
  serial += 1;
  const deps = { store: service.store, runtime: service.runtime };
  const name = `${role.charAt(0).toUpperCase()}${role.slice(1)} Example`;
  const { user, token } = await service.store.unit(function* () {
    const user = yield* createUser(
      deps,
      { name, email: `${role}${serial}@example.com`, role },
      null,
    );
    return { user, token: (yield* openSession(deps, user.id)).token };
  });
  return { user, token, cookie: `${tls ? '__Host-' : ''}${SESSION_COOKIE}=${token}` };
}

/** Gives a user a password hash as it is. */
export function setPasswordHash(
  service: TestService,
  userId: string,
  hash: string,
): Promise<number> {
  return service.store.unit(() =>
    run(
      service.store.db.updateTable('users').set({ password_hash: hash }).where('id', '=', userId),
    ),
  );
}

export interface PageAnswer {
  status: number;
  text: string;
  headers: Headers;
  /** Where it sends on to, or null. */
  location: string | null;
  /** The Set-Cookie headers. */
  cookies: string[];
}

async function answerOf(response: Response): Promise<PageAnswer> {
  return {
    status: response.status,
    text: await response.text(),
    headers: response.headers,
    location: response.headers.get('location'),
    cookies: response.headers.getSetCookie(),
  };
}

/** Asks for a page as a browser does, without following redirects. */
export async function getPage(
  service: Pick<TestService, 'address'>,
  path: string,
  cookie?: string,
  headers: Record<string, string> = {},
): Promise<PageAnswer> {
  return answerOf(
    await fetch(`${service.address}${path}`, {
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        ...(cookie === undefined ? {} : { cookie }),
        ...headers,
      },
    }),
  );
}

export type FormFields = Record<string, string | string[]>;

/** Posts a form from a page of the service's own, unless the headers say otherwise. */
export async function postForm(
  service: Pick<TestService, 'address'>,
  path: string,
  fields: FormFields,
  cookie?: string,
  headers: Record<string, string> = { origin: service.address },
): Promise<PageAnswer> {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? value : [value]) body.append(name, one);
  }
  return answerOf(
    await fetch(`${service.address}${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { ...(cookie === undefined ? {} : { cookie }), ...headers },
      body,
    }),
  );
}
