import type { Happening } from '../data/timeline.js';
import type { View } from '../screen.js';
import { Ago, Badge, Empty, Link, Moment } from './basics.js';

/** What happened, newest first; payloads and texts open on demand. */
export function Timeline({ happenings, view }: { happenings: readonly Happening[]; view: View }) {
  if (happenings.length === 0) {
    return (
      <Empty title="Nothing has happened yet.">
        <p>Calls, forms, texts, tasks and decisions about this lead come here.</p>
      </Empty>
    );
  }
  return (
    <ol class="timeline">
      {happenings.map((happening) => (
        <li>
          <span class="head-line">
            <strong>
              {happening.href === null ? (
                <bdi safe>{happening.title}</bdi>
              ) : (
                <Link href={happening.href} text={happening.title} />
              )}
            </strong>
            {happening.status === null ? <></> : <Badge status={happening.status} />}
            <span class="faint">
              <Ago at={happening.at} now={view.now} />
            </span>
          </span>
          {happening.when === null ? (
            <></>
          ) : (
            <span>
              <Moment at={happening.when} timezone={view.timezone} />
            </span>
          )}
          {happening.detail === null ? (
            <></>
          ) : (
            <span class="faint">
              <bdi safe>{happening.detail}</bdi>
            </span>
          )}
          {happening.raw === null ? (
            <></>
          ) : (
            <details>
              <summary safe>{happening.rawTitle}</summary>
              <pre tabindex="0" safe>
                {happening.raw}
              </pre>
            </details>
          )}
        </li>
      ))}
    </ol>
  );
}
