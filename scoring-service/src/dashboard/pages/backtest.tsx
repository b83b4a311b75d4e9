import { DIFFERENCE_KINDS, type BacktestWithResult } from '../../routing/backtest/answer-schema.js';
import { getBacktest, listDifferences } from '../../routing/backtest/queries.js';
import type { BacktestResult, Difference, Outcome } from '../../routing/backtest/types.js';
import { Ago, Badge, Empty, Facts, Link, Moment, Section, Text } from '../components/basics.js';
import { FillBar } from '../components/fill-bar.js';
import { Confirm } from '../components/form.js';
import { percent, sentence, whole } from '../components/format.js';
import { reasonText } from '../components/labels.js';
import { Pager } from '../components/pager.js';
import { SubNav } from '../components/sub-nav.js';
import { Table } from '../components/table.js';
import { leadTitles } from '../data/lead-titles.js';
import { readNames } from '../data/names.js';
import type { DashboardDeps } from '../deps.js';
import { address, problemOf, type Screen, type View } from '../screen.js';
import { BACKTESTS_PATH } from './backtest-form.js';
import { daysOf, ordersNamed, questionOf } from './backtests.js';

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

function Progress({ job, view }: { job: BacktestWithResult; view: View }) {
  const { leads_done, leads_total, share } = job.progress;
  const path = `${BACKTESTS_PATH}/${job.id}`;
  return (
    // Follows along when there are scripts; the whole page changes when it is done.
    <div
      id="progress"
      hx-get={path}
      hx-trigger="every 2s"
      hx-select="#content"
      hx-target="#content"
      hx-swap="outerHTML"
    >
      <p role="status" safe>
        {job.status === 'waiting'
          ? 'It waits for its turn: two run at a time.'
          : `${whole(leads_done)} of ${leads_total === null ? '…' : whole(leads_total)} leads replayed (${percent(share)}).`}
      </p>
      <p>
        <a class="button" href={path}>
          Look again
        </a>
      </p>
      {view.can('operate') ? (
        <Confirm
          action="cancel"
          path={path}
          button="Cancel"
          question="Cancel the backtest? What it has found so far is not kept."
          yes="Yes, cancel it"
          problem={problemOf(view, 'cancel')}
        />
      ) : (
        <></>
      )}
    </div>
  );
}

function Totals({ result, baseline }: { result: BacktestResult; baseline: string }) {
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

function Orders({
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
          cell: (row) => <Link href={`/orders/${row.order_id}`} text={row.name ?? row.order_id} />,
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

async function differencesPart(
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

/** What came out, or how far it is. */
async function body(
  deps: DashboardDeps,
  job: BacktestWithResult,
  view: View,
): Promise<JSX.Element> {
  const { result, request } = job;
  if (job.status === 'waiting' || job.status === 'running') {
    return <Progress job={job} view={view} />;
  }
  if (result === null) {
    return <p safe>{job.error?.message ?? 'It was cancelled.'}</p>;
  }
  const baseline = request.compare_with === 'history' ? 'Decided' : 'As they are';
  // Made by components, which escape what they show.
  const safeDifferences = await differencesPart(deps, job, result, view);
  return (
    <>
      <p role="status">
        <strong safe>
          {`Of ${whole(result.leads)} leads, ${whole(result.differences.total)} would have gone another way.`}
        </strong>
      </p>
      <Totals result={result} baseline={baseline} />
      <h3>Orders</h3>
      <Orders rows={result.orders} baseline={baseline} view={view} />
      <h3 id="differences">Leads</h3>
      {safeDifferences}
      <h3>What it does not know</h3>
      <ul>
        {job.limits.map((limit) => (
          <li safe>{limit}</li>
        ))}
      </ul>
    </>
  );
}

/** One backtest: its progress, and what came out. */
export function backtestScreen(deps: DashboardDeps): Screen {
  const { store, backtests } = deps;
  return {
    path: `${BACKTESTS_PATH}/:id`,
    scope: 'read',
    async show(view) {
      const job = await getBacktest(store, view.params.id ?? '');
      const names = await readNames(store, { orders: ordersNamed([job]) });
      const safeBody = await body(deps, job, view);
      return {
        title: `Backtest, ${daysOf(job.request, view.timezone)}`,
        section: BACKTESTS_PATH,
        body: (
          <>
            <Section title="Result" id="result" aside={<Badge status={job.status} />}>
              <Facts
                rows={[
                  ['Question', <Text value={questionOf(job, names)} />],
                  ['Orders begin', <Text value={START_TEXT[job.request.start]} />],
                  ['Asked by', <Text value={job.created_by} />],
                  ['Asked', <Ago at={job.created_at} now={view.now} />],
                ]}
              />
              {safeBody}
            </Section>
            <p>
              <a href={BACKTESTS_PATH}>All backtests</a>
            </p>
          </>
        ),
      };
    },
    actions: {
      cancel: {
        scope: 'operate',
        async run(view) {
          await store.unit(() => backtests.cancel(view.params.id ?? ''));
          await backtests.cancelled();
          return {
            goTo: address(`${BACKTESTS_PATH}/${view.params.id ?? ''}`, {
              done: 'backtest_cancelled',
            }),
          };
        },
      },
    },
  };
}

const START_TEXT: Record<BacktestWithResult['request']['start'], string> = {
  history: 'as they stood then',
  zero: 'empty',
  current: 'as they stand now',
};
