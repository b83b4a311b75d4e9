import type { BacktestWithResult } from '../../routing/backtest/answer-schema.js';
import { getBacktest } from '../../routing/backtest/queries.js';
import { Ago, Badge, Facts, Section, Text } from '../components/basics.js';
import { Confirm } from '../components/form.js';
import { percent, whole } from '../components/format.js';
import { readNames } from '../data/names.js';
import type { DashboardDeps } from '../deps.js';
import { address, problemOf, type Screen, type View } from '../screen.js';
import { BACKTESTS_PATH } from './backtest-form.js';
import { differencesPart, Orders, Totals } from './backtest-result.js';
import { daysOf, ordersNamed, questionOf } from './backtests.js';

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
