import { COMPONENTS, FILTERS, type ConsideredOrder } from '../../routing/engine/index.js';
import type { Names } from '../data/names.js';
import { Badge, Link } from './basics.js';
import { percent, points, whole } from './format.js';
import { componentName, gateName } from './labels.js';
import { Table, type Column } from './table.js';
import { gateText, toWinText } from './to-win.js';

function OrderName({ entry, names }: { entry: ConsideredOrder; names: Names }) {
  return (
    <>
      <Link href={`/orders/${entry.order_id}`} text={names.order(entry.order_id)} />
      <span class="sub" safe>
        {names.brokerOf(entry.order_id)}
      </span>
    </>
  );
}

/** The gates that failed, with what was there and what was asked for; those that passed, folded. */
function Gates({ entry }: { entry: ConsideredOrder }) {
  const failed = new Map((entry.to_win?.gates ?? []).map((gate) => [gate.code, gate]));
  const passed = FILTERS.filter(({ code }) => !entry.failed_filters.includes(code));
  const list = (
    <ul class="gates">
      {passed.map(({ code }) => (
        <li>
          <span class="mark pass" aria-hidden="true">
            ✓
          </span>
          <span safe>{`${gateName(code)}: passed`}</span>
        </li>
      ))}
    </ul>
  );
  return (
    <>
      {failed.size === 0 ? (
        <></>
      ) : (
        <ul class="gates">
          {[...failed.values()].map((gate) => (
            <li>
              <span class="mark fail" aria-hidden="true">
                ✗
              </span>
              <span>
                <span class="hidden">Failed: </span>
                <bdi safe>{gateText(gate)}</bdi>
              </span>
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary class="faint nowrap" safe>
          {passed.length === FILTERS.length
            ? `All ${passed.length} gates passed`
            : `${passed.length} of ${FILTERS.length} gates passed`}
        </summary>
        {list}
      </details>
    </>
  );
}

function Lacked({ entry, hasWinner }: { entry: ConsideredOrder; hasWinner: boolean }) {
  if (entry.to_win === null) return <Badge status="assigned" text="Won" />;
  return (
    <span class="win">
      <bdi safe>{toWinText(entry.to_win, hasWinner)}</bdi>
    </span>
  );
}

/** Rank of an entry and the entry, for tables. */
interface Ranked {
  entry: ConsideredOrder;
  rank: number;
}

function scoreColumns(): Column<Ranked>[] {
  return [
    ...COMPONENTS.map(({ code }): Column<Ranked> => ({
      head: componentName(code),
      numeric: true,
      cell: ({ entry }) => <>{points(entry.score[code]) as 'safe'}</>,
    })),
    {
      head: 'Total',
      numeric: true,
      cell: ({ entry }) => <strong>{points(entry.score.total) as 'safe'}</strong>,
    },
    {
      head: 'Filled',
      numeric: true,
      cell: ({ entry }) => <>{percent(entry.fill_rate) as 'safe'}</>,
    },
  ];
}

/**
 * Every order considered in one decision: those that could take the lead by rank, the winner on
 * top, then those that a gate ruled out.
 * @param firstRank rank of the first entry, when a page of a longer list is shown
 */
export function Audit({
  considered,
  names,
  title,
  firstRank = 1,
  hasWinner,
}: {
  considered: readonly ConsideredOrder[];
  names: Names;
  title: string;
  firstRank?: number;
  hasWinner: boolean;
}) {
  const eligible = considered
    .filter((entry) => entry.eligible)
    .map((entry, at): Ranked => ({ entry, rank: firstRank + at }));
  const others = considered
    .filter((entry) => !entry.eligible)
    .map((entry): Ranked => ({ entry, rank: 0 }));
  return (
    <>
      {eligible.length === 0 ? (
        <></>
      ) : (
        <>
          <h3 safe>{`Could take it: ${whole(eligible.length)}`}</h3>
          <Table
            caption={`${title}: orders that could take the lead, by rank`}
            rows={eligible}
            rowClass={({ entry }) => (entry.selected ? 'winner' : undefined)}
            columns={[
              {
                head: 'Order',
                cell: ({ entry }) => <OrderName entry={entry} names={names} />,
              },
              { head: 'Rank', numeric: true, cell: ({ rank }) => <>{rank}</> },
              {
                head: 'To win',
                cell: ({ entry }) => <Lacked entry={entry} hasWinner={hasWinner} />,
              },
              ...scoreColumns(),
              { head: 'Gates', cell: ({ entry }) => <Gates entry={entry} /> },
            ]}
          />
        </>
      )}
      {others.length === 0 ? (
        <></>
      ) : (
        <>
          <h3 safe>{`Ruled out: ${whole(others.length)}`}</h3>
          <Table
            caption={`${title}: orders that a gate ruled out`}
            rows={others}
            columns={[
              { head: 'Order', cell: ({ entry }) => <OrderName entry={entry} names={names} /> },
              { head: 'Gates', cell: ({ entry }) => <Gates entry={entry} /> },
              {
                head: 'To win',
                cell: ({ entry }) => <Lacked entry={entry} hasWinner={hasWinner} />,
              },
              {
                head: 'Filled',
                numeric: true,
                cell: ({ entry }) => <>{percent(entry.fill_rate) as 'safe'}</>,
              },
            ]}
          />
        </>
      )}
    </>
  );
}
