import { createBusinessSchema } from '../../businesses/business-schema.js';
import { createBusiness } from '../../businesses/businesses.js';
import { listBusinesses } from '../../businesses/queries.js';
import { isOpen } from '../../hours/state.js';
import { Badge, Link, Section, Text } from '../components/basics.js';
import { Field } from '../components/fields.js';
import { PostForm } from '../components/form.js';
import { Table } from '../components/table.js';
import type { DashboardDeps } from '../deps.js';
import { check } from '../form.js';
import { type Screen, address, problemOf } from '../screen.js';
import { SettingsNav } from './settings.js';

export const PATH = '/settings/businesses';

/** The businesses whose calls and forms are answered. */
export function businessesScreen({ store, response }: DashboardDeps): Screen {
  const locked = Object.keys(response.businesses.environment);
  return {
    path: PATH,
    scope: 'read',
    async show(view) {
      const page = await listBusinesses(store, { limit: 200 }, locked);
      const problem = problemOf(view, 'create');
      return {
        title: 'Businesses',
        section: '/settings',
        body: (
          <>
            <SettingsNav view={view} />
            <Table
              caption="Businesses"
              rows={page.data}
              columns={[
                {
                  head: 'Business',
                  cell: (one) => <Link href={`${PATH}/${one.id}`} text={one.name} />,
                },
                {
                  head: 'State',
                  cell: (one) => (
                    <>
                      <Badge
                        status={
                          isOpen({ ...one, windows: one.hours }, view.now) ? 'open' : 'closed'
                        }
                      />{' '}
                      {one.is_default ? <Badge status="default" tone="info" /> : <></>}
                    </>
                  ),
                },
                { head: 'Numbers', cell: (one) => <Text value={one.phones.join(', ')} /> },
                { head: 'Time zone', cell: (one) => <Text value={one.timezone} /> },
                { head: 'Callback number', cell: (one) => <Text value={one.callback_number} /> },
              ]}
            />
            {view.can('admin') ? (
              <Section title="New business" id="new">
                <PostForm
                  action="create"
                  path={PATH}
                  problem={problem}
                  label="New business"
                  class="inline"
                >
                  <Field name="name" label="Name" required problem={problem} />
                  <button type="submit" class="primary">
                    Create the business
                  </button>
                </PostForm>
              </Section>
            ) : (
              <></>
            )}
          </>
        ),
      };
    },
    actions: {
      create: {
        scope: 'admin',
        async run(view, form) {
          const input = check(createBusinessSchema, { name: form.get('name') });
          const made = await store.unit(() =>
            createBusiness(response.businesses, input, view.actor),
          );
          return { goTo: address(`${PATH}/${made.id}`, { done: 'saved' }) };
        },
      },
    },
  };
}
