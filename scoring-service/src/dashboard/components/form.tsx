import type { Children } from '@kitajs/html';
import type { Problem } from '../screen.js';
import { attr } from './attr.js';

/** Says what was wrong where it was done, so that the page need not say it on top. */
export function ProblemNotice({ problem }: { problem: Problem }) {
  problem.told.inForm = true;
  return (
    <p class="notice bad" role="alert" safe>
      {problem.message}
    </p>
  );
}

/** A form that does one named thing at its page's own address. */
export function PostForm({
  action,
  path,
  problem,
  children,
  label,
  class: className,
}: {
  action: string;
  path: string;
  problem?: Problem | null;
  children: Children;
  label?: string;
  class?: string;
}) {
  return (
    <form
      method="post"
      action={path}
      class={className}
      aria-label={label === undefined ? undefined : attr(label)}
    >
      <input type="hidden" name="do" value={action} />
      {problem == null ? <></> : <ProblemNotice problem={problem} />}
      {children}
    </form>
  );
}

/** Asks before it does something: opens in place, with or without scripts. */
export function Confirm({
  action,
  path,
  button,
  question,
  yes,
  danger,
  hidden = {},
  problem,
}: {
  action: string;
  path: string;
  button: string;
  question: string;
  yes: string;
  danger?: boolean;
  hidden?: Record<string, string>;
  problem?: Problem | null;
}) {
  return (
    <details class="confirm" open={problem != null}>
      <summary class="button" safe>
        {button}
      </summary>
      <PostForm action={action} path={path} problem={problem}>
        <p safe>{question}</p>
        {Object.entries(hidden).map(([name, value]) => (
          <input type="hidden" name={name} value={attr(value)} />
        ))}
        <button type="submit" class={danger === true ? 'danger' : 'primary'} safe>
          {yes}
        </button>
      </PostForm>
    </details>
  );
}

/**
 * Filters of a list, kept in the address. With scripts the results follow each change; without,
 * there is the button.
 */
export function Filters({
  path,
  children,
  active,
}: {
  path: string;
  children: Children;
  /** Whether any filter is set. */
  active: boolean;
}) {
  return (
    <form
      method="get"
      action={path}
      class="filters"
      role="search"
      aria-label="Filter the list"
      hx-get={path}
      hx-trigger="change, submit"
      hx-target="#results"
      hx-select="#results"
      hx-swap="outerHTML"
      hx-push-url="true"
    >
      {children}
      <div class="buttons">
        <button type="submit">Apply</button>
        {active ? (
          <a class="button quiet" href={path}>
            Clear
          </a>
        ) : (
          <></>
        )}
      </div>
    </form>
  );
}
