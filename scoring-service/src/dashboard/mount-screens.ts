import { once } from 'node:events';

import express, { type Request, type RequestHandler, type Response, type Router } from 'express';

import { allows } from '../access/scopes.js';
import { findSession } from '../access/sessions.js';
import { ROLE_SCOPES, userActor, type User } from '../access/users.js';
import { AppError } from '../core/errors.js';
import { errorFields } from '../core/log.js';
import { toAppError } from '../http/errors.js';
import { renderPage } from './components/layout.js';
import { readCookie, type SessionCookie } from './cookies.js';
import type { DashboardDeps } from './deps.js';
import { EMPTY_FORM, toForm, type Form } from './form.js';
import { requireSameOrigin } from './guard.js';
import { errorPage } from './pages/error.js';
import { address, type Download, type Page, type Screen, type View } from './screen.js';
import { toTheme } from './theme.js';

const FORM_LIMIT = 512 * 1024;

export const THEME_COOKIE = 'leadloop_theme';

/** Reads a form's body; more than enough for the longest form, refused beyond. */
export const formParser: RequestHandler = express.urlencoded({
  extended: false,
  limit: FORM_LIMIT,
  parameterLimit: 2000,
});

export interface Mounting {
  deps: DashboardDeps;
  cookie: SessionCookie;
}

function text(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join('/') : (value ?? '');
}

export function viewOf(deps: DashboardDeps, request: Request, user: User): View {
  const query = toForm(request.query);
  return {
    user,
    actor: userActor(user),
    theme: toTheme(readCookie(request, THEME_COOKIE) ?? undefined),
    path: request.path,
    origin: `${request.protocol}://${request.host}`,
    params: Object.fromEntries(
      Object.entries(request.params).map(([name, value]) => [name, text(value)]),
    ),
    query,
    now: deps.runtime.clock.now(),
    timezone: deps.settings.TIMEZONE,
    done: query.get('done'),
    problem: null,
    can: (scope) => allows(ROLE_SCOPES[user.role], scope),
  };
}

export function sendPage(response: Response, view: View, page: Page, status = 200): void {
  const html = renderPage(view, page);
  response.status(status).set('Content-Type', 'text/html; charset=utf-8').end(html);
}

/** Streams a download at the reader's pace; a reader that goes away ends it. */
async function sendDownload(response: Response, download: Download): Promise<void> {
  response.status(200).set({
    'Content-Type': download.contentType,
    'Content-Disposition': `attachment; filename="${download.fileName}"`,
  });
  for await (const chunk of download.chunks) {
    if (response.destroyed) return;
    if (!response.write(chunk)) {
      await Promise.race([once(response, 'drain'), once(response, 'close')]);
    }
  }
  response.end();
}

/** A person without a session signs in first, and comes back to the page they asked for. */
function toSignIn(request: Request, response: Response): void {
  const next = request.method === 'GET' ? request.originalUrl : request.path;
  response.redirect(303, address('/sign-in', { next: next === '/' ? '' : next }));
}

async function act(screen: Screen, view: View, form: Form) {
  const name = form.get('do');
  const action = screen.actions === undefined ? undefined : screen.actions[name];
  if (action === undefined || !Object.hasOwn(screen.actions ?? {}, name)) {
    throw new AppError('unknown_action', 400, 'This page has no such form.');
  }
  if (!view.can(action.scope)) {
    throw new AppError('forbidden', 403, `Your role (${view.user.role}) may not do this.`);
  }
  return action.run(view, form);
}

/** The page again, with what was wrong beside the form, or on top when there is no such form now. */
async function showProblem(screen: Screen, view: View, form: Form, error: AppError) {
  if (error.status >= 500 || error.status === 403 || error.status === 404) throw error;
  const details = error.options.details ?? {};
  const fields = Object.fromEntries(
    Object.entries(details).filter((entry): entry is [string, string] => {
      return typeof entry[1] === 'string' && error.status === 400;
    }),
  );
  // What is wrong with a member of a list or of an object stands at the field that shows it all.
  for (const [name, text] of Object.entries(fields)) {
    const [field = name] = name.split('.');
    if (!Object.hasOwn(fields, field)) fields[field] = text;
  }
  const refused: View = {
    ...view,
    problem: {
      action: form.get('do'),
      status: error.status,
      code: error.code,
      message: error.message,
      fields,
      typed: form,
      told: { inForm: false },
    },
  };
  const page = await screen.show(refused);
  if ('stream' in page) throw error;
  return { page, refused };
}

function handler(mounting: Mounting, screen: Screen): RequestHandler {
  const { deps, cookie } = mounting;
  return async (request, response) => {
    response.locals.route = screen.path;
    const token = cookie.read(request);
    const user = token === null ? null : await findSession(deps, token);
    if (user === null) {
      toSignIn(request, response);
      return;
    }
    const view = viewOf(deps, request, user);
    try {
      if (!view.can(screen.scope)) {
        throw new AppError('forbidden', 403, `Your role (${user.role}) may not see this page.`);
      }
      if (request.method !== 'POST') {
        const shown = await screen.show(view);
        if ('stream' in shown) await sendDownload(response, shown.stream);
        else sendPage(response, view, shown);
        return;
      }
      requireSameOrigin(request, deps.settings.PUBLIC_URL);
      const form = request.body === undefined ? EMPTY_FORM : toForm(request.body);
      try {
        const outcome = await act(screen, view, form);
        if ('goTo' in outcome) response.redirect(303, outcome.goTo);
        else if ('stream' in outcome) await sendDownload(response, outcome.stream);
        else sendPage(response, view, outcome.page);
      } catch (thrown) {
        const error = toAppError(thrown);
        const { page, refused } = await showProblem(screen, view, form, error);
        sendPage(response, refused, page, error.status);
      }
    } catch (thrown) {
      sendError(deps, response, view, thrown);
    }
  };
}

/** An error as a page in the frame of the person who is signed in. */
export function sendError(
  deps: DashboardDeps,
  response: Response,
  view: View,
  thrown: unknown,
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const error = toAppError(thrown);
  if (error.status >= 500) {
    deps.log.error(error.code, {
      request_id: response.locals.requestId as string | undefined,
      ...errorFields(error.cause ?? error),
    });
  }
  sendPage(response, view, errorPage(error), error.status);
}

export function mountScreens(router: Router, screens: readonly Screen[], mounting: Mounting): void {
  for (const screen of screens) {
    const handle = handler(mounting, screen);
    router.get(screen.path, handle);
    if (screen.actions !== undefined) router.post(screen.path, formParser, handle);
  }
}
