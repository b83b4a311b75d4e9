import { address } from '../screen.js';

/** The way to the next page and back to the first; cursors cannot count pages, so none are shown. */
export function Pager({
  path,
  query,
  next,
  cursorName = 'cursor',
}: {
  path: string;
  query: Record<string, string>;
  next: string | null;
  cursorName?: string;
}) {
  const onLaterPage = (query[cursorName] ?? '') !== '';
  if (next === null && !onLaterPage) return <></>;
  return (
    <nav class="pager" aria-label="Pages">
      {onLaterPage ? (
        <a class="button" href={address(path, { ...query, [cursorName]: '' })}>
          First page
        </a>
      ) : (
        <></>
      )}
      {next === null ? (
        <span class="faint">End of the list</span>
      ) : (
        <a class="button" rel="next" href={address(path, { ...query, [cursorName]: next })}>
          Next page
        </a>
      )}
    </nav>
  );
}
