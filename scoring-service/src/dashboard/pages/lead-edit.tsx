import type { Lead } from '../../leads/lead-schema.js';
import { Section } from '../components/basics.js';
import { Field, TextArea } from '../components/fields.js';
import { PostForm } from '../components/form.js';
import type { Form } from '../form.js';
import { problemOf, type View } from '../screen.js';

const LINES = [
  ['first_name', 'First name'],
  ['last_name', 'Last name'],
  ['business_name', 'Company'],
  ['email', 'E-mail'],
  ['phone', 'Phone'],
  ['state', 'State'],
  ['vertical', 'Vertical'],
  ['credit_score', 'Credit score'],
  ['funding_amount', 'Funding amount'],
  ['funding_purpose', 'Purpose'],
  ['ai_call_status', 'Call status'],
] as const;

type Name = (typeof LINES)[number][0] | 'ai_call_notes';
const NAMES: readonly Name[] = [...LINES.map(([name]) => name), 'ai_call_notes'];

/** The fields that say something else than the lead does; blank ones say nothing but the e-mail. */
export function readEdit(form: Form, lead: Lead): Partial<Record<Name, string>> {
  const typed = NAMES.map((name) => [name, form.get(name).replaceAll('\r\n', '\n')] as const);
  return Object.fromEntries(
    typed.filter(
      ([name, text]) =>
        form.has(name) &&
        (text !== '' || name === 'email') &&
        text !== String(lead[name] ?? '').replaceAll('\r\n', '\n'),
    ),
  );
}

/** What may be changed of a distribution lead. */
export function EditForm({ lead, view }: { lead: Lead; view: View }) {
  const problem = problemOf(view, 'edit');
  return (
    <Section title="Change the lead" id="edit">
      <PostForm action="edit" path={`/leads/${lead.id}`} problem={problem} label="Change the lead">
        <input type="hidden" name="version" value={String(lead.version)} />
        <p class="hint">
          A blank field stays as it is; a blank e-mail is taken away. A waiting lead whose vertical,
          credit score or amount changes is routed again.
        </p>
        <div class="fields">
          {LINES.map(([name, label]) => (
            <Field name={name} label={label} value={lead[name]} problem={problem} />
          ))}
        </div>
        <TextArea
          name="ai_call_notes"
          label="Call notes"
          value={lead.ai_call_notes}
          rows={5}
          problem={problem}
        />
        <div>
          <button type="submit" class="primary">
            Save the lead
          </button>
        </div>
      </PostForm>
    </Section>
  );
}
