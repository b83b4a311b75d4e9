import { listMessages } from '../../messaging/queries.js';
import { messageStatuses } from '../../messaging/rules/index.js';
import { Ago, Badge, Empty, Link, Text } from '../components/basics.js';
import { Checks } from '../components/checks.js';
import { Select } from '../components/fields.js';
import { Filters } from '../components/form.js';
import { clip, sentence } from '../components/format.js';
import { Pager } from '../components/pager.js';
import { SubNav } from '../components/sub-nav.js';
import { Table } from '../components/table.js';
import { leadTitles } from '../data/lead-titles.js';
import type { DashboardDeps } from '../deps.js';
import type { Screen, View } from '../screen.js';

const PER_PAGE = 50;
const STATUSES = [...messageStatuses, 'received'] as const;
const DIRECTIONS = ['outbound', 'inbound'] as const;

const PARTS = [
  ['/messages', 'Messages'],
  ['/messages/suppressions', 'Suppressions'],
] as const;

/** The way between messages and the suppression list. */
export function MessagesNav({ view }: { view: View }) {
  const items = PARTS.map(([href, text]) => ({ href, text, current: href === view.path }));
  return <SubNav label="Messages" items={items} />;
}

/** Texts and e-mails in and out, newest first, with why each went or did not. */
export function messagesScreen({ store }: DashboardDeps): Screen {
  return {
    path: '/messages',
    scope: 'read',
    async show(view) {
      const status = STATUSES.find((one) => one === view.query.get('status'));
      const direction = DIRECTIONS.find((one) => one === view.query.get('direction'));
      const cursor = view.query.get('cursor');
      const page = await listMessages(store, {
        limit: PER_PAGE,
        status,
        direction,
        cursor: cursor || undefined,
      });
      const titles = await leadTitles(
        store,
        page.data.map((message) => message.lead_id),
      );
      const active = status !== undefined || direction !== undefined;
      return {
        title: 'Messages',
        section: '/messages',
        body: (
          <>
            <MessagesNav view={view} />
            <Filters path="/messages" active={active}>
              <Select
                name="status"
                label="Status"
                value={status}
                options={[['', 'Any'], ...STATUSES.map((one) => [one, sentence(one)] as const)]}
              />
              <Select
                name="direction"
                label="Direction"
                value={direction}
                options={[
                  ['', 'Any'],
                  ['outbound', 'Sent by us'],
                  ['inbound', 'Received'],
                ]}
              />
            </Filters>
            <div id="results">
              {page.data.length === 0 ? (
                <Empty title={active ? 'No message matches.' : 'There is no message yet.'}>
                  <p>
                    {active ? (
                      <a href="/messages">Show all messages</a>
                    ) : (
                      'Missed calls and forms are acknowledged by text when it is permitted.'
                    )}
                  </p>
                </Empty>
              ) : (
                <Table
                  caption="Messages"
                  rows={page.data}
                  columns={[
                    {
                      head: 'With',
                      cell: (message) => (
                        <>
                          {message.lead_id === null ? (
                            <bdi safe>{message.to ?? message.from ?? '–'}</bdi>
                          ) : (
                            <Link
                              href={`/leads/${message.lead_id}`}
                              text={titles.get(message.lead_id) ?? message.lead_id}
                            />
                          )}
                          <span class="sub" safe>
                            {message.direction === 'inbound'
                              ? 'received'
                              : `to ${message.to ?? '–'}`}
                          </span>
                        </>
                      ),
                    },
                    {
                      head: 'Status',
                      cell: (message) => (
                        <>
                          <Badge status={message.status} />
                          {message.reason_code === null ? (
                            <></>
                          ) : (
                            <span class="sub" safe>
                              {sentence(message.reason_code)}
                            </span>
                          )}
                        </>
                      ),
                    },
                    { head: 'Kind', cell: (message) => <span safe>{sentence(message.kind)}</span> },
                    { head: 'Text', cell: (message) => <Text value={clip(message.body, 400)} /> },
                    { head: 'Checks', cell: (message) => <Checks message={message} /> },
                    {
                      head: 'When',
                      cell: (message) => (
                        <Ago at={message.sent_at ?? message.created_at} now={view.now} />
                      ),
                    },
                  ]}
                />
              )}
              <Pager
                path="/messages"
                query={{ status: status ?? '', direction: direction ?? '', cursor }}
                next={page.next_cursor}
              />
            </div>
          </>
        ),
      };
    },
  };
}
