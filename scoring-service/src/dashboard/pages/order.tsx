import { listLeads } from '../../leads/queries.js';
import { applyDueResets } from '../../orders/monthly-reset.js';
import { updateOrderSchema } from '../../orders/order-schema.js';
import { changeOrderStatus, updateOrder } from '../../orders/orders.js';
import { getOrder } from '../../orders/queries.js';
import { Ago, Badge, Empty, Facts, Link, Moment, Section, Text } from '../components/basics.js';
import { FillBar } from '../components/fill-bar.js';
import { PostForm } from '../components/form.js';
import { sentence, whole } from '../components/format.js';
import { LeadTable } from '../components/lead-table.js';
import { readNames } from '../data/names.js';
import type { DashboardDeps } from '../deps.js';
import { check, pick } from '../form.js';
import { type Action, type Screen, type View, address, problemOf } from '../screen.js';
import { CLEARABLE, COMMON, Fields, verticalsOf } from './order-form.js';
import { STEPS, type Step, Steps } from './order-steps.js';
import { loanRange } from './orders.js';

/** One order: how far it is filled, its latest leads, its steps and its settings. */
export function orderScreen(deps: DashboardDeps): Screen {
  const { store, orders } = deps;
  const path = (view: View): string => `/orders/${view.params.id ?? ''}`;

  const step = ({ verb, scope, done }: Step): Action => ({
    scope,
    async run(view) {
      await store.unit(
        function* () {
          yield* applyDueResets(orders);
          yield* changeOrderStatus(orders, view.params.id ?? '', verb, view.actor);
        },
        { lock: 'routing' },
      );
      if (verb === 'resume') orders.capacityChanged();
      return { goTo: address(path(view), { done }) };
    },
  });

  return {
    path: '/orders/:id',
    scope: 'read',
    async show(view) {
      const order = await getOrder(store, view.params.id ?? '');
      const leads = await listLeads(store, { limit: 20, order_id: order.id });
      const names = await readNames(store, { brokers: [order.broker_id], orders: [order.id] });
      const problem = problemOf(view, 'update');
      return {
        title: order.name,
        section: '/orders',
        body: (
          <>
            <Steps order={order} view={view} />
            <Section title="Order" id="order" aside={<Badge status={order.status} />}>
              {/* Follows along while it fills, when there are scripts. */}
              <div
                id="filling"
                hx-get={path(view)}
                hx-trigger="every 10s"
                hx-select="#filling"
                hx-swap="outerHTML"
              >
                <FillBar delivered={order.leads_delivered} total={order.total_leads} />
                <p class="faint" safe>
                  {`${whole(order.leads_remaining)} left${order.bonus_mode ? ', bonus mode on' : ''}`}
                </p>
              </div>
              <Facts
                rows={[
                  [
                    'Broker',
                    <Link
                      href={`/brokers/${order.broker_id}`}
                      text={names.broker(order.broker_id)}
                    />,
                  ],
                  ['Verticals', <Text value={order.verticals.join(', ')} />],
                  ['Credit minimum', <Text value={order.credit_score_min} />],
                  ['Loans', <span safe>{loanRange(order)}</span>],
                  ['Type', <>{sentence(order.order_type) as 'safe'}</>],
                  ['Month', <Text value={order.period} />],
                  ['Priority', <>{sentence(order.priority) as 'safe'}</>],
                  ['Completed by', <Text value={order.completed_by} />],
                  ['Last lead', <Ago at={order.last_assigned_at} now={view.now} />],
                  ['Created', <Moment at={order.created_at} timezone={view.timezone} />],
                ]}
              />
            </Section>
            {view.can('admin') && order.status !== 'cancelled' ? (
              <Section title="Change the order" id="change">
                <PostForm
                  action="update"
                  path={path(view)}
                  problem={problem}
                  label="Change the order"
                >
                  <input type="hidden" name="version" value={String(order.version)} />
                  <Fields order={order} problem={problem} />
                  <div>
                    <button type="submit" class="primary">
                      Save the order
                    </button>
                  </div>
                </PostForm>
              </Section>
            ) : (
              <></>
            )}
            <Section
              title="Latest leads"
              id="leads"
              aside={<a href={address('/leads', { order_id: order.id })}>All its leads</a>}
            >
              {leads.data.length === 0 ? (
                <Empty title="No lead has gone to this order yet.">
                  <p>
                    Try one in the <a href="/simulator">simulator</a> to see whether this order
                    would take it.
                  </p>
                </Empty>
              ) : (
                <LeadTable leads={leads.data} names={names} reasons={new Map()} view={view} />
              )}
            </Section>
            {view.can('operate') ? (
              <p>
                <a href={address('/backtests', { order: order.id })}>
                  Backtest a change of this order
                </a>
              </p>
            ) : (
              <></>
            )}
            <p>
              <a href={address('/activity', { subject_id: order.id })}>
                What was changed, and by whom
              </a>
            </p>
          </>
        ),
      };
    },
    actions: {
      ...Object.fromEntries(STEPS.map((one) => [one.verb, step(one)])),
      update: {
        scope: 'admin',
        async run(view, form) {
          const input = check(updateOrderSchema, {
            ...pick(form, COMMON),
            ...Object.fromEntries(CLEARABLE.map((name) => [name, form.get(name)])),
            version: form.get('version'),
            name: form.get('name'),
            verticals: verticalsOf(form),
            bonus_mode: form.has('bonus_mode'),
          });
          await store.unit(
            function* () {
              yield* applyDueResets(orders);
              yield* updateOrder(orders, view.params.id ?? '', input, view.actor);
            },
            { lock: 'routing' },
          );
          orders.capacityChanged();
          return { goTo: address(path(view), { done: 'order_updated' }) };
        },
      },
    },
  };
}
