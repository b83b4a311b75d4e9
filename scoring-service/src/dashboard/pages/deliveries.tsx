import { DELIVERY_STATUSES, type Delivery } from '../../delivery/delivery-schema.js';
import { listDeliveries } from '../../delivery/queries.js';
import { Ago, Badge, Empty, Link, Text } from '../components/basics.js';
import { DeliveryNext } from '../components/delivery-list.js';
import { Select } from '../components/fields.js';
import { Filters } from '../components/form.js';
import { clip, sentence } from '../components/format.js';
import { Pager } from '../components/pager.js';
import { Table } from '../components/table.js';
import { leadTitles } from '../data/lead-titles.js';
import { brokerChoices, readNames } from '../data/names.js';
import type { DashboardDeps } from '../deps.js';
import { isId } from '../form.js';
import type { Screen } from '../screen.js';

const PER_PAGE = 50;

function lastOutcome(delivery: Delivery): string | null {
  const last = delivery.attempts.at(-1);
  if (last === undefined) return null;
  const status = last.http_status === null ? '' : ` (HTTP ${last.http_status})`;
  return `${sentence(last.outcome)}${status}`;
}

/** Deliveries, newest first: what went out, what waits, what failed. */
export function deliveriesScreen({ store }: DashboardDeps): Screen {
  return {
    path: '/deliveries',
    scope: 'read',
    async show(view) {
      const status = DELIVERY_STATUSES.find((one) => one === view.query.get('status'));
      const brokerId = view.query.get('broker_id');
      const cursor = view.query.get('cursor');
      const page = await listDeliveries(store, {
        limit: PER_PAGE,
        status,
        broker_id: isId(brokerId) ? brokerId : undefined,
        cursor: cursor || undefined,
      });
      const [names, titles, brokers] = await Promise.all([
        readNames(store, { brokers: page.data.map((delivery) => delivery.broker_id) }),
        leadTitles(
          store,
          page.data.map((delivery) => delivery.lead_id),
        ),
        brokerChoices(store),
      ]);
      const active = status !== undefined || brokerId !== '';
      return {
        title: 'Deliveries',
        section: '/deliveries',
        body: (
          <>
            <Filters path="/deliveries" active={active}>
              <Select
                name="status"
                label="Status"
                value={status}
                options={[
                  ['', 'Any'],
                  ...DELIVERY_STATUSES.map((one) => [one, sentence(one)] as const),
                ]}
              />
              <Select
                name="broker_id"
                label="Broker"
                value={brokerId}
                options={[['', 'Any'], ...brokers]}
              />
            </Filters>
            <div id="results">
              {page.data.length === 0 ? (
                <Empty title={active ? 'No delivery matches.' : 'Nothing has been delivered yet.'}>
                  {active ? (
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
              <Pager
                path="/deliveries"
                query={{ status: status ?? '', broker_id: brokerId, cursor }}
                next={page.next_cursor}
              />
            </div>
          </>
        ),
      };
    },
  };
}
