import type { OwnershipRules, Staff } from '../../businesses/staff-schema.js';
import { Badge, Link, Text } from '../components/basics.js';
import { Check, Field, Select } from '../components/fields.js';
import { Confirm, PostForm } from '../components/form.js';
import { Table } from '../components/table.js';
import { listOf, pick, type Form } from '../form.js';
import type { Problem, View } from '../screen.js';

export const PATH = '/settings/staff';
const SPARE_RULES = 2;

/** What a member of staff is made of, for a new one and for an edit. */
export function StaffFields({ staff, problem }: { staff: Staff | null; problem: Problem | null }) {
  const checked = (name: 'on_duty' | 'alerts_by_text', fallback: boolean): boolean =>
    problem === null ? (staff?.[name] ?? fallback) : problem.typed.has(name);
  return (
    <>
      <div class="fields">
        <Field name="name" label="Name" value={staff?.name} required problem={problem} />
        <Field
          name="email"
          label="E-mail"
          type="email"
          value={staff?.email}
          hint="A user with the same e-mail sees these tasks as theirs."
          problem={problem}
        />
        <Field name="phone" label="Phone" type="tel" value={staff?.phone} problem={problem} />
        <Field
          name="services"
          label="Services"
          value={staff?.services.join(', ')}
          hint="With commas between; blank for all."
          problem={problem}
        />
        <Field
          name="areas"
          label="Areas"
          value={staff?.areas.join(', ')}
          hint="With commas between; blank for all."
          problem={problem}
        />
        <Select
          name="quiet_hours"
          label="Texts to them in quiet hours"
          value={staff?.quiet_hours ?? 'defer'}
          options={[
            ['defer', 'Later'],
            ['send', 'At once'],
          ]}
          problem={problem}
        />
        <Field
          name="position"
          label="Place in the order"
          type="number"
          min={0}
          value={staff?.position}
          hint={`Who is told first.${staff === null ? ' Blank for the last place.' : ''}`}
          problem={problem}
        />
      </div>
      <Check name="on_duty" label="On duty: gets tasks" checked={checked('on_duty', true)} />
      <Check
        name="alerts_by_text"
        label="Tell them of tasks by text"
        checked={checked('alerts_by_text', false)}
      />
    </>
  );
}

/** What the fields of a member of staff say, in the form of its schema. */
export function readStaffFields(form: Form): Record<string, unknown> {
  return {
    ...pick(form, ['name', 'quiet_hours', 'position']),
    services: listOf(form, 'services'),
    areas: listOf(form, 'areas'),
    on_duty: form.has('on_duty'),
    alerts_by_text: form.has('alerts_by_text'),
  };
}

export function NewStaff({ businessId, problem }: { businessId: string; problem: Problem | null }) {
  return (
    <PostForm action="create" path={PATH} problem={problem} label="New member of staff">
      <input type="hidden" name="business_id" value={businessId} />
      <StaffFields staff={null} problem={problem} />
      <div>
        <button type="submit" class="primary">
          Add to the staff
        </button>
      </div>
    </PostForm>
  );
}

export function StaffTable({
  staff,
  defaultOwner,
  view,
}: {
  staff: readonly Staff[];
  /** Who owns what nobody else takes. */
  defaultOwner: string | null;
  view: View;
}) {
  return (
    <Table
      caption="Staff, in the order in which they are told"
      rows={staff}
      columns={[
        {
          head: 'Name',
          cell: (one) => (
            <>
              <Link href={`${PATH}/${one.id}`} text={one.name} />{' '}
              {one.id === defaultOwner ? (
                <Badge status="default" text="Default owner" tone="info" />
              ) : (
                <></>
              )}
            </>
          ),
        },
        {
          head: 'Duty',
          cell: (one) => (
            <Badge
              status={one.on_duty ? 'active' : 'paused'}
              text={one.on_duty ? 'On duty' : 'Off duty'}
            />
          ),
        },
        { head: 'E-mail', cell: (one) => <Text value={one.email} /> },
        { head: 'Phone', cell: (one) => <Text value={one.phone} /> },
        { head: 'Services', cell: (one) => <Text value={one.services.join(', ') || 'all'} /> },
        { head: 'Areas', cell: (one) => <Text value={one.areas.join(', ') || 'all'} /> },
        {
          head: 'Change duty',
          hiddenHead: true,
          cell: (one) =>
            view.can('admin') ? (
              <Confirm
                action="duty"
                path={PATH}
                button={one.on_duty ? 'Off duty' : 'On duty'}
                question={
                  one.on_duty
                    ? `Take ${one.name} off duty? They get no more tasks.`
                    : `Put ${one.name} on duty?`
                }
                yes="Yes"
                hidden={{
                  staff_id: one.id,
                  version: String(one.version),
                  on_duty: one.on_duty ? 'false' : 'true',
                }}
              />
            ) : (
              <></>
            ),
        },
      ]}
    />
  );
}

/** Who owns which task: read from top to bottom, the first rule that fits decides. */
export function Rules({
  rules,
  staff,
  problem,
}: {
  rules: OwnershipRules;
  staff: readonly Staff[];
  problem: Problem | null;
}) {
  const count = rules.rules.length + SPARE_RULES;
  const owners = [
    ['', 'Whoever is on duty'] as const,
    ...staff.map((one) => [one.id, one.name] as const),
  ];
  return (
    <PostForm action="rules" path={PATH} problem={problem} label="Who owns which task">
      <input type="hidden" name="business_id" value={rules.business_id} />
      <input type="hidden" name="version" value={String(rules.version)} />
      <input type="hidden" name="count" value={String(count)} />
      {Array.from({ length: count }, (_, at) => {
        const rule = rules.rules[at];
        return (
          <fieldset>
            <legend safe>{`Rule ${at + 1}${rule === undefined ? ' (new)' : ''}`}</legend>
            <input type="hidden" name={`rule_${at}`} value={rule?.id ?? ''} />
            <div class="fields">
              <Field
                name={`services_${at}`}
                label="Services"
                value={rule?.services.join(', ')}
                hint="Blank for any."
              />
              <Field
                name={`areas_${at}`}
                label="Areas"
                value={rule?.areas.join(', ')}
                hint="Blank for any."
              />
              <Select name={`owner_${at}`} label="Owner" value={rule?.owner_id} options={owners} />
              <Check
                name={`keep_${at}`}
                label={rule === undefined ? 'Add this rule' : 'Keep this rule'}
                checked={rule !== undefined}
              />
            </div>
          </fieldset>
        );
      })}
      <div>
        <button type="submit" class="primary">
          Save the rules
        </button>
      </div>
    </PostForm>
  );
}
