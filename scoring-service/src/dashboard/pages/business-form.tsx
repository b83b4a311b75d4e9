import type { Business } from '../../businesses/business-schema.js';
import { Check, Field, Select, TextArea } from '../components/fields.js';
import { PostForm } from '../components/form.js';
import { sentence } from '../components/format.js';
import { WindowsEditor } from '../components/windows-editor.js';
import type { StaffName } from '../data/me.js';
import { type Problem, type View, problemOf } from '../screen.js';
import { Preview, TEMPLATE_KINDS } from './business-texts.js';
import { PATH } from './settings-businesses.js';

/** Problems of texts, at the field that shows them. */
function spread(problem: Problem | null): Problem | null {
  if (problem === null) return null;
  const fields = { ...problem.fields };
  for (const [name, text] of Object.entries(problem.fields)) {
    const template = /^templates\.(\w+)/.exec(name)?.[1];
    if (template !== undefined) fields[`template_${template}`] ??= text;
  }
  return { ...problem, fields };
}

export function BusinessForm({
  business,
  staff,
  view,
}: {
  business: Business;
  staff: readonly StaffName[];
  view: View;
}) {
  const problem = spread(problemOf(view, 'update') ?? problemOf(view, 'preview'));
  const checked = (name: 'qualification_enabled' | 'booking_link_enabled'): boolean =>
    problem === null ? business[name] : problem.typed.has(name);
  const locked = (name: string): string | undefined =>
    business.locked.includes(name) ? 'Fixed by the environment; a change is refused.' : undefined;
  const field = { problem };
  return (
    <PostForm
      action="update"
      path={`${PATH}/${business.id}`}
      problem={problem?.action === 'preview' ? null : problem}
      label="Change the business"
    >
      <input type="hidden" name="version" value={String(business.version)} />
      <div class="fields">
        <Field
          {...field}
          name="name"
          label="Name"
          value={business.name}
          required
          hint={locked('name')}
        />
        <Field
          {...field}
          name="phones"
          label="Phone numbers"
          value={business.phones.join(', ')}
          hint={locked('phones') ?? 'With commas between.'}
        />
        <Field
          {...field}
          name="callback_number"
          label="Callback number"
          value={business.callback_number}
          hint={locked('callback_number')}
        />
        <Field
          {...field}
          name="timezone"
          label="Time zone"
          value={business.timezone}
          hint={locked('timezone')}
        />
        <Field
          {...field}
          name="booking_url"
          label="Booking URL"
          value={business.booking_url}
          hint={locked('booking_url')}
        />
        <Field
          {...field}
          name="review_url"
          label="Review URL"
          value={business.review_url}
          hint={locked('review_url')}
        />
        <Field
          {...field}
          name="urgent_route"
          label="Urgent route"
          value={business.urgent_route}
          hint="What to do when it cannot wait."
        />
        <Field
          {...field}
          name="response_window_minutes"
          label="Call back within (minutes)"
          type="number"
          min={1}
          value={business.response_window_minutes}
        />
        <Field
          {...field}
          name="unclaimed_minutes"
          label="Escalate unclaimed after (minutes)"
          type="number"
          min={1}
          value={business.unclaimed_minutes}
        />
        <Select
          {...field}
          name="default_owner_id"
          label="Owner of tasks nobody else takes"
          value={business.default_owner_id}
          options={[['', 'Nobody'], ...staff.map((one) => [one.id, one.name] as const)]}
        />
        <Select
          {...field}
          name="vertical"
          label="Field"
          value={business.vertical}
          options={[
            ['generic', 'Generic'],
            ['dental', 'Dental'],
            ['med_spa', 'Med spa'],
          ]}
        />
        <Select
          {...field}
          name="privacy_profile"
          label="Privacy"
          value={business.privacy_profile}
          options={[
            ['standard', 'Standard'],
            ['health', 'Health: no free text to a model'],
          ]}
        />
        <Select
          {...field}
          name="missed_call_quiet_hours"
          label="Reply to missed calls in quiet hours"
          value={business.missed_call_quiet_hours}
          options={[
            ['defer', 'Later'],
            ['send', 'At once'],
          ]}
        />
        <Field {...field} name="services" label="Services" value={business.services.join(', ')} />
        <Field
          {...field}
          name="service_areas"
          label="Service areas"
          value={business.service_areas.join(', ')}
        />
        <Field
          {...field}
          name="urgent_keywords"
          label="Urgent words"
          value={business.urgent_keywords.join(', ')}
        />
      </div>
      <Check
        name="qualification_enabled"
        label="Qualify enquiries"
        checked={checked('qualification_enabled')}
      />
      <Check
        name="booking_link_enabled"
        label="Send booking links"
        checked={checked('booking_link_enabled')}
      />
      <fieldset>
        <legend>Opening hours</legend>
        {locked('hours') === undefined ? <></> : <p class="hint">{locked('hours') as 'safe'}</p>}
        <WindowsEditor windows={business.hours} problem={problem} name="hours" />
        <TextArea
          {...field}
          name="dates_off"
          label="Days off"
          hint="Dates such as 2026-12-25, one per line."
          value={business.dates_off.join('\n')}
        />
      </fieldset>
      <fieldset>
        <legend>Texts</legend>
        {TEMPLATE_KINDS.map((kind) => (
          <div>
            <TextArea
              {...field}
              name={`template_${kind}`}
              label={sentence(kind)}
              hint="Blank for the default text. Placeholders: {{name}}, {{business}}, {{callback_number}}…"
              value={business.templates[kind]}
            />
            <Preview business={business} kind={kind} problem={problem} />
          </div>
        ))}
      </fieldset>
      <div class="buttons">
        <button type="submit" class="primary">
          Save the business
        </button>
        <button type="submit" name="do" value="preview">
          Preview the texts
        </button>
      </div>
    </PostForm>
  );
}
