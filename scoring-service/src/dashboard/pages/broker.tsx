import { replayFailed } from '../../delivery/actions/replay.js';
import { DEFAULT_OVERLAP_HOURS, rotateSecret } from '../../delivery/actions/rotate-secret.js';
import type { Attempt } from '../../delivery/delivery-schema.js';
import { brokerHealthReport } from '../../delivery/health-report.js';
import { contactWindow } from '../../hours/contact-window.js';
import { updateBrokerSchema } from '../../orders/broker-schema.js';
import {
  requireBroker,
  setAssignmentStatus,
  setDeliveriesPaused,
  updateBroker,
} from '../../orders/brokers.js';
import { getBroker, listOrders } from '../../orders/queries.js';
import { Ago, Badge, Empty, Facts, Link, Notice, Section, Text } from '../components/basics.js';
import { FillBar } from '../components/fill-bar.js';
import { Confirm, PostForm } from '../components/form.js';
import { clip } from '../components/format.js';
import { Table } from '../components/table.js';
import type { DashboardDeps } from '../deps.js';
import { check } from '../form.js';
import { type Page, type Screen, type View, address, problemOf } from '../screen.js';
import { BrokerFields, readBrokerChange } from './broker-form.js';
import { secretPage } from './broker-new.js';
import { Health, steps, testText } from './broker-parts.js';

const DAY_MS = 24 * 3_600_000;

/** One broker: health, steps, orders, settings with contact hours. */
export function brokerScreen(deps: DashboardDeps): Screen {
  const { store, orders, deliveries } = deps;
  const path = (view: View): string => `/brokers/${view.params.id ?? ''}`;
  const idOf = (view: View): string => view.params.id ?? '';

  const setStatus = (status: 'active' | 'paused', done: string) => ({
    scope: 'operate' as const,
    async run(view: View) {
      await store.unit(() => setAssignmentStatus(orders, idOf(view), status, view.actor), {
        lock: 'routing',
      });
      if (status === 'active') orders.capacityChanged();
      return { goTo: address(path(view), { done }) };
    },
  });
  const pauseDeliveries = (paused: boolean) => ({
    scope: 'operate' as const,
    async run(view: View) {
      await store.unit(() => setDeliveriesPaused(orders, idOf(view), paused, view.actor), {
        lock: 'routing',
      });
      deliveries.runner.wake();
      return { goTo: address(path(view), { done: 'broker_updated' }) };
    },
  });

  const show = async (view: View, test?: Attempt): Promise<Page> => {
    const broker = await getBroker(store, idOf(view));
    const [health, theirs] = await Promise.all([
      brokerHealthReport(store, broker.id, view.now),
      listOrders(store, { limit: 50, broker_id: broker.id }),
    ]);
    const problem = problemOf(view, 'update');
    const window = contactWindow(broker, view.now);
    return {
      title: broker.name,
      section: '/brokers',
      body: (
        <>
          {test === undefined ? (
            <></>
          ) : (
            <Notice tone={test.outcome === 'sent' ? 'good' : 'bad'} text={testText(test)} alert />
          )}
          <div class="head-line" role="group" aria-label="What can be done">
            {steps(broker)
              .filter(({ scope }) => view.can(scope))
              .map(({ scope: _scope, ...step }) => (
                <Confirm {...step} path={path(view)} />
              ))}
          </div>
          <div class="columns">
            <Section title="Broker" id="broker" aside={<Badge status={broker.assignment_status} />}>
              <Facts
                rows={[
                  ['Company', <Text value={broker.company} />],
                  ['E-mail', <Text value={broker.email} />],
                  ['Phone', <Text value={broker.phone} />],
                  ['CRM webhook URL', <Text value={broker.crm_webhook_url} />],
                  [
                    'Contact hours',
                    <>
                      <Badge
                        status={window.open ? 'open' : 'closed'}
                        text={window.open ? 'Open now' : 'Shut now'}
                        tone={window.open ? 'good' : 'calm'}
                      />{' '}
                      {window.changes_at === null ? (
                        <span class="faint">for good</span>
                      ) : (
                        <span class="faint">
                          changes{' '}
                          <Ago at={new Date(window.changes_at).toISOString()} now={view.now} />
                        </span>
                      )}
                    </>,
                  ],
                  ['Time zone', <Text value={broker.timezone} />],
                ]}
              />
            </Section>
            <Section title="Deliveries" id="health">
              <Health health={health} view={view} />
            </Section>
          </div>
          <Section
            title="Orders"
            id="orders"
            aside={
              view.can('admin') ? (
                <a href={address('/orders/new', { broker_id: broker.id })}>New order</a>
              ) : undefined
            }
          >
            {theirs.data.length === 0 ? (
              <Empty title="This broker has no order.">
                <p>Without an order no lead goes to them.</p>
              </Empty>
            ) : (
              <Table
                caption="Orders of this broker"
                rows={theirs.data}
                columns={[
                  {
                    head: 'Order',
                    cell: (order) => (
                      <Link href={`/orders/${order.id}`} text={clip(order.name, 80)} />
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
                    head: 'Last lead',
                    cell: (order) => <Ago at={order.last_assigned_at} now={view.now} />,
                  },
                ]}
              />
            )}
          </Section>
          {view.can('admin') ? (
            <Section title="Change the broker" id="change">
              <PostForm
                action="update"
                path={path(view)}
                problem={problem}
                label="Change the broker"
              >
                <input type="hidden" name="version" value={String(broker.version)} />
                <BrokerFields broker={broker} problem={problem} timezone={orders.timezone} />
                <div>
                  <button type="submit" class="primary">
                    Save the broker
                  </button>
                </div>
              </PostForm>
            </Section>
          ) : (
            <></>
          )}
          <p>
            <a href={address('/activity', { subject_id: broker.id })}>
              What was changed, and by whom
            </a>
          </p>
        </>
      ),
    };
  };

  return {
    path: '/brokers/:id',
    scope: 'read',
    show: (view) => show(view),
    actions: {
      pause: setStatus('paused', 'broker_paused'),
      resume: setStatus('active', 'broker_resumed'),
      pause_deliveries: pauseDeliveries(true),
      resume_deliveries: pauseDeliveries(false),
      update: {
        scope: 'admin',
        async run(view, form) {
          const input = check(updateBrokerSchema, readBrokerChange(form));
          await store.unit(() => updateBroker(orders, idOf(view), input, view.actor), {
            lock: 'routing',
          });
          deliveries.runner.wake();
          return { goTo: address(path(view), { done: 'broker_updated' }) };
        },
      },
      rotate_secret: {
        scope: 'admin',
        async run(view) {
          const { broker, secret } = await store.unit(function* () {
            return {
              broker: yield* requireBroker(store, idOf(view)),
              secret: yield* rotateSecret(
                deliveries.actions,
                idOf(view),
                DEFAULT_OVERLAP_HOURS,
                view.actor,
              ),
            };
          });
          return { page: secretPage(broker, secret, 'The new signing secret') };
        },
      },
      test_webhook: {
        scope: 'operate',
        async run(view) {
          return { page: await show(view, await deliveries.testWebhook(idOf(view))) };
        },
      },
      replay: {
        scope: 'operate',
        async run(view) {
          await replayFailed(deliveries.actions, idOf(view), view.now - 7 * DAY_MS, view.actor);
          deliveries.runner.wake();
          return { goTo: address(path(view), { done: 'deliveries_replayed' }) };
        },
      },
    },
  };
}
