import type { Children } from '@kitajs/html';

import { moment, relative } from './format.js';
import { sentence } from './format.js';
import { toneOf, type Tone } from './labels.js';

/** A status as a word on its colour. */
export function Badge({ status, text, tone }: { status: string; text?: string; tone?: Tone }) {
  return (
    <span class={`badge ${tone ?? toneOf(status)}`} safe>
      {text ?? sentence(status)}
    </span>
  );
}

/** A moment, absolute: in the service's zone, turned into the viewer's by the script. */
export function Moment({ at, timezone }: { at: string | null; timezone: string }) {
  if (at === null) return <span class="faint">–</span>;
  return (
    <time datetime={at} title={at} data-show="moment" safe>
      {moment(Date.parse(at), timezone)}
    </time>
  );
}

/** A moment as its distance from now; the exact instant is in its title. */
export function Ago({ at, now }: { at: string | null; now: number }) {
  if (at === null) return <span class="faint">never</span>;
  return (
    <time datetime={at} title={at} data-show="relative" safe>
      {relative(Date.parse(at), now)}
    </time>
  );
}

/** What a list shows when it is empty, and what to do next. */
export function Empty({ title, children }: { title: string; children?: Children }) {
  return (
    <div class="empty">
      <p class="empty-title" safe>
        {title}
      </p>
      {children}
    </div>
  );
}

/** A message that stands out; `alert` is read out at once. */
export function Notice({ tone, text, alert }: { tone: Tone; text: string; alert?: boolean }) {
  return (
    <p class={`notice ${tone}`} role={alert === true ? 'alert' : 'status'} safe>
      {text}
    </p>
  );
}

/** Name and value, one under the other on small screens. */
export function Facts({ rows }: { rows: readonly (readonly [string, JSX.Element])[] }) {
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <div>
          <dt safe>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Text, or a dash. Keeps line breaks; its direction is its own. */
export function Text({ value }: { value: string | number | null }) {
  if (value === null || value === '') return <span class="faint">–</span>;
  return (
    <bdi class="text" safe>
      {String(value)}
    </bdi>
  );
}

/** A link whose text is data. */
export function Link({ href, text, id }: { href: string; text: string; id?: string }) {
  return (
    <a href={href} id={id}>
      <bdi safe>{text}</bdi>
    </a>
  );
}

/** A part of a page under its heading. */
export function Section({
  title,
  id,
  children,
  aside,
}: {
  title: string;
  id: string;
  children: Children;
  aside?: JSX.Element;
}) {
  // Made by components, which escape what they show.
  const safeAside = aside === undefined ? '' : <span class="head-line">{aside as 'safe'}</span>;
  return (
    <section aria-labelledby={`${id}-title`} id={id} class="part">
      <header class="part-head">
        <h2 id={`${id}-title`} safe>
          {title}
        </h2>
        {safeAside}
      </header>
      {children}
    </section>
  );
}
