import type { Appointment } from '../../appointments/appointment-schema.js';
import { Section } from '../components/basics.js';
import { Field } from '../components/fields.js';
import { Confirm, PostForm } from '../components/form.js';
import { reviewOnCompletion } from '../components/review.js';
import { localInput } from '../data/local-time.js';
import { problemOf, type View } from '../screen.js';

interface Step {
  action: 'completed' | 'no_show' | 'cancelled' | 'scheduled';
  button: string;
  question: string;
  yes: string;
  danger?: boolean;
}

function stepsOf(appointment: Appointment, now: number): Step[] {
  const review = appointment.review_request;
  const waits = review.status === 'scheduled' || review.status === 'queued';
  const dropped = waits ? ' The request for a review is dropped.' : '';
  const steps: Step[] = [
    {
      action: 'completed',
      button: 'Completed',
      question: `Was the appointment kept? ${reviewOnCompletion(appointment, now)}`,
      yes: 'Yes, it was kept',
    },
    {
      action: 'no_show',
      button: 'No show',
      question: `Did they not come?${dropped}`,
      yes: 'Yes, they did not come',
      danger: true,
    },
    {
      action: 'cancelled',
      button: 'Cancel',
      question: `Cancel the appointment? Nobody is told by it.${dropped}`,
      yes: 'Yes, cancel it',
      danger: true,
    },
    {
      action: 'scheduled',
      button: 'Open again',
      question: 'Take back how it ended? The request for a review is planned again.',
      yes: 'Yes, open it again',
    },
  ];
  return steps.filter(({ action }) => action !== appointment.status);
}

/** How an appointment ended, and moving it; each on the copy that the person saw. */
export function AppointmentSteps({
  appointment,
  timezone,
  view,
}: {
  appointment: Appointment;
  /** The business's. */
  timezone: string;
  view: View;
}) {
  const path = `/appointments/${appointment.id}`;
  const version = String(appointment.version);
  const problem = problemOf(view, 'change');
  return (
    <div class="columns">
      <Section title="How it ended" id="outcome">
        <div class="head-line" role="group" aria-label="How it ended">
          {stepsOf(appointment, view.now).map((step) => (
            <Confirm
              {...step}
              path={path}
              hidden={{ version }}
              problem={problemOf(view, step.action)}
            />
          ))}
        </div>
      </Section>
      <Section title="Move it, or change the service" id="change">
        <PostForm action="change" path={path} problem={problem} label="Move or change">
          <input type="hidden" name="version" value={version} />
          <div class="fields">
            <Field
              name="scheduled_at"
              label="Date and time"
              type="datetime-local"
              hint={`As clocks show it in ${timezone}.`}
              value={localInput(appointment.scheduled_at, timezone)}
              required
              problem={problem}
            />
            <Field
              name="service_type"
              label="Service"
              value={appointment.service_type}
              maxlength={200}
              problem={problem}
            />
          </div>
          <div>
            <button type="submit" class="primary">
              Save
            </button>
          </div>
        </PostForm>
      </Section>
    </div>
  );
}
