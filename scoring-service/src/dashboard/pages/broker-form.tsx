import type { Broker } from '../../orders/broker-schema.js';
import { Field, TextArea } from '../components/fields.js';
import { HoursEditor, readHours } from '../components/hours-editor.js';
import { pick, type Form } from '../form.js';
import type { Problem } from '../screen.js';

const CLEARABLE = ['company', 'email', 'phone', 'crm_webhook_url', 'rate_limit_per_minute'];

/** "Name: value" lines as an object; a line without a colon becomes a name without a value. */
function readHeaders(form: Form): Record<string, string> {
  return Object.fromEntries(
    form
      .get('crm_headers')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map((line) => {
        const at = line.indexOf(':');
        return at === -1 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
      }),
  );
}

/** What the form says, for the schema of creating. */
export function readNewBroker(form: Form): Record<string, unknown> {
  const { timezone, ...hours } = readHours(form);
  return {
    ...pick(form, ['name', ...CLEARABLE]),
    ...hours,
    ...(timezone === '' ? {} : { timezone }),
    crm_headers: readHeaders(form),
  };
}

/** What the form says, for the schema of changing: a blank clears. */
export function readBrokerChange(form: Form): Record<string, unknown> {
  return {
    version: form.get('version'),
    name: form.get('name'),
    ...Object.fromEntries(CLEARABLE.map((name) => [name, form.get(name)])),
    ...readHours(form),
    crm_headers: readHeaders(form),
  };
}

/** The fields of a broker. */
export function BrokerFields({
  broker,
  problem,
  timezone,
}: {
  broker: Broker | null;
  problem: Problem | null;
  timezone: string;
}) {
  const headersWrong = Object.entries(problem?.fields ?? {}).find(([name]) =>
    name.startsWith('crm_headers'),
  );
  return (
    <>
      <div class="fields">
        <Field
          name="name"
          label="Name"
          value={broker?.name}
          required
          maxlength={200}
          problem={problem}
        />
        <Field name="company" label="Company" value={broker?.company} problem={problem} />
        <Field name="email" label="E-mail" type="email" value={broker?.email} problem={problem} />
        <Field name="phone" label="Phone" type="tel" value={broker?.phone} problem={problem} />
        <Field
          name="crm_webhook_url"
          label="CRM webhook URL"
          hint="Leads are posted here. Without one nothing is sent."
          value={broker?.crm_webhook_url}
          inputmode="url"
          problem={problem}
        />
        <Field
          name="rate_limit_per_minute"
          label="Deliveries per minute at most"
          hint="Blank for no limit."
          inputmode="numeric"
          value={broker?.rate_limit_per_minute}
          problem={problem}
        />
      </div>
      <TextArea
        name="crm_headers"
        label="Extra headers"
        hint="One per line, as Name: value."
        value={Object.entries(broker?.crm_headers ?? {})
          .map(([name, value]) => `${name}: ${value}`)
          .join('\n')}
        problem={
          problem === null || headersWrong === undefined
            ? problem
            : { ...problem, fields: { ...problem.fields, crm_headers: headersWrong[1] } }
        }
      />
      <HoursEditor
        hours={
          broker ?? {
            contact_hours: 'anytime',
            custom_hours: [],
            weekend_pause: false,
            dates_off: [],
            timezone,
          }
        }
        problem={problem}
      />
    </>
  );
}
