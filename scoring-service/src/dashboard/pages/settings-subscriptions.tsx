import { iso } from '../../core/clock.js';
import { invalid } from '../../core/errors.js';
import { createSubscription } from '../../subscriptions/manage.js';
import { listSubscriptions } from '../../subscriptions/queries.js';
import {
  createSubscriptionSchema,
  SUBSCRIPTION_STATUSES,
} from '../../subscriptions/subscription-schema.js';
import { Ago, Empty, Link, Section, Text } from '../components/basics.js';
import { clip, sentence } from '../components/format.js';
import { Pager } from '../components/pager.js';
import { SecretOnce } from '../components/secret.js';
import { SubNav } from '../components/sub-nav.js';
import { SubscriptionState } from '../components/subscription-state.js';
import { Table } from '../components/table.js';
import type { DashboardDeps } from '../deps.js';
import { check } from '../form.js';
import { address, problemOf, type Screen } from '../screen.js';
import { SettingsNav } from './settings.js';
import { NewSubscription } from './subscription-new.js';

export const SUBSCRIPTIONS_PATH = '/settings/subscriptions';
const PER_PAGE = 50;

/** Who is told of events, and how that goes. */
export function subscriptionsScreen(deps: DashboardDeps): Screen {
  const { store, subscriptions } = deps;
  return {
    path: SUBSCRIPTIONS_PATH,
    scope: 'read',
    async show(view) {
      const status =
        SUBSCRIPTION_STATUSES.find((one) => one === view.query.get('status')) ?? 'active';
      const cursor = view.query.get('cursor');
      const page = await listSubscriptions(
        store,
        { status, limit: PER_PAGE, cursor: cursor || undefined },
        iso(view.now),
      );
      const query = { status: status === 'active' ? '' : status };
      return {
        title: 'Subscriptions',
        section: '/settings',
        body: (
          <>
            <SettingsNav view={view} />
            <SubNav
              label="Which subscriptions"
              items={SUBSCRIPTION_STATUSES.map((one) => ({
                href: address(SUBSCRIPTIONS_PATH, { status: one === 'active' ? '' : one }),
                text: sentence(one),
                current: one === status,
              }))}
            />
            {page.data.length === 0 ? (
              <Empty
                title={
                  status === 'active' ? 'Nobody is told of events.' : 'No subscription has ended.'
                }
              >
                <p>
                  The LeadLoop Trigger of n8n subscribes by itself while its workflow is active;
                  other programs subscribe with <code>POST /api/subscriptions</code>.
                </p>
              </Empty>
            ) : (
              <Table
                caption={`Subscriptions: ${status}, newest first`}
                rows={page.data}
                columns={[
                  {
                    head: 'URL',
                    cell: (one) => (
                      <Link href={`${SUBSCRIPTIONS_PATH}/${one.id}`} text={clip(one.url, 120)} />
                    ),
                  },
                  {
                    head: 'State',
                    cell: (one) => <SubscriptionState subscription={one} view={view} />,
                  },
                  { head: 'Events', cell: (one) => <Text value={one.events.join(', ')} /> },
                  {
                    head: 'Last arrived',
                    cell: (one) => <Ago at={one.last_success_at} now={view.now} />,
                  },
                  { head: 'Made', cell: (one) => <Ago at={one.created_at} now={view.now} /> },
                ]}
              />
            )}
            <Pager path={SUBSCRIPTIONS_PATH} query={{ ...query, cursor }} next={page.next_cursor} />
            {view.can('operate') ? (
              <Section title="Subscribe a URL" id="new">
                <NewSubscription path={SUBSCRIPTIONS_PATH} problem={problemOf(view, 'create')} />
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
        scope: 'operate',
        async run(view, form) {
          const input = check(createSubscriptionSchema, {
            url: form.get('url'),
            events: form.all('events'),
          });
          const problem = subscriptions.urlProblem(input.url);
          if (problem !== null) throw invalid({ url: problem });
          const made = await store.unit(() => createSubscription(deps, input, view.actor));
          return {
            page: {
              title: 'Subscriptions',
              section: '/settings',
              body: (
                <SecretOnce
                  title="The secret of the subscription"
                  text="It is shown this once. With it the receiver verifies the signature of each event (Standard Webhooks)."
                  secret={made.secret}
                  back={`${SUBSCRIPTIONS_PATH}/${made.id}`}
                />
              ),
            },
          };
        },
      },
    },
  };
}
