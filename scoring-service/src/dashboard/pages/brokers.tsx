import { contactWindow } from '../../hours/contact-window.js';
import type { Broker } from '../../orders/broker-schema.js';
import { listBrokers } from '../../orders/queries.js';
import { Badge, Empty, Link, Text } from '../components/basics.js';
import { Select } from '../components/fields.js';
import { Filters } from '../components/form.js';
import { clip, sentence } from '../components/format.js';
import { Pager } from '../components/pager.js';
import { Table } from '../components/table.js';
import { readBreakers } from '../data/breakers.js';
import type { DashboardDeps } from '../deps.js';
import type { Screen } from '../screen.js';

const STATUSES = ['active', 'paused'] as const;
const PER_PAGE = 50;

const HOURS: Record<Broker['contact_hours'], string> = {
  anytime: 'At any time',
  business_hours: 'Mon to Fri, 9 to 17',
  custom: 'Own windows',
};

/** Brokers, newest first: status, hours, how deliveries go. */
export function brokersScreen({ store }: DashboardDeps): Screen {
  return {
    path: '/brokers',
    scope: 'read',
    async show(view) {
      const status = STATUSES.find((one) => one === view.query.get('status'));
      const cursor = view.query.get('cursor');
      const page = await listBrokers(store, {
        limit: PER_PAGE,
        assignment_status: status,
        cursor: cursor || undefined,
      });
      const breakers = await readBreakers(
        store,
        page.data.map((broker) => broker.id),
      );
      return {
        title: 'Brokers',
        section: '/brokers',
        body: (
          <>
            <div class="head-line">
              <Filters path="/brokers" active={status !== undefined}>
                <Select
                  name="status"
                  label="Status"
                  value={status}
                  options={[['', 'Any'], ...STATUSES.map((one) => [one, sentence(one)] as const)]}
                />
              </Filters>
              {view.can('admin') ? (
                <a class="button primary end" href="/brokers/new">
                  New broker
                </a>
              ) : (
                <></>
              )}
            </div>
            <div id="results">
              {page.data.length === 0 ? (
                <Empty
                  title={status === undefined ? 'There is no broker yet.' : 'No broker matches.'}
                >
                  <p>
                    {status === undefined ? (
                      <a href="/brokers/new">Create a broker</a>
                    ) : (
                      <a href="/brokers">Show all brokers</a>
                    )}
                    .
                  </p>
                </Empty>
              ) : (
                <Table
                  caption="Brokers"
                  rows={page.data}
                  columns={[
                    {
                      head: 'Broker',
                      cell: (broker) => (
                        <>
                          <Link href={`/brokers/${broker.id}`} text={clip(broker.name, 80)} />
                          {broker.company === null ? (
                            <></>
                          ) : (
                            <span class="sub">
                              <bdi safe>{clip(broker.company, 80)}</bdi>
                            </span>
                          )}
                        </>
                      ),
                    },
                    {
                      head: 'Status',
                      cell: (broker) => <Badge status={broker.assignment_status} />,
                    },
                    {
                      head: 'Deliveries',
                      cell: (broker) =>
                        broker.crm_webhook_url === null ? (
                          <span class="faint">No webhook</span>
                        ) : broker.deliveries_paused ? (
                          <Badge status="paused" />
                        ) : breakers.has(broker.id) ? (
                          <Badge status="down" text="Not receiving" />
                        ) : (
                          <Badge status="healthy" text="Going out" />
                        ),
                    },
                    {
                      head: 'Contact hours',
                      cell: (broker) => (
                        <>
                          <span safe>{HOURS[broker.contact_hours]}</span>
                          <span class="sub" safe>
                            {`${contactWindow(broker, view.now).open ? 'Open now' : 'Shut now'}, ${broker.timezone}`}
                          </span>
                        </>
                      ),
                    },
                    { head: 'E-mail', cell: (broker) => <Text value={broker.email} /> },
                    { head: 'Phone', cell: (broker) => <Text value={broker.phone} /> },
                  ]}
                />
              )}
              <Pager
                path="/brokers"
                query={{ status: status ?? '', cursor }}
                next={page.next_cursor}
              />
            </div>
          </>
        ),
      };
    },
  };
}
