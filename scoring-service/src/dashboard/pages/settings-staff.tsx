import { getOwnershipRules, listStaff } from '../../businesses/queries.js';
import {
  createStaffSchema,
  putOwnershipRulesSchema,
  updateStaffSchema,
} from '../../businesses/staff-schema.js';
import { createStaff, putOwnershipRules, updateStaff } from '../../businesses/staff.js';
import { Empty, Notice, Section } from '../components/basics.js';
import { businessNames } from '../data/me.js';
import type { DashboardDeps } from '../deps.js';
import { type Form, check, isId, pick } from '../form.js';
import { type Screen, address, problemOf } from '../screen.js';
import { SettingsNav } from './settings.js';
import { NewStaff, Rules, StaffTable, PATH } from './staff-parts.js';

const list = (form: Form, name: string): string[] =>
  form
    .get(name)
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** Staff of a business and the rules by which tasks find their owner. */
export function staffScreen({ store, response }: DashboardDeps): Screen {
  return {
    path: PATH,
    scope: 'read',
    async show(view) {
      const asked = view.query.get('business_id');
      const rules = await getOwnershipRules(store, isId(asked) ? asked : undefined);
      const staff = (await listStaff(store, { limit: 200, business_id: rules.business_id })).data;
      const names = await businessNames(store, [rules.business_id]);
      const problem = problemOf(view, 'create');
      const rulesProblem = problemOf(view, 'rules');
      const refused = problemOf(view, 'duty');
      return {
        title: 'Staff',
        section: '/settings',
        body: (
          <>
            <SettingsNav view={view} />
            {refused === null ? <></> : <Notice tone="bad" text={refused.message} alert />}
            <Section title={`Staff of ${names.get(rules.business_id) ?? ''}`} id="staff">
              {staff.length === 0 ? (
                <Empty title="Nobody is on the staff yet.">
                  <p>Callback tasks need an owner. The first member becomes the owner of all.</p>
                </Empty>
              ) : (
                <StaffTable staff={staff} view={view} />
              )}
            </Section>
            {view.can('admin') ? (
              <>
                <Section title="Add to the staff" id="new">
                  <NewStaff businessId={rules.business_id} problem={problem} />
                </Section>
                <Section title="Who owns which task" id="rules">
                  <Rules rules={rules} staff={staff} problem={rulesProblem} />
                </Section>
              </>
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
          const input = check(createStaffSchema, {
            ...pick(form, ['business_id', 'name', 'email', 'phone']),
            services: list(form, 'services'),
            areas: list(form, 'areas'),
            alerts_by_text: form.has('alerts_by_text'),
          });
          const made = await store.unit(() => createStaff(response.businesses, input, view.actor));
          return { goTo: address(PATH, { business_id: made.business_id, done: 'saved' }) };
        },
      },
      duty: {
        scope: 'admin',
        async run(view, form) {
          const input = check(updateStaffSchema, pick(form, ['version', 'on_duty']));
          const staff = await store.unit(() =>
            updateStaff(response.businesses, form.get('staff_id'), input, view.actor),
          );
          return { goTo: address(PATH, { business_id: staff.business_id, done: 'saved' }) };
        },
      },
      rules: {
        scope: 'admin',
        async run(view, form) {
          const count = Math.min(500, Number(form.get('count')) || 0);
          const rules = Array.from({ length: count }, (_, at) => at)
            .filter((at) => form.has(`keep_${at}`))
            .map((at) => ({
              ...(form.get(`rule_${at}`) === '' ? {} : { id: form.get(`rule_${at}`) }),
              services: list(form, `services_${at}`),
              areas: list(form, `areas_${at}`),
              owner_id: form.get(`owner_${at}`) || null,
            }));
          const input = check(putOwnershipRulesSchema, {
            ...pick(form, ['business_id']),
            version: Number(form.get('version')),
            rules,
          });
          const saved = await store.unit(() =>
            putOwnershipRules(response.businesses, input, view.actor),
          );
          return { goTo: address(PATH, { business_id: saved.business_id, done: 'saved' }) };
        },
      },
    },
  };
}
