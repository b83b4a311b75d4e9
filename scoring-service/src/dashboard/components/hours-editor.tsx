import type { Broker } from '../../orders/broker-schema.js';
import type { Form } from '../form.js';
import type { Problem } from '../screen.js';
import { attr } from './attr.js';
import { Check, Field, Select, TextArea } from './fields.js';
import { readWindows, WindowsEditor } from './windows-editor.js';

type Hours = Pick<
  Broker,
  'contact_hours' | 'custom_hours' | 'weekend_pause' | 'dates_off' | 'timezone'
>;

/** What the editor's fields say, in the form of the broker's schema. */
export function readHours(form: Form): Record<string, unknown> {
  return {
    contact_hours: form.get('contact_hours'),
    custom_hours: readWindows(form),
    weekend_pause: form.has('weekend_pause'),
    dates_off: form
      .get('dates_off')
      .split(/[\s,;]+/)
      .filter((date) => date !== ''),
    timezone: form.get('timezone'),
  };
}

/** When a broker may be sent leads: a choice, own windows by weekday, weekends and single dates. */
export function HoursEditor({ hours, problem }: { hours: Hours; problem: Problem | null }) {
  const datesWrong = Object.entries(problem?.fields ?? {}).find(([name]) =>
    name.startsWith('dates_off'),
  )?.[1];
  return (
    <fieldset>
      <legend>Contact hours</legend>
      <div class="fields">
        <Select
          name="contact_hours"
          label="Leads may be sent"
          value={hours.contact_hours}
          options={[
            ['anytime', 'At any time'],
            ['business_hours', 'Mon to Fri, 09:00 to 17:00'],
            ['custom', 'In the windows below'],
          ]}
          problem={problem}
        />
        <Field
          name="timezone"
          label="Time zone"
          value={hours.timezone}
          list="zones"
          hint="Such as America/New_York"
          problem={problem}
        />
      </div>
      <datalist id="zones">
        {Intl.supportedValuesOf('timeZone').map((zone) => (
          <option value={attr(zone)}></option>
        ))}
      </datalist>
      <WindowsEditor windows={hours.custom_hours} problem={problem} name="custom_hours" />
      <Check
        name="weekend_pause"
        label="Nothing on Saturdays and Sundays, whatever the windows say"
        checked={problem === null ? hours.weekend_pause : problem.typed.has('weekend_pause')}
      />
      <TextArea
        name="dates_off"
        label="Days off"
        hint="Dates such as 2026-12-25, one per line."
        value={hours.dates_off.join('\n')}
        problem={
          problem === null || datesWrong === undefined
            ? problem
            : { ...problem, fields: { ...problem.fields, dates_off: datesWrong } }
        }
      />
    </fieldset>
  );
}
