import { attr } from './attr.js';

/** The way between the parts of one section. */
export function SubNav({
  label,
  items,
}: {
  label: string;
  items: readonly { href: string; text: string; current: boolean }[];
}) {
  return (
    <nav class="sub-nav" aria-label={attr(label)}>
      <ul>
        {items.map(({ href, text, current }) => (
          <li>
            <a href={href} aria-current={current ? 'page' : undefined} safe>
              {text}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
