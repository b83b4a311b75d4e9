import { listOrders } from '../../orders/queries.js';
import type { Order } from '../../orders/order-schema.js';
import { Ago, Badge, Empty, Link, Text } from '../components/basics.js';
import { FillBar } from '../components/fill-bar.js';
import { clip, money, sentence } from '../components/format.js';
import { Pager } from '../components/pager.js';
import { statusAndBroker, StatusBrokerFilters } from '../components/status-broker-filters.js';
import { Table } from '../components/table.js';
import { brokerChoices, readNames } from '../data/names.js';
import type { DashboardDeps } from '../deps.js';
import type { Screen } from '../screen.js';

export const ORDER_STATUSES = ['active', 'paused', 'completed', 'cancelled'] as const;
const PER_PAGE = 50;

/** "$10,000 – $50,000", "up to $50,000", "any". */
export function loanRange(order: Pick<Order, 'loan_min' | 'loan_max'>): string {
  const min = order.loan_min !== null && order.loan_min > 0 ? money(order.loan_min) : null;
  const max = order.loan_max !== null && order.loan_max > 0 ? money(order.loan_max) : null;
  if (min !== null && max !== null) return `${min} – ${max}`;
  if (min !== null) return `from ${min}`;
  return max === null ? 'any' : `up to ${max}`;
}

/** Orders, newest first, with how far they are filled. */
export function ordersScreen({ store }: DashboardDeps): Screen {
  return {
    path: '/orders',
    scope: 'read',
    async show(view) {
      const filter = statusAndBroker(view, ORDER_STATUSES);
      const page = await listOrders(store, {
        limit: PER_PAGE,
        ...filter.query,
      });
      const [names, brokers] = await Promise.all([
        readNames(store, { brokers: page.data.map((order) => order.broker_id) }),
        brokerChoices(store),
      ]);
      return {
        title: 'Orders',
        section: '/orders',
        body: (
          <>
            <div class="head-line">
              <StatusBrokerFilters
                path="/orders"
                statuses={ORDER_STATUSES}
                brokers={brokers}
                filter={filter}
              />
              {view.can('admin') ? (
                <a class="button primary end" href="/orders/new">
                  New order
                </a>
              ) : (
                <></>
              )}
            </div>
            <div id="results">
              {page.data.length === 0 ? (
                <Empty title={filter.active ? 'No order matches.' : 'There is no order yet.'}>
                  {filter.active ? (
                    <p>
                      Take a filter away, or <a href="/orders">show all orders</a>.
                    </p>
                  ) : brokers.length === 0 ? (
                    <p>
                      An order belongs to a broker: <a href="/brokers/new">create a broker</a>{' '}
                      first.
                    </p>
                  ) : (
                    <p>
                      <a href="/orders/new">Create an order</a> to let leads be assigned.
                    </p>
                  )}
                </Empty>
              ) : (
                <Table
                  caption="Orders"
                  rows={page.data}
                  columns={[
                    {
                      head: 'Order',
                      cell: (order) => (
                        <>
                          <Link href={`/orders/${order.id}`} text={clip(order.name, 80)} />
                          <span class="sub">
                            <bdi safe>{clip(names.broker(order.broker_id), 80)}</bdi>
                          </span>
                        </>
                      ),
                    },
                    { head: 'Status', cell: (order) => <Badge status={order.status} /> },
                    {
                      head: 'Filled',
                      cell: (order) => (
                        <FillBar delivered={order.leads_delivered} total={order.total_leads} />
                      ),
                    },
                    {
                      head: 'Verticals',
                      cell: (order) => <Text value={clip(order.verticals.join(', '), 80)} />,
                    },
                    {
                      head: 'Credit from',
                      numeric: true,
                      cell: (order) => <Text value={order.credit_score_min} />,
                    },
                    { head: 'Loans', cell: (order) => <span safe>{loanRange(order)}</span> },
                    {
                      head: 'Type',
                      cell: (order) => (
                        <>
                          {sentence(order.order_type) as 'safe'}
                          {order.priority === 'high' ? (
                            <span class="sub">High priority</span>
                          ) : (
                            <></>
                          )}
                          {order.bonus_mode ? <span class="sub">Bonus mode</span> : <></>}
                        </>
                      ),
                    },
                    {
                      head: 'Last lead',
                      cell: (order) => <Ago at={order.last_assigned_at} now={view.now} />,
                    },
                  ]}
                />
              )}
              <Pager path="/orders" query={filter.address} next={page.next_cursor} />
            </div>
          </>
        ),
      };
    },
  };
}
