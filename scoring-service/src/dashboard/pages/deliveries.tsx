import { DELIVERY_STATUSES, type Delivery } from '../../delivery/delivery-schema.js';
import { setAllDeliveriesPaused } from '../../delivery/actions/pause-all.js';
import { listDeliveries } from '../../delivery/queries.js';
import { pausedQuery } from '../../delivery/pause.js';
import { Ago, Badge, Empty, Link, Notice, Text } from '../components/basics.js';
import { DeliveryNext } from '../components/delivery-list.js';
import { Confirm } from '../components/form.js';
import { clip, sentence } from '../components/format.js';
import { Pager } from '../components/pager.js';
import { statusAndBroker, StatusBrokerFilters } from '../components/status-broker-filters.js';
import { Table } from '../components/table.js';
import { leadTitles } from '../data/lead-titles.js';
import { brokerChoices, readNames } from '../data/names.js';
import type { DashboardDeps } from '../deps.js';
import { address, type Action, type Screen, type View } from '../screen.js';

const PATH = '/deliveries';
const PER_PAGE = 50;

function lastOutcome(delivery: Delivery): string | null {
  const last = delivery.attempts.at(-1);
  if (last === undefined) return null;
  const status = last.http_status === null ? '' : ` (HTTP ${last.http_status})`;
  return `${sentence(last.outcome)}${status}`;
}

/** Whether all deliveries wait because somebody said so, and the way to change that. */
function PauseAll({ paused, view }: { paused: boolean; view: View }) {
  return (
    <>
      {paused ? (
        <Notice
          tone="warn"
          text="All deliveries are paused: leads are still assigned, and each waits for its delivery."
        />
      ) : (
        <></>
      )}
      {!view.can('operate') ? (
        <></>
      ) : paused ? (
        <Confirm
          action="resume_all"
          path={PATH}
          button="Resume all deliveries"
          question="Let the waiting deliveries go? Contact hours and pauses of single brokers stay."
          yes="Yes, let them go"
        />
      ) : (
        <Confirm
          action="pause_all"
          path={PATH}
          button="Pause all deliveries"
          question="Let the deliveries to all brokers wait? Leads are still assigned; none is dropped."
          yes="Yes, let them all wait"
          danger
        />
      )}
    </>
  );
}

/** Deliveries, newest first: what went out, what waits, what failed. */
export function deliveriesScreen({ store, deliveries }: DashboardDeps): Screen {
  const pausing = (paused: boolean, done: string): Action => ({
    scope: 'operate',
    async run(view) {
      await store.unit(() => setAllDeliveriesPaused(deliveries.actions, paused, view.actor));
      deliveries.runner.wake();
      return { goTo: address(PATH, { done }) };
    },
  });
  return {
    path: '/deliveries',
    scope: 'read',
    async show(view) {
      const filter = statusAndBroker(view, DELIVERY_STATUSES);
      const page = await listDeliveries(store, {
        limit: PER_PAGE,
        ...filter.query,
      });
      const [paused, names, titles, brokers] = await Promise.all([
        pausedQuery(store).executeTakeFirst(),
        readNames(store, { brokers: page.data.map((delivery) => delivery.broker_id) }),
        leadTitles(
          store,
          page.data.map((delivery) => delivery.lead_id),
        ),
        brokerChoices(store),
      ]);
      return {
        title: 'Deliveries',
        section: '/deliveries',
        body: (
          <>
            <PauseAll paused={paused?.value === 'true'} view={view} />
            <StatusBrokerFilters
              path={PATH}
              statuses={DELIVERY_STATUSES}
              brokers={brokers}
              filter={filter}
            />
            <div id="results">
              {page.data.length === 0 ? (
                <Empty
                  title={filter.active ? 'No delivery matches.' : 'Nothing has been delivered yet.'}
                >
                  {filter.active ? (
                    <p>
                      <a href="/deliveries">Show all deliveries</a>.
                    </p>
                  ) : (
                    <p>Leads are delivered to brokers that have a CRM webhook URL.</p>
                  )}
                </Empty>
              ) : (
                <Table
                  caption="Deliveries"
                  rows={page.data}
                  columns={[
                    {
                      head: 'Lead',
                      cell: (delivery) => (
                        <Link
                          href={`/deliveries/${delivery.id}`}
                          text={titles.get(delivery.lead_id) ?? delivery.lead_id}
                        />
                      ),
                    },
                    { head: 'Status', cell: (delivery) => <Badge status={delivery.status} /> },
                    {
                      head: 'Broker',
                      cell: (delivery) => (
                        <Link
                          href={`/brokers/${delivery.broker_id}`}
                          text={clip(names.broker(delivery.broker_id), 60)}
                        />
                      ),
                    },
                    {
                      head: 'Attempts',
                      numeric: true,
                      cell: (delivery) => <>{delivery.attempts.length}</>,
                    },
                    {
                      head: 'Last outcome',
                      cell: (delivery) => <Text value={lastOutcome(delivery)} />,
                    },
                    {
                      head: 'Next',
                      cell: (delivery) => <DeliveryNext delivery={delivery} view={view} />,
                    },
                    {
                      head: 'Made',
                      cell: (delivery) => <Ago at={delivery.created_at} now={view.now} />,
                    },
                  ]}
                />
              )}
              <Pager path="/deliveries" query={filter.address} next={page.next_cursor} />
            </div>
          </>
        ),
      };
    },
    actions: {
      pause_all: pausing(true, 'deliveries_paused'),
      resume_all: pausing(false, 'deliveries_resumed'),
    },
  };
}
