import { z } from 'zod';

import { toE164 } from '../../businesses/business-schema.js';
import { normalizeEmail } from '../../contact/index.js';
import { invalid } from '../../core/errors.js';
import { email, phone, text } from '../../core/fields.js';
import { listSuppressions } from '../../messaging/queries.js';
import { liftSuppression, suppress } from '../../messaging/suppressions.js';
import { Ago, Empty, Section, Text } from '../components/basics.js';
import { Field } from '../components/fields.js';
import { PostForm } from '../components/form.js';
import { sentence } from '../components/format.js';
import { Pager } from '../components/pager.js';
import { Table } from '../components/table.js';
import type { DashboardDeps } from '../deps.js';
import { check, pick } from '../form.js';
import { address, problemOf, type Screen } from '../screen.js';
import { MessagesNav } from './messages.js';

const PATH = '/messages/suppressions';
const PER_PAGE = 50;

const newSchema = z.object({
  phone: phone.optional(),
  email: email.optional(),
  reason: text(500),
});
const liftSchema = z.object({ reason: text(500) });

/** Who must not be messaged: listed, added with a reason, taken off with a reason. */
export function suppressionsScreen({ store, settings, response }: DashboardDeps): Screen {
  return {
    path: PATH,
    scope: 'read',
    async show(view) {
      const cursor = view.query.get('cursor');
      const page = await listSuppressions(store, { limit: PER_PAGE, cursor: cursor || undefined });
      const problem = problemOf(view, 'add');
      return {
        title: 'Suppressions',
        section: '/messages',
        body: (
          <>
            <MessagesNav view={view} />
            {view.can('operate') ? (
              <Section title="Stop messages to somebody" id="add">
                <PostForm action="add" path={PATH} problem={problem} label="Stop messages">
                  <div class="fields">
                    <Field name="phone" label="Phone" type="tel" problem={problem} />
                    <Field name="email" label="E-mail" type="email" problem={problem} />
                    <Field name="reason" label="Reason" required problem={problem} />
                  </div>
                  <div>
                    <button type="submit" class="primary">
                      Stop messages
                    </button>
                  </div>
                </PostForm>
              </Section>
            ) : (
              <></>
            )}
            {page.data.length === 0 ? (
              <Empty title="Nobody is on the list.">
                <p>People who answer STOP, or say so in other words, come here by themselves.</p>
              </Empty>
            ) : (
              <Table
                caption="Phones and e-mails that must not be messaged"
                rows={page.data}
                columns={[
                  { head: 'Contact', cell: (row) => <Text value={row.phone ?? row.email} /> },
                  { head: 'Reason', cell: (row) => <Text value={row.reason} /> },
                  { head: 'Through', cell: (row) => <span safe>{sentence(row.source)}</span> },
                  { head: 'Since', cell: (row) => <Ago at={row.created_at} now={view.now} /> },
                  {
                    head: 'Take off',
                    hiddenHead: true,
                    cell: (row) =>
                      view.can('operate') ? (
                        <details class="confirm">
                          <summary class="button">Take off</summary>
                          <PostForm action="lift" path={PATH}>
                            <input type="hidden" name="suppression_id" value={row.id} />
                            <Field
                              name="reason"
                              id={`reason-${row.id}`}
                              label="Why may they be messaged again?"
                              required
                            />
                            <button type="submit" class="danger">
                              Yes, take it off
                            </button>
                          </PostForm>
                        </details>
                      ) : (
                        <></>
                      ),
                  },
                ]}
              />
            )}
            <Pager path={PATH} query={{ cursor }} next={page.next_cursor} />
          </>
        ),
      };
    },
    actions: {
      add: {
        scope: 'operate',
        async run(view, form) {
          const given = check(newSchema, pick(form, ['phone', 'email', 'reason']));
          const number =
            given.phone === undefined ? null : toE164(given.phone, settings.DEFAULT_REGION);
          if (number === undefined) throw invalid({ phone: 'must be a phone number' });
          const mail = normalizeEmail(given.email);
          if (number === null && mail === null) {
            throw invalid({ phone: 'or an e-mail is required' });
          }
          await store.unit(() =>
            suppress(response.deps, {
              phone: number,
              email: mail,
              reason: given.reason,
              source: 'api',
              actor: view.actor,
            }),
          );
          return { goTo: address(PATH, { done: 'saved' }) };
        },
      },
      lift: {
        scope: 'operate',
        async run(view, form) {
          const { reason } = check(liftSchema, pick(form, ['reason']));
          await store.unit(() =>
            liftSuppression(response.deps, form.get('suppression_id'), reason, view.actor),
          );
          return { goTo: address(PATH, { done: 'saved' }) };
        },
      },
    },
  };
}
