import { attr } from './attr.js';

export interface Column<Row> {
  head: string;
  cell: (row: Row) => JSX.Element;
  /** Numbers stand to the right. */
  numeric?: boolean;
  /** Only for those who do not see the head. */
  hiddenHead?: boolean;
}

/** A table that scrolls by itself on small screens. The first column names the row. */
export function Table<Row>({
  caption,
  columns,
  rows,
  rowClass,
}: {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowClass?: (row: Row) => string | undefined;
}) {
  return (
    <div class="scroll" role="region" aria-label={attr(caption)} tabindex="0">
      <table>
        <caption class="hidden" safe>
          {caption}
        </caption>
        <thead>
          <tr>
            {columns.map(({ head, numeric, hiddenHead }) => (
              <th scope="col" class={numeric === true ? 'number' : undefined}>
                <span class={hiddenHead === true ? 'hidden' : undefined} safe>
                  {head}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr class={rowClass?.(row)}>
              {columns.map(({ cell, numeric }, at) =>
                at === 0 ? (
                  <th scope="row" class={numeric === true ? 'number' : undefined}>
                    {cell(row)}
                  </th>
                ) : (
                  <td class={numeric === true ? 'number' : undefined}>{cell(row)}</td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
