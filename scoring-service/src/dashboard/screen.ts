import type { Scope } from '../access/scopes.js';
import type { User } from '../access/users.js';
import type { Actor } from '../events/activity.js';
import type { Form } from './form.js';
import type { Theme } from './theme.js';

/** What was wrong with a posted form: shown beside it, with what was typed. */
export interface Problem {
  /** The action that was refused. */
  action: string;
  status: number;
  code: string;
  message: string;
  /** A sentence per field. */
  fields: Record<string, string>;
  typed: Form;
  /** Set by the form that says it; else the page says it on top. */
  told: { inForm: boolean };
}

/** One request of a person who is signed in. */
export interface View {
  user: User;
  actor: Actor;
  theme: Theme;
  /** The path as asked for, without its query. */
  path: string;
  /** Where the service is reached, as this person's browser names it. */
  origin: string;
  params: Record<string, string>;
  query: Form;
  now: number;
  /** The service's time zone: how moments read before the viewer's own takes over. */
  timezone: string;
  /** What went well just before, as a code of NOTICES. */
  done: string;
  problem: Problem | null;
  can(scope: Scope): boolean;
}

export interface Page {
  title: string;
  /** The path of the entry in the navigation that it belongs to. */
  section: string;
  body: JSX.Element;
  /** Leaves the way to elsewhere out: for somebody who is not signed in. */
  bare?: boolean;
  /** Without the way to elsewhere, but as wide as other pages. */
  wide?: boolean;
}

/** What a form did: go on to a page, or show one at once (a secret that is seen only now). */
export type Outcome = { goTo: string } | { page: Page } | { stream: Download };

export interface Download {
  fileName: string;
  contentType: string;
  chunks: AsyncIterable<string>;
}

export interface Action {
  scope: Scope;
  run(view: View, form: Form): Promise<Outcome>;
}

/** One address of the dashboard: what it shows, and what its forms do by the name in `do`. */
export interface Screen {
  path: string;
  scope: Scope;
  show(view: View): Promise<Page | { stream: Download }>;
  actions?: Record<string, Action>;
}

/** What went wrong with this form, if it was this one. */
export function problemOf(view: View, action: string): Problem | null {
  return view.problem?.action === action ? view.problem : null;
}

/** An address with a query; blanks are left out. */
export function address(
  path: string,
  query: Record<string, string | number | null | undefined> = {},
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}
