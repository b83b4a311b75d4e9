import { iso } from '../../core/clock.js';
import { deleteSubscription, setSubscriptionPaused } from '../../subscriptions/manage.js';
import { getSubscription, listHandOns } from '../../subscriptions/queries.js';
import { Ago, Badge, Empty, Facts, Section, Text } from '../components/basics.js';
import { Confirm } from '../components/form.js';
import { SubscriptionState } from '../components/subscription-state.js';
import { Table } from '../components/table.js';
import type { DashboardDeps } from '../deps.js';
import { address, problemOf, type Action, type Screen, type View } from '../screen.js';
import { SUBSCRIPTIONS_PATH } from './settings-subscriptions.js';
import { SettingsNav } from './settings.js';

const MOST_SHOWN = 50;
const idOf = (view: View): string => view.params.id ?? '';

/** One subscription: how it does, what is on its way to it, and letting it wait or go. */
export function subscriptionScreen(deps: DashboardDeps): Screen {
  const { store } = deps;
  const pausing = (paused: boolean): Action => ({
    scope: 'operate',
    async run(view) {
      await store.unit(() => setSubscriptionPaused(deps, idOf(view), paused, view.actor));
      const done = paused ? 'subscription_paused' : 'subscription_resumed';
      return { goTo: address(`${SUBSCRIPTIONS_PATH}/${idOf(view)}`, { done }) };
    },
  });

  return {
    path: `${SUBSCRIPTIONS_PATH}/:id`,
    scope: 'read',
    async show(view) {
      const one = await getSubscription(store, idOf(view), iso(view.now));
      const handOns = await listHandOns(store, one.id, MOST_SHOWN);
      const path = `${SUBSCRIPTIONS_PATH}/${one.id}`;
      const confirm = (action: string) => ({ action, path, problem: problemOf(view, action) });
      return {
        title: 'Subscription',
        section: '/settings',
        body: (
          <>
            <SettingsNav view={view} />
            <Section
              title="Subscription"
              id="subscription"
              aside={<SubscriptionState subscription={one} view={view} />}
            >
              <Facts
                rows={[
                  ['URL', <Text value={one.url} />],
                  ['Events', <Text value={one.events.join(', ')} />],
                  ['Last arrived', <Ago at={one.last_success_at} now={view.now} />],
                  ['Failing since', <Ago at={one.failing_since} now={view.now} />],
                  ['Ends by itself', <Ago at={one.expires_at} now={view.now} />],
                  ['Made', <Ago at={one.created_at} now={view.now} />],
                ]}
              />
              {view.can('operate') ? (
                <div class="head-line" role="group" aria-label="What can be done">
                  {one.status === 'ended' ? (
                    <></>
                  ) : one.paused_at === null ? (
                    <Confirm
                      {...confirm('pause')}
                      button="Disable"
                      question="Let events for this receiver wait until it is enabled again? They wait as long as events are kept."
                      yes="Yes, let them wait"
                    />
                  ) : (
                    <Confirm
                      {...confirm('resume')}
                      button="Enable"
                      question="Hand on what waited, in order, and what comes?"
                      yes="Yes, hand it on"
                    />
                  )}
                  <Confirm
                    {...confirm('remove')}
                    button="Remove"
                    question="Remove the subscription? What is still to be handed on to it is dropped."
                    yes="Yes, remove it"
                    danger
                  />
                </div>
              ) : (
                <></>
              )}
            </Section>
            <Section title="On the way" id="on-the-way">
              {handOns.length === 0 ? (
                <Empty title="Nothing is being tried.">
                  <p>What has arrived is not listed; every event stands in the event stream.</p>
                </Empty>
              ) : (
                <Table
                  caption={`Events on the way, the next one first, at most ${MOST_SHOWN}`}
                  rows={handOns}
                  columns={[
                    { head: 'Event', cell: (row) => <span safe>{row.event_type}</span> },
                    {
                      head: 'State',
                      cell: (row) => (
                        <Badge
                          status={row.running ? 'sending' : 'queued'}
                          text={row.running ? 'Being sent' : 'To be tried again'}
                        />
                      ),
                    },
                    {
                      head: 'Happened',
                      cell: (row) => <Ago at={row.occurred_at} now={view.now} />,
                    },
                    {
                      head: 'Failed attempts',
                      numeric: true,
                      cell: (row) => <>{row.attempts_made}</>,
                    },
                    {
                      head: 'Next try',
                      cell: (row) =>
                        row.running ? (
                          <span class="faint">now</span>
                        ) : (
                          <Ago at={row.due_at} now={view.now} />
                        ),
                    },
                  ]}
                />
              )}
            </Section>
            <p>
              <a href={address('/activity', { subject_id: one.id })}>
                What was changed, and by whom
              </a>
            </p>
          </>
        ),
      };
    },
    actions: {
      pause: pausing(true),
      resume: pausing(false),
      remove: {
        scope: 'operate',
        async run(view) {
          await store.unit(() => deleteSubscription(deps, idOf(view), view.actor));
          return { goTo: address(SUBSCRIPTIONS_PATH, { done: 'subscription_removed' }) };
        },
      },
    },
  };
}
