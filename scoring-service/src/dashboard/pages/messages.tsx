import { listMessages } from '../../messaging/queries.js';
import { messageStatuses } from '../../messaging/rules/index.js';
import type { Message } from '../../messaging/message.js';
import { Ago, Badge, Empty, Link, Text } from '../components/basics.js';
import { Select } from '../components/fields.js';
import { Filters } from '../components/form.js';
import { clip, sentence } from '../components/format.js';
import { Pager } from '../components/pager.js';
import { Table } from '../components/table.js';
import { leadTitles } from '../data/lead-titles.js';
import type { DashboardDeps } from '../deps.js';
import type { Screen, View } from '../screen.js';

const PER_PAGE = 50;
const STATUSES = [...messageStatuses, 'received'] as const;
const DIRECTIONS = ['outbound', 'inbound'] as const;

/** The way between messages and the suppression list. */
export function MessagesNav({ view }: { view: View }) {
  return (
    <nav class="sub-nav" aria-label="Messages">
      <ul>
        {(
          [
            ['/messages', 'Messages'],
            ['/messages/suppressions', 'Suppressions'],
          ] as const
        ).map(([path, text]) => (
          <li>
            <a href={path} aria-current={path === view.path ? 'page' : undefined}>
              {text}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Why a message went or did not go: every check, with what it found. */
export function Checks({ message }: { message: Message }) {
  if (message.checks.length === 0) return <span class="faint">–</span>;
  const failed = message.checks.filter((one) => !one.passed);
  return (
    <details>
      <summary safe>
        {failed.length === 0
          ? `All ${message.checks.length} checks passed`
          : `${failed.length} of ${message.checks.length} checks did not pass`}
      </summary>
      <ul class="gates">
        {message.checks.map((one) => (
          <li>
            <span class={`mark ${one.passed ? 'pass' : 'fail'}`} aria-hidden="true">
              {one.passed ? '✓' : '✗'}
            </span>
            <span>
              <span class="hidden">{one.passed ? 'Passed: ' : 'Failed: '}</span>
              <bdi safe>{`${sentence(one.code)}: ${one.detail}`}</bdi>
            </span>
          </li>
        ))}
      </ul>
      {message.rule_version === null ? (
        <></>
      ) : (
        <p class="hint" safe>{`Rules ${message.rule_version}`}</p>
      )}
    </details>
  );
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
