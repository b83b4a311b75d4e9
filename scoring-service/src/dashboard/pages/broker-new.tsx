import { type Broker, createBrokerSchema } from '../../orders/broker-schema.js';
import { createBroker } from '../../orders/brokers.js';
import { PostForm } from '../components/form.js';
import { SecretOnce } from '../components/secret.js';
import type { DashboardDeps } from '../deps.js';
import { check } from '../form.js';
import { type Page, type Screen, problemOf } from '../screen.js';
import { BrokerFields, readNewBroker } from './broker-form.js';

export function secretPage(broker: Broker, secret: string, title: string): Page {
  return {
    title: broker.name,
    section: '/brokers',
    body: (
      <SecretOnce
        title={title}
        text="This signing secret is shown this once. Give it to the broker: with it they check that deliveries are yours (Standard Webhooks)."
        secret={secret}
        back={`/brokers/${broker.id}`}
      />
    ),
  };
}

/** A new broker; the answer shows the signing secret. */
export function newBrokerScreen({ store, orders }: DashboardDeps): Screen {
  return {
    path: '/brokers/new',
    scope: 'admin',
    show(view) {
      const problem = problemOf(view, 'create');
      return Promise.resolve({
        title: 'New broker',
        section: '/brokers',
        body: (
          <section class="part">
            <PostForm action="create" path="/brokers/new" problem={problem} label="New broker">
              <BrokerFields broker={null} problem={problem} timezone={orders.timezone} />
              <div class="buttons">
                <button type="submit" class="primary">
                  Create the broker
                </button>
                <a class="button quiet" href="/brokers">
                  Back
                </a>
              </div>
            </PostForm>
          </section>
        ),
      });
    },
    actions: {
      create: {
        scope: 'admin',
        async run(view, form) {
          const input = check(createBrokerSchema, readNewBroker(form));
          const { webhook_secret, ...broker } = await store.unit(
            () => createBroker(orders, input, view.actor),
            { lock: 'routing' },
          );
          return { page: secretPage(broker, webhook_secret, 'The broker is created') };
        },
      },
    },
  };
}
