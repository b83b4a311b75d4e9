import { getBusiness, getOwnershipRules, listStaff } from '../../businesses/queries.js';
import {
  createStaffSchema,
  putOwnershipRulesSchema,
  updateStaffSchema,
} from '../../businesses/staff-schema.js';
import { createStaff, putOwnershipRules, updateStaff } from '../../businesses/staff.js';
import { Empty, Section } from '../components/basics.js';
import { SubNav } from '../components/sub-nav.js';
import { businessChoices } from '../data/me.js';
import type { DashboardDeps } from '../deps.js';
import { check, isId, listOf, pick } from '../form.js';
import { type Screen, address, problemOf } from '../screen.js';
import { SettingsNav } from './settings.js';
import { NewStaff, PATH, readStaffFields, Rules, StaffTable } from './staff-parts.js';

/** Staff of a business and the rules by which tasks find their owner. */
export function staffScreen({ store, response }: DashboardDeps): Screen {
  return {
    path: PATH,
    scope: 'read',
    async show(view) {
      const asked = view.query.get('business_id');
      const rules = await getOwnershipRules(store, isId(asked) ? asked : undefined);
      const staff = (await listStaff(store, { limit: 200, business_id: rules.business_id })).data;
      const business = await getBusiness(store, rules.business_id, []);
      const businesses = await businessChoices(store);
      const problem = problemOf(view, 'create');
      const rulesProblem = problemOf(view, 'rules');
      return {
        title: 'Staff',
        section: '/settings',
        body: (
          <>
            <SettingsNav view={view} />
            {businesses.length < 2 ? (
              <></>
            ) : (
              <SubNav
                label="Whose staff"
                items={businesses.map(([businessId, text]) => ({
                  href: address(PATH, { business_id: businessId }),
                  text,
                  current: businessId === business.id,
                }))}
              />
            )}
            <Section title={`Staff of ${business.name}`} id="staff">
              {staff.length === 0 ? (
                <Empty title="Nobody is on the staff yet.">
                  <p>Callback tasks need an owner. The first member becomes the owner of all.</p>
                </Empty>
              ) : (
                <StaffTable staff={staff} defaultOwner={business.default_owner_id} view={view} />
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
            ...readStaffFields(form),
            ...pick(form, ['business_id', 'email', 'phone']),
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
              services: listOf(form, `services_${at}`),
              areas: listOf(form, `areas_${at}`),
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
