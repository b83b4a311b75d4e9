import { updateBusinessSchema } from '../../businesses/business-schema.js';
import { updateBusiness } from '../../businesses/businesses.js';
import { getBusiness } from '../../businesses/queries.js';
import { Badge, Section } from '../components/basics.js';
import { sentence } from '../components/format.js';
import { readStaff } from '../data/me.js';
import type { DashboardDeps } from '../deps.js';
import { check } from '../form.js';
import { type Problem, type Screen, address } from '../screen.js';
import { readChange } from './business-change.js';
import { BusinessForm } from './business-form.js';
import { Preview, TEMPLATE_KINDS } from './business-texts.js';
import { PATH } from './settings-businesses.js';
import { SettingsNav } from './settings.js';

/** One business: hours, texts with preview, thresholds; what the environment fixes is marked. */
export function businessScreen({ store, response }: DashboardDeps): Screen {
  const locked = Object.keys(response.businesses.environment);
  return {
    path: `${PATH}/:id`,
    scope: 'read',
    async show(view) {
      const business = await getBusiness(store, view.params.id ?? '', locked);
      const staff = await readStaff(store, business.id);
      return {
        title: business.name,
        section: '/settings',
        body: (
          <>
            <SettingsNav view={view} />
            <Section
              title="Business"
              id="business"
              aside={business.is_default ? <Badge status="default" tone="info" /> : undefined}
            >
              {view.can('admin') ? (
                <BusinessForm business={business} staff={staff} view={view} />
              ) : (
                TEMPLATE_KINDS.map((kind) => (
                  <div>
                    <h3 safe>{sentence(kind)}</h3>
                    <Preview business={business} kind={kind} problem={null} />
                  </div>
                ))
              )}
            </Section>
          </>
        ),
      };
    },
    actions: {
      update: {
        scope: 'admin',
        async run(view, form) {
          const id = view.params.id ?? '';
          const input = check(updateBusinessSchema, readChange(form));
          await store.unit(() => updateBusiness(response.businesses, id, input, view.actor));
          return { goTo: address(`${PATH}/${id}`, { done: 'saved' }) };
        },
      },
      preview: {
        scope: 'admin',
        async run(view, form) {
          const typed: Problem = {
            action: 'preview',
            status: 200,
            code: '',
            message: '',
            fields: {},
            typed: form,
            // Nothing is wrong: the page is shown as it was typed.
            told: { inForm: true },
          };
          const page = await businessScreen({ store, response } as DashboardDeps).show({
            ...view,
            problem: typed,
          });
          if ('stream' in page) throw new Error('A form shows a page.');
          return { page };
        },
      },
    },
  };
}
