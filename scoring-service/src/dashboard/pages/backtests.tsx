import { DateTime } from 'luxon';

import type { BacktestJob } from '../../routing/backtest/answer-schema.js';
import { listBacktests } from '../../routing/backtest/queries.js';
import { Ago, Badge, Empty, Link, Section, Text } from '../components/basics.js';
import { whole } from '../components/format.js';
import { Pager } from '../components/pager.js';
import { Table } from '../components/table.js';
import { orderChoices, readNames, type Names } from '../data/names.js';
import type { DashboardDeps } from '../deps.js';
import { isId } from '../form.js';
import { address, problemOf, type Screen } from '../screen.js';
import { BACKTESTS_PATH, BacktestForm, readBacktest, sayingFields } from './backtest-form.js';

const PER_PAGE = 50;
/** The first day that the form proposes lies so long back. */
const DAYS_BACK = 30;

const day = (at: string, timezone: string): string =>
  DateTime.fromISO(at, { zone: timezone }).toFormat('d MMM yyyy');

/** The days of a range, both included. */
export function daysOf({ from, to }: { from: string; to: string }, timezone: string): string {
  const last = DateTime.fromISO(to, { zone: timezone }).minus({ milliseconds: 1 }).toISO() ?? to;
  return `${day(from, timezone)} to ${day(last, timezone)}`;
}

/** A value of a change in words. */
function valueText(value: unknown): string {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return Array.isArray(value) ? value.join(', ') : String(value);
}

type Change = BacktestJob['request']['first_changes'][number];

function changeText({ order_id: id, ...fields }: Change, names: Names): string {
  const what = Object.entries(fields).map(([field, value]) => {
    const name = CHANGE_NAMES[field] ?? field;
    return `${name} ${valueText(value)}`;
  });
  return `${names.order(id)} with ${what.join(', ')}`;
}

const CHANGE_NAMES: Record<string, string> = {
  credit_score_min: 'credit minimum',
  loan_min: 'loan minimum',
  loan_max: 'loan maximum',
  total_leads: 'leads in all',
  bonus_mode: 'bonus mode',
  broker_status: 'broker',
};

/** The orders that the questions of some backtests name. */
export const ordersNamed = (jobs: readonly BacktestJob[]): string[] =>
  jobs.flatMap((job) => job.request.first_changes.map((change) => change.order_id));

/** What a backtest asks, in a few words. */
export function questionOf({ request }: BacktestJob, names: Names): string {
  const { first_changes: first, changes, additions, orders, compare_with } = request;
  const parts = [
    ...(orders === null ? [] : [`${whole(orders)} other orders`]),
    ...first.map((change) => changeText(change, names)),
    ...(changes > first.length ? [`${whole(changes - first.length)} more orders changed`] : []),
    ...(additions === 0 ? [] : [`${whole(additions)} more orders`]),
  ];
  const against =
    compare_with === 'history' ? 'against what was decided' : 'against the orders as they are';
  if (parts.length > 0) return `${parts.join('; ')}, ${against}`;
  return compare_with === 'history'
    ? `The orders as they are, ${against}`
    : `A credit floor of ${request.credit_floor}, ${against}`;
}

/** Backtests that were asked for, and the form for a new one. */
export function backtestsScreen({ store, backtests }: DashboardDeps): Screen {
  return {
    path: BACKTESTS_PATH,
    scope: 'read',
    async show(view) {
      const cursor = view.query.get('cursor');
      const page = await listBacktests(store, { limit: PER_PAGE, cursor: cursor || undefined });
      const names = await readNames(store, { orders: ordersNamed(page.data) });
      const asked = view.query.get('order');
      const firstDay = DateTime.fromMillis(view.now, { zone: view.timezone })
        .minus({ days: DAYS_BACK })
        .toFormat('yyyy-MM-dd');
      return {
        title: 'Backtests',
        section: BACKTESTS_PATH,
        body: (
          <>
            <p class="faint">
              Replays past leads, in the order in which they came, and shows which would have gone
              elsewhere if an order had been different. Nothing is changed, sent or counted.
            </p>
            {view.can('operate') ? (
              <Section title="New backtest" id="new">
                <BacktestForm
                  orders={await orderChoices(store)}
                  orderId={isId(asked) ? asked : ''}
                  firstDay={firstDay}
                  problem={problemOf(view, 'ask')}
                />
              </Section>
            ) : (
              <></>
            )}
            <Section title="Asked for" id="asked">
              {page.data.length === 0 ? (
                <Empty title="No backtest has been run in the last seven days.">
                  <p>
                    The command line and the API ask for larger ones, of several orders at once.
                  </p>
                </Empty>
              ) : (
                <Table
                  caption="Backtests, newest first"
                  rows={page.data}
                  columns={[
                    {
                      head: 'Days',
                      cell: (one) => (
                        <Link
                          href={`${BACKTESTS_PATH}/${one.id}`}
                          text={daysOf(one.request, view.timezone)}
                        />
                      ),
                    },
                    { head: 'State', cell: (one) => <Badge status={one.status} /> },
                    { head: 'Question', cell: (one) => <Text value={questionOf(one, names)} /> },
                    {
                      head: 'Leads',
                      numeric: true,
                      cell: (one) => <Text value={one.progress.leads_total} />,
                    },
                    { head: 'Asked by', cell: (one) => <Text value={one.created_by} /> },
                    { head: 'Asked', cell: (one) => <Ago at={one.created_at} now={view.now} /> },
                  ]}
                />
              )}
              <Pager path={BACKTESTS_PATH} query={{ cursor }} next={page.next_cursor} />
            </Section>
          </>
        ),
      };
    },
    actions: {
      ask: {
        scope: 'operate',
        async run(view, form) {
          const job = await sayingFields(async () => {
            const plan = await backtests.plan(readBacktest(form, view.timezone));
            return store.unit(() => backtests.ask(plan, view.user.name));
          });
          return { goTo: address(`${BACKTESTS_PATH}/${job.id}`, { done: 'backtest_asked' }) };
        },
      },
    },
  };
}
