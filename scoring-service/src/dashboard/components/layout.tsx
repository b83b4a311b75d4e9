import { iso } from '../../core/clock.js';
import { ASSETS } from '../assets.js';
import type { Page, Problem } from '../screen.js';
import type { Scope } from '../../access/scopes.js';
import { THEMES, type Theme } from '../theme.js';
import { attr } from './attr.js';
import { Notice } from './basics.js';
import { NOTICES } from './labels.js';

/** What the frame of a page needs of the request; a signed-out person has no user. */
export interface Frame {
  user: { name: string; role: string } | null;
  theme: Theme;
  path: string;
  now: number;
  done: string;
  /** What was wrong with a form; said on top unless the form says it. */
  problem?: Problem | null;
  can(scope: Scope): boolean;
}

const SECTIONS: readonly (readonly [path: string, text: string, scope: Scope])[] = [
  ['/', 'Overview', 'read'],
  ['/leads', 'Leads', 'read'],
  ['/unassigned', 'Unassigned', 'read'],
  ['/deliveries', 'Deliveries', 'read'],
  ['/tasks', 'Tasks', 'read'],
  ['/appointments', 'Appointments', 'read'],
  ['/messages', 'Messages', 'read'],
  ['/orders', 'Orders', 'read'],
  ['/brokers', 'Brokers', 'read'],
  ['/simulator', 'Simulator', 'read'],
  ['/backtests', 'Backtests', 'read'],
  ['/activity', 'Activity', 'read'],
  ['/settings', 'Settings', 'read'],
];

const THEME_NAMES: Record<Theme, string> = { auto: 'System', light: 'Light', dark: 'Dark' };

/** Kept as text: the attribute is JSON for htmx, not for people. */
const HTMX_CONFIG = JSON.stringify({
  allowEval: false,
  includeIndicatorStyles: false,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  selfRequestsOnly: true,
  responseHandling: [{ code: '...', swap: true }],
});

function Navigation({ frame, section }: { frame: Frame; section: string }) {
  return (
    <nav aria-label="Main" class="main-nav">
      <ul>
        {SECTIONS.filter(([, , scope]) => frame.can(scope)).map(([path, text]) => (
          <li>
            <a href={path} aria-current={path === section ? 'page' : undefined}>
              {text as 'safe'}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** The theme, and who is signed in. */
function Person({ frame }: { frame: Frame }) {
  return (
    <div class="person">
      <form method="post" action="/theme" class="theme">
        <input type="hidden" name="back" value={attr(frame.path)} />
        <fieldset>
          <legend class="hidden">Theme</legend>
          {THEMES.map((theme) => (
            <button
              type="submit"
              name="theme"
              value={theme}
              aria-pressed={theme === frame.theme ? 'true' : 'false'}
            >
              {THEME_NAMES[theme] as 'safe'}
            </button>
          ))}
        </fieldset>
      </form>
      {frame.user === null ? (
        <></>
      ) : (
        <form method="post" action="/sign-out" class="who">
          <span>
            <bdi safe>{frame.user.name}</bdi>{' '}
            <span class="faint">({frame.user.role as 'safe'})</span>
          </span>
          <button type="submit" class="quiet">
            Sign out
          </button>
        </form>
      )}
    </div>
  );
}

/** What was wrong, with what is wrong about each field, for a page without the form. */
function problemText({ message, fields }: Problem): string {
  const details = [...new Set(Object.values(fields))];
  return details.length === 0 ? message : `${message} ${details.join('; ')}.`;
}

/** A whole page around its body. */
export function renderPage(frame: Frame, page: Page): string {
  const notice = NOTICES[frame.done];
  const bare = page.bare === true || page.wide === true;
  // Made by components, which escape what they show.
  const safeBody = page.body;
  const html = (
    <html
      lang="en"
      data-theme={frame.theme === 'auto' ? undefined : frame.theme}
      data-now={iso(frame.now)}
    >
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="htmx-config" content={attr(HTMX_CONFIG)} />
        <title safe>{`${page.title} · LeadLoop`}</title>
        <link rel="icon" href={ASSETS.icon.url} type="image/svg+xml" />
        <link rel="stylesheet" href={ASSETS.css.url} />
        <script src={ASSETS.htmx.url} defer></script>
        <script src={ASSETS.js.url} defer></script>
      </head>
      <body class={[bare && 'bare', page.wide === true && 'wide']}>
        <a class="skip" href="#content">
          Skip to the content
        </a>
        <header class="top">
          <a class="brand" href="/">
            LeadLoop
          </a>
          <Person frame={frame} />
        </header>
        {bare ? <></> : <Navigation frame={frame} section={page.section} />}
        <main id="content" tabindex="-1">
          <h1>
            <bdi safe>{page.title}</bdi>
          </h1>
          {frame.problem == null || frame.problem.told.inForm ? (
            <></>
          ) : (
            <Notice tone="bad" text={problemText(frame.problem)} alert />
          )}
          {notice === undefined ? <></> : <Notice tone="good" text={notice} />}
          {safeBody}
        </main>
      </body>
    </html>
  );
  // Pages wait for nothing while they are rendered, so this is text and no promise.
  return `<!doctype html>${html as string}`;
}
