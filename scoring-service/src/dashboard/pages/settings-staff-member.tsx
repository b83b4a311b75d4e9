import { updateBusinessSchema } from '../../businesses/business-schema.js';
import { updateBusiness } from '../../businesses/businesses.js';
import { getBusiness, getStaff } from '../../businesses/queries.js';
import { updateStaffSchema } from '../../businesses/staff-schema.js';
import { updateStaff } from '../../businesses/staff.js';
import { Badge, Facts, Section, Text } from '../components/basics.js';
import { Confirm, PostForm } from '../components/form.js';
import type { DashboardDeps } from '../deps.js';
import { check, pick } from '../form.js';
import { address, problemOf, type Screen, type View } from '../screen.js';
import { SettingsNav } from './settings.js';
import { PATH, readStaffFields, StaffFields } from './staff-parts.js';

const idOf = (view: View): string => view.params.id ?? '';

/** One member of staff: how to reach them, what they take, and whether they own what nobody takes. */
export function staffMemberScreen({ store, response }: DashboardDeps): Screen {
  const { businesses } = response;
  return {
    path: `${PATH}/:id`,
    scope: 'read',
    async show(view) {
      const staff = await getStaff(store, idOf(view));
      const business = await getBusiness(store, staff.business_id, []);
      const path = `${PATH}/${staff.id}`;
      const problem = problemOf(view, 'update');
      const owns = business.default_owner_id === staff.id;
      return {
        title: staff.name,
        section: '/settings',
        body: (
          <>
            <SettingsNav view={view} />
            <Section
              title="Member of staff"
              id="staff"
              aside={
                <Badge
                  status={staff.on_duty ? 'active' : 'paused'}
                  text={staff.on_duty ? 'On duty' : 'Off duty'}
                />
              }
            >
              <Facts
                rows={[
                  ['Business', <Text value={business.name} />],
                  ['E-mail', <Text value={staff.email} />],
                  ['Phone', <Text value={staff.phone} />],
                  ['Services', <Text value={staff.services.join(', ') || 'all'} />],
                  ['Areas', <Text value={staff.areas.join(', ') || 'all'} />],
                  ['Owns tasks nobody else takes', <>{(owns ? 'Yes' : 'No') as 'safe'}</>],
                ]}
              />
              {view.can('admin') && !owns ? (
                <Confirm
                  action="default_owner"
                  path={path}
                  button="Make the default owner"
                  question={`Give ${staff.name} the tasks of ${business.name} that nobody else takes?`}
                  yes="Yes, they own them"
                  hidden={{ business_version: String(business.version) }}
                  problem={problemOf(view, 'default_owner')}
                />
              ) : (
                <></>
              )}
            </Section>
            {view.can('admin') ? (
              <Section title="Change them" id="change">
                <PostForm action="update" path={path} problem={problem} label="Change them">
                  <input type="hidden" name="version" value={String(staff.version)} />
                  <StaffFields staff={staff} problem={problem} />
                  <div>
                    <button type="submit" class="primary">
                      Save
                    </button>
                  </div>
                </PostForm>
              </Section>
            ) : (
              <></>
            )}
            <p>
              <a href={address('/activity', { subject_id: staff.id })}>
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
          const input = check(updateStaffSchema, {
            ...readStaffFields(form),
            ...pick(form, ['version']),
            email: form.get('email'),
            phone: form.get('phone'),
          });
          await store.unit(() => updateStaff(businesses, idOf(view), input, view.actor));
          return { goTo: address(`${PATH}/${idOf(view)}`, { done: 'saved' }) };
        },
      },
      default_owner: {
        scope: 'admin',
        async run(view, form) {
          const staff = await getStaff(store, idOf(view));
          const input = check(updateBusinessSchema, {
            version: form.get('business_version'),
            default_owner_id: staff.id,
          });
          await store.unit(() => updateBusiness(businesses, staff.business_id, input, view.actor));
          return { goTo: address(`${PATH}/${staff.id}`, { done: 'saved' }) };
        },
      },
    },
  };
}
