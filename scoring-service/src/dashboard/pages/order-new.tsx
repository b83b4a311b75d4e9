import { createOrderSchema } from '../../orders/order-schema.js';
import { createOrder } from '../../orders/orders.js';
import { Empty } from '../components/basics.js';
import { Select } from '../components/fields.js';
import { PostForm } from '../components/form.js';
import { brokerChoices } from '../data/names.js';
import type { DashboardDeps } from '../deps.js';
import { check, pick } from '../form.js';
import { type Screen, address, problemOf } from '../screen.js';
import { CLEARABLE, COMMON, Fields, verticalsOf } from './order-form.js';

/** A new order of a broker. */
export function newOrderScreen({ store, orders }: DashboardDeps): Screen {
  return {
    path: '/orders/new',
    scope: 'admin',
    async show(view) {
      const brokers = await brokerChoices(store);
      const problem = problemOf(view, 'create');
      return {
        title: 'New order',
        section: '/orders',
        body:
          brokers.length === 0 ? (
            <Empty title="An order belongs to a broker, and there is none yet.">
              <p>
                <a href="/brokers/new">Create a broker</a> first.
              </p>
            </Empty>
          ) : (
            <section class="part">
              <PostForm action="create" path="/orders/new" problem={problem} label="New order">
                <div class="fields">
                  <Select
                    name="broker_id"
                    label="Broker"
                    required
                    value={view.query.get('broker_id')}
                    options={[['', 'Choose…'], ...brokers]}
                    problem={problem}
                  />
                  <Select
                    name="order_type"
                    label="Type"
                    options={[
                      ['one_time', 'One time'],
                      ['monthly', 'Monthly: filled anew on the 1st'],
                    ]}
                    problem={problem}
                  />
                  <Select
                    name="status"
                    label="Status"
                    options={[
                      ['active', 'Active: gets leads at once'],
                      ['paused', 'Paused'],
                    ]}
                    problem={problem}
                  />
                </div>
                <Fields order={null} problem={problem} />
                <div class="buttons">
                  <button type="submit" class="primary">
                    Create the order
                  </button>
                  <a class="button quiet" href="/orders">
                    Back
                  </a>
                </div>
              </PostForm>
            </section>
          ),
      };
    },
    actions: {
      create: {
        scope: 'admin',
        async run(view, form) {
          const input = check(createOrderSchema, {
            ...pick(form, [...COMMON, ...CLEARABLE, 'broker_id', 'order_type', 'status']),
            verticals: verticalsOf(form),
            bonus_mode: form.has('bonus_mode'),
          });
          const order = await store.unit(() => createOrder(orders, input, view.actor), {
            lock: 'routing',
          });
          orders.capacityChanged();
          return { goTo: address(`/orders/${order.id}`, { done: 'order_created' }) };
        },
      },
    },
  };
}
