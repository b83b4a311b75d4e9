import { DIFFERENCE_KINDS, type BacktestWithResult } from '../../routing/backtest/answer-schema.js';
import { listDifferences } from '../../routing/backtest/queries.js';
import type { BacktestResult, Difference, Outcome } from '../../routing/backtest/types.js';
import { Badge, Empty, Link, Moment, Text } from '../components/basics.js';
import { FillBar } from '../components/fill-bar.js';
import { sentence, whole } from '../components/format.js';
import { reasonText } from '../components/labels.js';
import { Pager } from '../components/pager.js';
import { SubNav } from '../components/sub-nav.js';
import { Table } from '../components/table.js';
import { leadTitles } from '../data/lead-titles.js';
import type { DashboardDeps } from '../deps.js';
import { isId } from '../form.js';
import { address, type View } from '../screen.js';
import { BACKTESTS_PATH } from './backtest-form.js';

const PER_PAGE = 50;
const STATUSES = ['assigned', 'unassigned', 'rejected'] as const;
type OrderRow = BacktestResult['orders'][number];

const KIND_TEXT: Record<(typeof DIFFERENCE_KINDS)[number], string> = {
  changed_winner: 'To another order',
  newly_assigned: 'Newly assigned',
  newly_unassigned: 'No longer assigned',
  changed_reason: 'Another reason',
};

/** A number with its sign, and nothing for none. */
const change = (by: number): string =>
  by === 0 ? '–' : `${by > 0 ? '+' : '−'}${whole(Math.abs(by))}`;

/** Leads by outcome, before and after. */
export function Totals({ result, baseline }: { result: BacktestResult; baseline: string }) {
  const { totals } = result;
  return (
    <Table
      caption="Leads by outcome"
      rows={STATUSES}
      columns={[
        { head: 'Outcome', cell: (status) => <Badge status={status} /> },
        {
          head: baseline,
          numeric: true,
          cell: (status) => <Text value={whole(totals.baseline[status])} />,
        },
        {
          head: 'Backtest',
          numeric: true,
          cell: (status) => <Text value={whole(totals.proposed[status])} />,
        },
        {
          head: 'Change',
          numeric: true,
          cell: (status) => (
            <Text value={change(totals.proposed[status] - totals.baseline[status])} />
          ),
        },
      ]}
    />
  );
}

/** Orders that were sent along have no page. */
function OrderName({ row }: { row: OrderRow }) {
  const name = row.name ?? row.order_id;
  return isId(row.order_id) ? (
    <Link href={`/orders/${row.order_id}`} text={name} />
  ) : (
    <Text value={name} />
  );
}

/** How each order fares. */
export function Orders({
  rows,
  baseline,
  view,
}: {
  rows: readonly OrderRow[];
  baseline: string;
  view: View;
}) {
  return (
    <Table
      caption="Leads by order"
      rows={rows}
      columns={[
        {
          head: 'Order',
          cell: (row) => <OrderName row={row} />,
        },
        {
          head: baseline,
          numeric: true,
          cell: (row) => <Text value={whole(row.baseline_assigned)} />,
        },
        {
          head: 'Backtest',
          numeric: true,
          cell: (row) => <Text value={whole(row.proposed_assigned)} />,
        },
        {
          head: 'Change',
          numeric: true,
          cell: (row) => <Text value={change(row.proposed_assigned - row.baseline_assigned)} />,
        },
        {
          head: 'Filled at the end',
          cell: ({ proposed }) =>
            proposed === null ? (
              <Text value={null} />
            ) : (
              <FillBar delivered={proposed.leads_delivered} total={proposed.total_leads} />
            ),
        },
        {
          head: 'First full',
          cell: ({ proposed }) => (
            <Moment at={proposed?.first_completed_at ?? null} timezone={view.timezone} />
          ),
        },
      ]}
    />
  );
}

function outcomeText(outcome: Outcome, orders: ReadonlyMap<string, string>): string {
  if (outcome.order_id !== null) return orders.get(outcome.order_id) ?? outcome.order_id;
  const reason = outcome.reason_code === null ? '' : `: ${reasonText(outcome.reason_code)}`;
  return `${sentence(outcome.status)}${reason}`;
}

/** The leads that go another way, by kind and page by page. */
export async function differencesPart(
  { store }: DashboardDeps,
  job: BacktestWithResult,
  result: BacktestResult,
  view: View,
): Promise<JSX.Element> {
  const path = `${BACKTESTS_PATH}/${job.id}`;
  const kind = DIFFERENCE_KINDS.find((one) => one === view.query.get('kind'));
  const cursor = view.query.get('cursor');
  const page = await listDifferences(store, job.id, {
    limit: PER_PAGE,
    cursor: cursor || undefined,
    kind,
  });
  const titles = await leadTitles(
    store,
    page.data.map((one) => one.lead_id),
  );
  const orders = new Map(result.orders.map((one) => [one.order_id, one.name ?? one.order_id]));
  const { total, ...counts } = result.differences;
  if (total === 0) return <Empty title="Every lead goes where it went." />;
  return (
    <>
      <SubNav
        label="Which leads"
        items={[
          {
            href: `${path}#differences`,
            text: `All (${whole(total)})`,
            current: kind === undefined,
          },
          ...DIFFERENCE_KINDS.filter((one) => counts[one] > 0).map((one) => ({
            href: `${address(path, { kind: one })}#differences`,
            text: `${KIND_TEXT[one]} (${whole(counts[one])})`,
            current: one === kind,
          })),
        ]}
      />
      <Table
        caption="Leads that go another way, in the order in which they came"
        rows={page.data}
        columns={[
          {
            head: 'Lead',
            cell: (one: Difference) => (
              <Link href={`/leads/${one.lead_id}`} text={titles.get(one.lead_id) ?? one.lead_id} />
            ),
          },
          {
            head: 'Arrived',
            cell: (one) => <Moment at={one.arrived_at} timezone={view.timezone} />,
          },
          { head: 'What', cell: (one) => <Text value={KIND_TEXT[one.kind]} /> },
          { head: 'Was', cell: (one) => <Text value={outcomeText(one.baseline, orders)} /> },
          { head: 'Would be', cell: (one) => <Text value={outcomeText(one.proposed, orders)} /> },
        ]}
      />
      <Pager path={path} query={{ kind: kind ?? '', cursor }} next={page.next_cursor} />
    </>
  );
}
