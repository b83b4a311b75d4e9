import { z } from 'zod';

import { createApiKey, listApiKeys, revokeApiKey, type ApiKey } from '../../access/api-keys.js';
import { SCOPES } from '../../access/scopes.js';
import { id, text } from '../../core/fields.js';
import { Ago, Badge, Empty, Section } from '../components/basics.js';
import { Check, Field, Select } from '../components/fields.js';
import { Confirm, PostForm } from '../components/form.js';
import { SecretOnce } from '../components/secret.js';
import { Table } from '../components/table.js';
import { brokerChoices, readNames } from '../data/names.js';
import type { DashboardDeps } from '../deps.js';
import { check, pick } from '../form.js';
import { address, problemOf, type Screen } from '../screen.js';
import { SettingsNav } from './settings.js';

const SCOPE_TEXTS: Record<(typeof SCOPES)[number], string> = {
  intake: 'intake: send and update leads, look them up',
  read: 'read: see everything',
  operate: 'operate: assign, pause, retry; contains read',
  admin: 'admin: everything',
};

const newKeySchema = z.strictObject({
  name: text(100),
  scopes: z.array(z.enum(SCOPES)).min(1, 'must name at least one'),
  broker_ids: z.array(id).optional(),
});

/** Keys of programs: made (shown once), listed, revoked. */
export function keysScreen({ store, runtime, authenticator }: DashboardDeps): Screen {
  return {
    path: '/settings/keys',
    scope: 'admin',
    async show(view) {
      const keys = await listApiKeys(store);
      const [names, brokers] = await Promise.all([
        readNames(store, { brokers: keys.flatMap((key) => key.broker_ids ?? []) }),
        brokerChoices(store),
      ]);
      const problem = problemOf(view, 'create');
      const pool = (key: ApiKey): string =>
        key.broker_ids === null
          ? 'All brokers'
          : key.broker_ids.map((brokerId) => names.broker(brokerId)).join(', ');
      return {
        title: 'API keys',
        section: '/settings',
        body: (
          <>
            <SettingsNav view={view} />
            <Section title="New key" id="new">
              <PostForm action="create" path="/settings/keys" problem={problem} label="New key">
                <div class="fields">
                  <Field
                    name="name"
                    label="Name"
                    hint="What it is for; leads are tagged with it."
                    required
                    maxlength={100}
                    problem={problem}
                  />
                  <Select
                    name="broker_id"
                    label="Its leads go to"
                    options={[['', 'All brokers'], ...brokers]}
                    problem={problem}
                  />
                </div>
                <fieldset>
                  <legend>Scopes</legend>
                  {problem?.fields.scopes === undefined ? (
                    <></>
                  ) : (
                    <p class="error">Choose at least one scope.</p>
                  )}
                  {SCOPES.map((scope) => (
                    <Check
                      name="scopes"
                      id={`scope-${scope}`}
                      value={scope}
                      label={SCOPE_TEXTS[scope]}
                      checked={problem?.typed.all('scopes').includes(scope) ?? scope === 'intake'}
                    />
                  ))}
                </fieldset>
                <div>
                  <button type="submit" class="primary">
                    Make the key
                  </button>
                </div>
              </PostForm>
            </Section>
            <Section title="Keys" id="keys">
              {keys.length === 0 ? (
                <Empty title="There is no key.">
                  <p>Programs and n8n need one to send leads: make it above.</p>
                </Empty>
              ) : (
                <Table
                  caption="API keys, newest first"
                  rows={keys}
                  columns={[
                    { head: 'Name', cell: (key) => <bdi safe>{key.name}</bdi> },
                    {
                      head: 'State',
                      cell: (key) => (
                        <Badge status={key.revoked_at === null ? 'active' : 'revoked'} />
                      ),
                    },
                    { head: 'Scopes', cell: (key) => <span safe>{key.scopes.join(', ')}</span> },
                    { head: 'Leads go to', cell: (key) => <bdi safe>{pool(key)}</bdi> },
                    {
                      head: 'Last used',
                      cell: (key) => <Ago at={key.last_used_at} now={view.now} />,
                    },
                    { head: 'Made', cell: (key) => <Ago at={key.created_at} now={view.now} /> },
                    {
                      head: 'Revoke',
                      hiddenHead: true,
                      cell: (key) =>
                        key.revoked_at === null ? (
                          <Confirm
                            action="revoke"
                            path="/settings/keys"
                            button="Revoke"
                            question={`Revoke the key “${key.name}”? What uses it is refused at once.`}
                            yes="Yes, revoke it"
                            danger
                            hidden={{ key_id: key.id }}
                          />
                        ) : (
                          <></>
                        ),
                    },
                  ]}
                />
              )}
            </Section>
          </>
        ),
      };
    },
    actions: {
      create: {
        scope: 'admin',
        async run(view, form) {
          const brokerId = form.get('broker_id');
          const input = check(newKeySchema, {
            ...pick(form, ['name']),
            scopes: form.all('scopes'),
            ...(brokerId === '' ? {} : { broker_ids: [brokerId] }),
          });
          const { key, token } = await store.unit(() =>
            createApiKey(store, runtime, input, view.actor),
          );
          return {
            page: {
              title: 'API keys',
              section: '/settings',
              body: (
                <SecretOnce
                  title={`The key “${key.name}”`}
                  text="It is shown this once. Send it as Authorization: Bearer <key> or X-API-Key."
                  secret={token}
                  back="/settings/keys"
                />
              ),
            },
          };
        },
      },
      revoke: {
        scope: 'admin',
        async run(view, form) {
          const keyId = form.get('key_id');
          await store.unit(() => revokeApiKey(store, runtime, keyId, view.actor));
          authenticator.forget(keyId);
          return { goTo: address('/settings/keys', { done: 'key_revoked' }) };
        },
      },
    },
  };
}
