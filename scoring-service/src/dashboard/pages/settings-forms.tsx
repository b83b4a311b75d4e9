import { createFormSchema } from '../../forms/form-schema.js';
import { createForm, listForms } from '../../forms/forms.js';
import { newFormSecret } from '../../forms/secret.js';
import { Ago, Badge, Empty, Link, Section, Text } from '../components/basics.js';
import { Check } from '../components/fields.js';
import { PostForm } from '../components/form.js';
import { Pager } from '../components/pager.js';
import { SecretOnce } from '../components/secret.js';
import { Table } from '../components/table.js';
import { businessChoices, businessNames } from '../data/me.js';
import type { DashboardDeps } from '../deps.js';
import { check, listOf, pick } from '../form.js';
import { address, problemOf, type Page, type Screen } from '../screen.js';
import { FormFields } from './form-fields.js';
import { SettingsNav } from './settings.js';

export const FORMS_PATH = '/settings/forms';
const PER_PAGE = 50;

/** The page that shows a form's secret, this once. */
export function formSecretPage(form: { id: string; name: string }, secret: string): Page {
  return {
    title: form.name,
    section: '/settings',
    body: (
      <SecretOnce
        title={`The secret of “${form.name}”`}
        text="It is shown this once. The form sends it in the header X-LeadLoop-Secret; an earlier one is refused from now on."
        secret={secret}
        back={`${FORMS_PATH}/${form.id}`}
      />
    ),
  };
}

/** The registry of web forms: whose they are, what they must hold, and a secret of their own. */
export function formsScreen({ store, runtime, response }: DashboardDeps): Screen {
  return {
    path: FORMS_PATH,
    scope: 'admin',
    async show(view) {
      const cursor = view.query.get('cursor');
      const [page, businesses] = await Promise.all([
        listForms(store, { limit: PER_PAGE, cursor: cursor || undefined }),
        businessChoices(store),
      ]);
      const names = await businessNames(
        store,
        page.data.map((form) => form.business_id),
      );
      const problem = problemOf(view, 'create');
      return {
        title: 'Forms',
        section: '/settings',
        body: (
          <>
            <SettingsNav view={view} />
            {page.data.length === 0 ? (
              <Empty title="No form is registered.">
                <p>
                  A form that is not registered belongs to the default business and is sent with an
                  API key. Register one to give it another business, fields it must hold, or a
                  secret of its own.
                </p>
              </Empty>
            ) : (
              <Table
                caption="Registered forms, newest first"
                rows={page.data}
                columns={[
                  {
                    head: 'Form',
                    cell: (form) => (
                      <>
                        <Link href={`${FORMS_PATH}/${form.id}`} text={form.name} />
                        <span class="sub">
                          <bdi safe>{form.form_id}</bdi>
                        </span>
                      </>
                    ),
                  },
                  {
                    head: 'State',
                    cell: (form) => (
                      <Badge status={form.disabled_at === null ? 'active' : 'disabled'} />
                    ),
                  },
                  {
                    head: 'Business',
                    cell: (form) => <Text value={names.get(form.business_id) ?? null} />,
                  },
                  {
                    head: 'Required fields',
                    cell: (form) => <Text value={form.required_fields.join(', ')} />,
                  },
                  {
                    head: 'Own secret',
                    cell: (form) => (
                      <Badge
                        status={form.has_secret ? 'set' : 'unset'}
                        text={form.has_secret ? 'Set' : 'Not set'}
                        tone={form.has_secret ? 'good' : 'calm'}
                      />
                    ),
                  },
                  {
                    head: 'Changed',
                    cell: (form) => <Ago at={form.updated_at} now={view.now} />,
                  },
                ]}
              />
            )}
            <Pager path={FORMS_PATH} query={{ cursor }} next={page.next_cursor} />
            <Section title="Register a form" id="new">
              <PostForm action="create" path={FORMS_PATH} problem={problem} label="Register a form">
                <FormFields form={null} businesses={businesses} problem={problem} />
                <Check
                  name="own_secret"
                  label="Make a secret of its own, so that it needs no API key"
                  checked={problem?.typed.has('own_secret') ?? false}
                />
                <div>
                  <button type="submit" class="primary">
                    Register the form
                  </button>
                </div>
              </PostForm>
            </Section>
          </>
        ),
      };
    },
    actions: {
      create: {
        scope: 'admin',
        async run(view, form) {
          const secret = form.has('own_secret') ? newFormSecret(runtime.randomBytes) : undefined;
          const input = check(createFormSchema, {
            ...pick(form, ['form_id', 'name', 'business_id']),
            required_fields: listOf(form, 'required_fields'),
            secret,
          });
          const made = await store.unit(() => createForm(response.deps, input, view.actor));
          if (secret !== undefined) return { page: formSecretPage(made, secret) };
          return { goTo: address(`${FORMS_PATH}/${made.id}`, { done: 'form_registered' }) };
        },
      },
    },
  };
}
