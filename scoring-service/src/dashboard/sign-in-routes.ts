import type { Request, RequestHandler, Response, Router } from 'express';
import { z } from 'zod';

import { hashPassword, newPassword } from '../access/passwords.js';
import { endSession, findSession } from '../access/sessions.js';
import { lookAtLink, useLink } from '../access/sign-in-links.js';
import { signIn } from '../access/sign-in.js';
import type { AppError } from '../core/errors.js';
import { email, text } from '../core/fields.js';
import { errorFields } from '../core/log.js';
import { toAppError } from '../http/errors.js';
import { renderPage } from './components/layout.js';
import { readCookie } from './cookies.js';
import { check, pick, toForm, type Form } from './form.js';
import { requireSameOrigin } from './guard.js';
import { formParser, THEME_COOKIE, type Mounting } from './mount-screens.js';
import { linkPage, signInPage, spentLinkPage } from './pages/sign-in.js';
import { address, type Page, type Problem } from './screen.js';
import { toTheme } from './theme.js';

const YEAR_MS = 365 * 24 * 3_600_000;

/** A path of ours to go on to; anything that could lead elsewhere is the overview. */
export function safeNext(next: string): string {
  return /^\/(?![/\\])[^\\\s]*$/.test(next) ? next : '/';
}

const passwordOnly = z.object({ password: newPassword });
const firstAdmin = z.object({ name: text(200), email, password: newPassword });

/** Signing in and out, one-time links, and the choice of a theme: what works without a session. */
export function signInRoutes(router: Router, mounting: Mounting): void {
  const { deps, cookie } = mounting;

  const page = (request: Request, response: Response, shown: Page, status = 200): void => {
    const html = renderPage(
      {
        user: null,
        theme: toTheme(readCookie(request, THEME_COOKIE) ?? undefined),
        path: '/sign-in',
        now: deps.runtime.clock.now(),
        done: toForm(request.query).get('done'),
        can: () => false,
      },
      shown,
    );
    response.status(status).set('Content-Type', 'text/html; charset=utf-8').end(html);
  };

  const problemOf = (action: string, error: AppError, form: Form): Problem => ({
    action,
    status: error.status,
    code: error.code,
    message: error.message,
    fields: error.status === 400 ? (error.options.details as Record<string, string>) : {},
    typed: form,
    told: { inForm: true },
  });

  const enter = (
    request: Request,
    response: Response,
    session: { token: string },
    next: string,
  ): void => {
    cookie.write(request, response, session.token);
    response.redirect(303, safeNext(next));
  };

  const followLink = async (request: Request, response: Response, form: Form): Promise<void> => {
    const token = form.get('link');
    const user = await lookAtLink(deps, token);
    try {
      const values = {
        ...pick(form, ['name', 'email']),
        password: form.all('password').at(-1) ?? '',
      };
      const who = user === null ? check(firstAdmin, values) : null;
      const { password } = check(passwordOnly, values);
      const passwordHash = await hashPassword(password);
      const session = await deps.store.unit(() =>
        useLink(deps, token, {
          passwordHash,
          firstAdmin: who === null ? null : { name: who.name, email: who.email },
        }),
      );
      enter(request, response, session, '/');
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.status !== 400) throw error;
      page(request, response, linkPage(token, user, problemOf('use_link', error, form)), 400);
    }
  };

  const withPassword = async (request: Request, response: Response, form: Form): Promise<void> => {
    const next = form.get('next');
    try {
      const session = await signIn(deps, {
        email: form.get('email').slice(0, 254),
        password: (form.all('password').at(-1) ?? '').slice(0, 200),
        address: request.ip ?? '',
        oldToken: cookie.read(request),
      });
      enter(request, response, session, next);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.status >= 500) throw error;
      if (error.options.retryAfter !== undefined) {
        response.set('Retry-After', String(error.options.retryAfter));
      }
      const shown = signInPage(problemOf('sign_in', error, form), next);
      page(request, response, shown, error.status);
    }
  };

  const guarded =
    (work: (request: Request, response: Response) => Promise<void>): RequestHandler =>
    async (request, response) => {
      response.locals.route = '/sign-in';
      try {
        await work(request, response);
      } catch (thrown) {
        const error = toAppError(thrown);
        if (error.status >= 500) deps.log.error(error.code, errorFields(error.cause ?? error));
        page(request, response, spentOrError(error), error.status);
      }
    };

  router.get(
    '/sign-in',
    guarded(async (request, response) => {
      const query = toForm(request.query);
      const link = query.get('link');
      if (link !== '') {
        page(request, response, linkPage(link, await lookAtLink(deps, link), null));
        return;
      }
      const token = cookie.read(request);
      const next = query.get('next');
      if (token !== null && (await findSession(deps, token)) !== null) {
        response.redirect(303, safeNext(next));
        return;
      }
      page(request, response, signInPage(null, next));
    }),
  );

  router.post(
    '/sign-in',
    formParser,
    guarded((request, response) => {
      requireSameOrigin(request, deps.settings.PUBLIC_URL);
      const form = toForm(request.body);
      return form.get('do') === 'use_link'
        ? followLink(request, response, form)
        : withPassword(request, response, form);
    }),
  );

  router.post(
    '/sign-out',
    guarded(async (request, response) => {
      requireSameOrigin(request, deps.settings.PUBLIC_URL);
      const token = cookie.read(request);
      if (token !== null) await deps.store.unit(() => endSession(deps, token));
      cookie.clear(request, response);
      response.redirect(303, address('/sign-in', { done: 'signed_out' }));
    }),
  );

  router.post(
    '/theme',
    formParser,
    guarded(async (request, response) => {
      requireSameOrigin(request, deps.settings.PUBLIC_URL);
      const form = toForm(request.body);
      response.cookie(THEME_COOKIE, toTheme(form.get('theme')), {
        sameSite: 'lax',
        httpOnly: true,
        secure: request.secure,
        path: '/',
        maxAge: YEAR_MS,
      });
      response.redirect(303, safeNext(form.get('back')));
      return Promise.resolve();
    }),
  );
}

function spentOrError(error: AppError): Page {
  const shown = spentLinkPage(error.message);
  return error.code === 'link_spent' ? shown : { ...shown, title: 'That did not work' };
}
