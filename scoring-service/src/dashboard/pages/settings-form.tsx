import { updateFormSchema } from '../../forms/form-schema.js';
import { getForm, updateForm } from '../../forms/forms.js';
import { newFormSecret } from '../../forms/secret.js';
import { Ago, Badge, Facts, Section, Text } from '../components/basics.js';
import { Confirm, PostForm } from '../components/form.js';
import { businessChoices } from '../data/me.js';
import type { DashboardDeps } from '../deps.js';
import { check, listOf, pick } from '../form.js';
import { address, problemOf, type Action, type Screen, type View } from '../screen.js';
import { FormFields } from './form-fields.js';
import { FORMS_PATH, formSecretPage } from './settings-forms.js';
import { SettingsNav } from './settings.js';

const idOf = (view: View): string => view.params.id ?? '';

/** One registered form: what it must hold, its secret, and whether it takes submissions. */
export function formScreen({ store, runtime, response }: DashboardDeps): Screen {
  const update = (view: View, values: Record<string, unknown>) => {
    const input = check(updateFormSchema, values);
    return store.unit(() => updateForm(response.deps, idOf(view), input, view.actor));
  };
  const step = (change: Record<string, unknown>, done: string): Action => ({
    scope: 'admin',
    async run(view, form) {
      await update(view, { ...pick(form, ['version']), ...change });
      return { goTo: address(`${FORMS_PATH}/${idOf(view)}`, { done }) };
    },
  });

  return {
    path: `${FORMS_PATH}/:id`,
    scope: 'admin',
    async show(view) {
      const form = await getForm(store, idOf(view));
      const businesses = await businessChoices(store);
      const path = `${FORMS_PATH}/${form.id}`;
      const problem = problemOf(view, 'update');
      const confirm = (action: string) => ({
        action,
        path,
        hidden: { version: String(form.version) },
        problem: problemOf(view, action),
      });
      return {
        title: form.name,
        section: '/settings',
        body: (
          <>
            <SettingsNav view={view} />
            <Section
              title="Form"
              id="form"
              aside={<Badge status={form.disabled_at === null ? 'active' : 'disabled'} />}
            >
              <Facts
                rows={[
                  ['Form id', <Text value={form.form_id} />],
                  ['Own secret', <>{form.has_secret ? 'Set' : 'Not set'}</>],
                  ['Registered', <Ago at={form.created_at} now={view.now} />],
                  ['Send it to', <code safe>{`POST ${view.origin}/api/forms/submissions`}</code>],
                ]}
              />
              <div class="head-line" role="group" aria-label="What can be done">
                <Confirm
                  {...confirm('new_secret')}
                  button="New secret"
                  question={
                    form.has_secret
                      ? 'Make a new secret? The present one is refused at once.'
                      : 'Make a secret for this form? With it the form needs no API key.'
                  }
                  yes="Yes, make it"
                  danger={form.has_secret}
                />
                {form.has_secret ? (
                  <Confirm
                    {...confirm('remove_secret')}
                    button="Remove the secret"
                    question="Remove the secret? From then on submissions need an API key."
                    yes="Yes, remove it"
                    danger
                  />
                ) : (
                  <></>
                )}
                {form.disabled_at === null ? (
                  <Confirm
                    {...confirm('disable')}
                    button="Disable"
                    question="Refuse what this form sends, until it is enabled again?"
                    yes="Yes, disable it"
                    danger
                  />
                ) : (
                  <Confirm
                    {...confirm('enable')}
                    button="Enable"
                    question="Take what this form sends again?"
                    yes="Yes, enable it"
                  />
                )}
              </div>
            </Section>
            <Section title="Change it" id="change">
              <PostForm action="update" path={path} problem={problem} label="Change the form">
                <input type="hidden" name="version" value={String(form.version)} />
                <FormFields form={form} businesses={businesses} problem={problem} />
                <div>
                  <button type="submit" class="primary">
                    Save the form
                  </button>
                </div>
              </PostForm>
            </Section>
            <p>
              <a href={address('/activity', { subject_id: form.id })}>
                What was changed, and by whom
              </a>
            </p>
          </>
        ),
      };
    },
    actions: {
      update: {
        scope: 'admin',
        async run(view, form) {
          await update(view, {
            ...pick(form, ['version', 'name', 'business_id']),
            required_fields: listOf(form, 'required_fields'),
          });
          return { goTo: address(`${FORMS_PATH}/${idOf(view)}`, { done: 'saved' }) };
        },
      },
      new_secret: {
        scope: 'admin',
        async run(view, form) {
          const secret = newFormSecret(runtime.randomBytes);
          return {
            page: formSecretPage(
              await update(view, { ...pick(form, ['version']), secret }),
              secret,
            ),
          };
        },
      },
      remove_secret: step({ secret: null }, 'saved'),
      disable: step({ disabled: true }, 'form_disabled'),
      enable: step({ disabled: false }, 'form_enabled'),
    },
  };
}
