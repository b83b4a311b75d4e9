import type { Lead } from '../../leads/lead-schema.js';
import { listLeads } from '../../leads/queries.js';
import { Empty, Link, Section } from '../components/basics.js';
import { StackedBars } from '../components/chart.js';
import { Field, Select } from '../components/fields.js';
import { capped, duration, percent, points, whole } from '../components/format.js';
import { LeadTable } from '../components/lead-table.js';
import { Table } from '../components/table.js';
import { readNames, type Names } from '../data/names.js';
import { readOverview, type Figures, type Overview } from '../data/overview.js';
import { readAttention, type AttentionRow } from '../data/attention.js';
import { COUNT_CAP, waitingReasons } from '../data/queue.js';
import { RANGES, readRange, type Range } from '../data/range.js';
import type { DashboardDeps } from '../deps.js';
import { address, type Screen, type View } from '../screen.js';

/** "+12 % on the span before", or what it was when there is nothing to compare with. */
function change(now: number, before: number): string {
  if (before === 0) return now === 0 ? 'none before either' : 'none in the span before';
  const share = (now - before) / before;
  if (Math.abs(share) < 0.0005) return 'as in the span before';
  return `${share > 0 ? '+' : '−'}${percent(Math.abs(share))} on the span before`;
}

interface Tile {
  name: string;
  figure: string;
  note: string;
  href?: string;
}

function success(figures: Figures): number | null {
  const settled = figures.deliveriesSent + figures.deliveriesFailed;
  return settled === 0 ? null : figures.deliveriesSent / settled;
}

function tilesOf({ now, before }: Overview): Tile[] {
  const sent = success(now);
  const sentBefore = success(before);
  const count = (name: string, key: 'received' | 'assigned' | 'unassigned' | 'rejected'): Tile => ({
    name,
    figure: whole(now[key]),
    note: change(now[key], before[key]),
    href: key === 'received' ? '/leads' : address('/leads', { status: key }),
  });
  return [
    count('Leads received', 'received'),
    count('Assigned', 'assigned'),
    count('Unassigned', 'unassigned'),
    count('Rejected', 'rejected'),
    {
      name: 'Delivery success',
      figure: sent === null ? '–' : percent(sent),
      note:
        sent === null
          ? 'nothing delivered yet'
          : `${whole(now.deliveriesFailed)} failed; before: ${sentBefore === null ? '–' : percent(sentBefore)}`,
      href: address('/deliveries', { status: 'failed' }),
    },
    {
      name: 'Average score',
      figure: now.averageScore === null ? '–' : points(now.averageScore),
      note: `before: ${before.averageScore === null ? '–' : points(before.averageScore)}`,
    },
    {
      name: 'Time to first response',
      figure: now.timeToResponse === null ? '–' : duration(now.timeToResponse),
      note: `median; before: ${before.timeToResponse === null ? '–' : duration(before.timeToResponse)}`,
    },
  ];
}

function RangeForm({ range, view }: { range: Range; view: View }) {
  const last = range.days.at(-1)?.day ?? '';
  return (
    <form method="get" action="/" class="filters" aria-label="Span of time">
      <Select
        name="range"
        label="Span"
        value={range.name}
        options={[
          ...Object.entries(RANGES).map(([name, { text }]) => [name, text] as const),
          ['custom', 'Dates'],
        ]}
      />
      <Field
        name="from"
        label="From"
        type="date"
        value={view.query.get('from') || range.days[0]?.day}
      />
      <Field name="to" label="To" type="date" value={view.query.get('to') || last} />
      <div class="buttons">
        <button type="submit">Show</button>
      </div>
    </form>
  );
}

function Attention({ rows }: { rows: readonly AttentionRow[] }) {
  if (rows.length === 0) {
    return (
      <Empty title="Nothing waits for a person.">
        <p>
          Leads without an order, late callbacks and whatever does not work would stand here. What
          was done lately stands in the <a href="/activity">activity log</a>.
        </p>
      </Empty>
    );
  }
  return (
    <Table
      caption="What waits for a person"
      rows={rows}
      columns={[
        { head: 'What', cell: ({ href, text }) => <Link href={href} text={text} /> },
        {
          head: 'How many',
          numeric: true,
          cell: ({ count }) => <>{capped(count, COUNT_CAP) as 'safe'}</>,
        },
      ]}
    />
  );
}

function Latest({
  leads,
  names,
  reasons,
  view,
}: {
  leads: readonly Lead[];
  names: Names;
  reasons: ReadonlyMap<string, string>;
  view: View;
}) {
  if (leads.length === 0) {
    return (
      <Empty title="No lead has arrived yet.">
        <p>
          Create a <a href="/brokers">broker</a> and an <a href="/orders">order</a>, then send leads
          to <code>POST /api/leads/incoming</code> (see the <a href="/docs">API documentation</a>),
          or try one in the <a href="/simulator">simulator</a>.
        </p>
      </Empty>
    );
  }
  return <LeadTable leads={leads} names={names} reasons={reasons} view={view} />;
}

/** What happened in a span of time, what needs a person, and the newest leads with where they went. */
export function overviewScreen({ store }: DashboardDeps): Screen {
  return {
    path: '/',
    scope: 'read',
    async show(view) {
      const { query } = view;
      const range = readRange(
        { range: query.get('range'), from: query.get('from'), to: query.get('to') },
        view.now,
        view.timezone,
      );
      const [overview, attention, latest] = await Promise.all([
        readOverview(store, range),
        readAttention(store, view.now),
        listLeads(store, { limit: 10 }),
      ]);
      const names = await readNames(store, {
        orders: latest.data.map((lead) => lead.assigned_order_id),
      });
      const waiting = await waitingReasons(
        store,
        latest.data.filter((lead) => lead.status === 'unassigned').map((lead) => lead.id),
      );
      const days = overview.days;
      return {
        title: 'Overview',
        section: '/',
        body: (
          <>
            <RangeForm range={range} view={view} />
            <ul class="tiles" aria-label="Figures">
              {tilesOf(overview).map(({ name, figure, note, href }) => (
                <li class="tile">
                  <h2 class="tile-name">
                    {href === undefined ? (
                      <span safe>{name}</span>
                    ) : (
                      <Link href={href} text={name} />
                    )}
                  </h2>
                  <span class="figure" safe>
                    {figure}
                  </span>
                  <span class="change" safe>
                    {note}
                  </span>
                </li>
              ))}
            </ul>
            <Section title="Needs a person" id="attention">
              <Attention rows={attention} />
            </Section>
            <Section title="Leads by day" id="days">
              <div class="columns short">
                <StackedBars
                  title={`Leads by day from ${overview.days[0]?.day ?? ''}: assigned, unassigned and rejected`}
                  series={['Assigned', 'Unassigned', 'Rejected']}
                  bars={days.map(({ day, assigned, unassigned, rejected }) => ({
                    label: day.slice(5),
                    values: [assigned, unassigned, rejected],
                  }))}
                />
                <Table
                  caption="Leads by day in numbers"
                  rows={[...days].reverse()}
                  columns={[
                    { head: 'Day', cell: ({ day }) => <>{day as 'safe'}</> },
                    { head: 'Received', numeric: true, cell: (d) => <>{d.received}</> },
                    { head: 'Assigned', numeric: true, cell: (d) => <>{d.assigned}</> },
                    { head: 'Unassigned', numeric: true, cell: (d) => <>{d.unassigned}</> },
                    { head: 'Rejected', numeric: true, cell: (d) => <>{d.rejected}</> },
                  ]}
                />
              </div>
            </Section>
            <Section title="Newest leads" id="newest" aside={<a href="/leads">All leads</a>}>
              <Latest leads={latest.data} names={names} reasons={waiting} view={view} />
            </Section>
            <p class="hint" safe>
              {`Days begin at midnight in ${view.timezone}. A lead's name leads to its full explanation. `}
            </p>
          </>
        ),
      };
    },
  };
}
