import { cancelDelivery, retryDelivery } from '../../delivery/actions/by-hand.js';
import { getDelivery } from '../../delivery/queries.js';
import { getLead } from '../../leads/queries.js';
import { Badge, Facts, Link, Moment, Section, Text } from '../components/basics.js';
import { Attempts, DeliveryNext } from '../components/delivery-list.js';
import { Confirm } from '../components/form.js';
import { sentence } from '../components/format.js';
import { leadTitle } from '../components/lead-table.js';
import { readNames } from '../data/names.js';
import type { DashboardDeps } from '../deps.js';
import { type Screen, type View, address } from '../screen.js';

/** One delivery with every attempt; tried again or cancelled by hand. */
export function deliveryScreen(deps: DashboardDeps): Screen {
  const { store, deliveries } = deps;
  const path = (view: View): string => `/deliveries/${view.params.id ?? ''}`;
  return {
    path: '/deliveries/:id',
    scope: 'read',
    async show(view) {
      const delivery = await getDelivery(store, view.params.id ?? '');
      const names = await readNames(store, {
        brokers: [delivery.broker_id],
        orders: [delivery.order_id],
      });
      const lead = await getLead(store, delivery.lead_id);
      const open = ['pending', 'queued', 'held'].includes(delivery.status);
      return {
        title: 'Delivery',
        section: '/deliveries',
        body: (
          <>
            {view.can('operate') ? (
              <div class="head-line" role="group" aria-label="What can be done">
                {open || delivery.status === 'failed' ? (
                  <Confirm
                    action="retry"
                    path={path(view)}
                    button="Retry"
                    question="Send it again now? The broker recognises a repeat by its id."
                    yes="Yes, send it again"
                  />
                ) : (
                  <></>
                )}
                {open ? (
                  <Confirm
                    action="cancel"
                    path={path(view)}
                    button="Cancel"
                    question="Cancel the delivery? The lead stays assigned, but is not sent."
                    yes="Yes, cancel it"
                    danger
                  />
                ) : (
                  <></>
                )}
              </div>
            ) : (
              <></>
            )}
            <Section title="Delivery" id="delivery" aside={<Badge status={delivery.status} />}>
              <Facts
                rows={[
                  ['Lead', <Link href={`/leads/${delivery.lead_id}`} text={leadTitle(lead)} />],
                  [
                    'Broker',
                    <Link
                      href={`/brokers/${delivery.broker_id}`}
                      text={names.broker(delivery.broker_id)}
                    />,
                  ],
                  [
                    'Order',
                    <Link
                      href={`/orders/${delivery.order_id}`}
                      text={names.order(delivery.order_id)}
                    />,
                  ],
                  ['Channel', <>{sentence(delivery.channel) as 'safe'}</>],
                  [
                    'Reason',
                    <Text
                      value={delivery.reason_code === null ? null : sentence(delivery.reason_code)}
                    />,
                  ],
                  ['Next', <DeliveryNext delivery={delivery} view={view} />],
                  ['Made', <Moment at={delivery.created_at} timezone={view.timezone} />],
                  ['Id', <code safe>{delivery.id}</code>],
                ]}
              />
            </Section>
            <Section title="Attempts" id="attempts">
              <Attempts delivery={delivery} view={view} />
            </Section>
          </>
        ),
      };
    },
    actions: {
      retry: {
        scope: 'operate',
        async run(view) {
          await store.unit(() =>
            retryDelivery(deliveries.actions, view.params.id ?? '', view.actor),
          );
          deliveries.runner.wake();
          return { goTo: address(path(view), { done: 'delivery_retried' }) };
        },
      },
      cancel: {
        scope: 'operate',
        async run(view) {
          await store.unit(() =>
            cancelDelivery(deliveries.actions, view.params.id ?? '', view.actor),
          );
          deliveries.runner.wake();
          return { goTo: address(path(view), { done: 'delivery_cancelled' }) };
        },
      },
    },
  };
}
