import type { Lead } from '../../leads/lead-schema.js';
import { Facts, Link, Notice, Section, Text } from '../components/basics.js';
import { Field, Select, TextArea } from '../components/fields.js';
import { PostForm } from '../components/form.js';
import type { StaffName } from '../data/me.js';
import { problemOf, type Problem, type View } from '../screen.js';

const pathOf = (lead: Lead): string => `/leads/${lead.id}`;

/** A callback task by hand. */
export function TaskForm({
  lead,
  staff,
  timezone,
  view,
}: {
  lead: Lead;
  staff: readonly StaffName[];
  timezone: string;
  view: View;
}) {
  const problem = problemOf(view, 'task');
  return (
    <Section title="Create a callback task" id="task">
      <PostForm action="task" path={pathOf(lead)} problem={problem} label="Create a callback task">
        <div class="fields">
          <Select
            name="owner_id"
            label="Owner"
            options={[['', 'By the rules'], ...staff.map((one) => [one.id, one.name] as const)]}
            problem={problem}
          />
          <Field
            name="due_at"
            label="Due"
            type="datetime-local"
            hint={`As clocks show it in ${timezone}; blank for the usual time to call back.`}
            problem={problem}
          />
        </div>
        <TextArea name="note" label="Note" problem={problem} />
        <div>
          <button type="submit" class="primary">
            Create the task
          </button>
        </div>
      </PostForm>
    </Section>
  );
}

/** An appointment by hand. */
export function BookForm({
  lead,
  services,
  timezone,
  view,
}: {
  lead: Lead;
  services: readonly string[];
  timezone: string;
  view: View;
}) {
  const problem = problemOf(view, 'book');
  return (
    <Section title="Book an appointment" id="book">
      <PostForm action="book" path={pathOf(lead)} problem={problem} label="Book an appointment">
        <div class="fields">
          <Field
            name="scheduled_at"
            label="Date and time"
            type="datetime-local"
            hint={`As clocks show it in ${timezone}.`}
            required
            problem={problem}
          />
          <Field
            name="service_type"
            label="Service"
            hint={services.length === 0 ? undefined : `Such as ${services.slice(0, 5).join(', ')}.`}
            maxlength={200}
            problem={problem}
          />
        </div>
        <p class="hint">
          Booking completes the open callback task and plans one request for a review.
        </p>
        <div>
          <button type="submit" class="primary">
            Book it
          </button>
        </div>
      </PostForm>
    </Section>
  );
}

/** What routing asks for and an enquiry does not say, with what it means to leave it out. */
const NEEDED = [
  ['vertical', 'the vertical (without it only orders for all verticals take the lead)'],
  ['funding_amount', 'the funding amount (without it the lead is rejected)'],
  ['credit_score', 'the credit score (without it orders with a minimum do not take it)'],
] as const;

/** What is still missing of a lead that is to be distributed, as a sentence; '' for nothing. */
function missingText(lead: Lead, problem: Problem | null): string {
  const missing: string[] = NEEDED.filter(([name]) => (problem?.typed.get(name) ?? '') === '').map(
    ([, text]) => text,
  );
  if (lead.phone === null && lead.email === null) missing.push('a phone or an e-mail');
  return missing.length === 0 ? '' : `Missing: ${missing.join('; ')}.`;
}

/** A distribution lead made from this one: what it takes over, what is missing, what is to be added. */
export function DistributeForm({
  lead,
  earlier,
  titles,
  view,
}: {
  lead: Lead;
  /** Leads that were made from it before. */
  earlier: readonly string[];
  titles: ReadonlyMap<string, string>;
  view: View;
}) {
  const problem = problemOf(view, 'distribute');
  const missing = missingText(lead, problem);
  const field = { problem };
  return (
    <Section title="Distribute to an order" id="distribute">
      {earlier.length === 0 ? (
        <></>
      ) : (
        <p>
          Made from this lead before:{' '}
          {earlier.map((id) => (
            <Link href={`/leads/${id}`} text={titles.get(id) ?? id} />
          ))}
          . Distributing again makes no second one.
        </p>
      )}
      <p>
        A lead of its own is made, with this one's name and contact, and routed to the order that
        fits best.
      </p>
      <Facts
        rows={[
          ['Name', <Text value={lead.name} />],
          ['E-mail', <Text value={lead.email} />],
          ['Phone', <Text value={lead.phone} />],
        ]}
      />
      {missing === '' ? <></> : <Notice tone="warn" text={missing} />}
      <PostForm action="distribute" path={pathOf(lead)} problem={problem} label="Distribute">
        <div class="fields">
          <Field {...field} name="vertical" label="Vertical" hint="Such as MCA." />
          <Field
            {...field}
            name="funding_amount"
            label="Funding amount"
            hint="Such as 50000 or $50,000."
            inputmode="decimal"
          />
          <Field
            {...field}
            name="credit_score"
            label="Credit score"
            type="number"
            min={300}
            max={850}
          />
          <Field {...field} name="state" label="State" value={lead.state} />
          <Field {...field} name="business_name" label="Company" value={lead.business_name} />
          <Field {...field} name="funding_purpose" label="Purpose" />
        </div>
        <div>
          <button type="submit" class="primary">
            Distribute the lead
          </button>
        </div>
      </PostForm>
    </Section>
  );
}
