import {
  updateAppointmentSchema,
  type UpdateAppointment,
} from '../../appointments/appointment-schema.js';
import { getAppointment } from '../../appointments/queries.js';
import { updateAppointment } from '../../appointments/update.js';
import { getBusiness } from '../../businesses/queries.js';
import { AppointmentState } from '../components/appointment-table.js';
import { Ago, Facts, Link, Moment, Section, Text } from '../components/basics.js';
import { Review } from '../components/review.js';
import { leadTitles } from '../data/lead-titles.js';
import { localInput, localInstant } from '../data/local-time.js';
import type { DashboardDeps } from '../deps.js';
import { check, pick } from '../form.js';
import { address, type Action, type Screen, type View } from '../screen.js';
import { AppointmentSteps } from './appointment-steps.js';

const SOURCES = { api: 'Dashboard or API', calendly: 'Calendly' } as const;

/** One appointment: when, what came of it, and its request for a review. */
export function appointmentScreen({ store, appointments }: DashboardDeps): Screen {
  const idOf = (view: View): string => view.params.id ?? '';

  const change = async (view: View, input: UpdateAppointment, done: string) => {
    await store.unit(() => updateAppointment(appointments, idOf(view), input, view.actor));
    return { goTo: address(`/appointments/${idOf(view)}`, { done }) };
  };
  const end = (status: 'completed' | 'no_show' | 'cancelled' | 'scheduled'): Action => ({
    scope: 'operate',
    run: (view, form) =>
      change(
        view,
        check(updateAppointmentSchema, { ...pick(form, ['version']), status }),
        `appointment_${status}`,
      ),
  });

  return {
    path: '/appointments/:id',
    scope: 'read',
    async show(view) {
      const appointment = await getAppointment(store, idOf(view));
      const [business, titles] = await Promise.all([
        getBusiness(store, appointment.business_id, []),
        leadTitles(store, [appointment.lead_id]),
      ]);
      const title = titles.get(appointment.lead_id) ?? appointment.lead_id;
      return {
        title: `Appointment of ${title}`,
        section: '/appointments',
        body: (
          <>
            <Section
              title="Appointment"
              id="appointment"
              aside={<AppointmentState appointment={appointment} now={view.now} />}
            >
              <Facts
                rows={[
                  ['Lead', <Link href={`/leads/${appointment.lead_id}`} text={title} />],
                  [
                    'When',
                    <>
                      <Moment at={appointment.scheduled_at} timezone={view.timezone} />{' '}
                      <span class="faint">
                        (<Ago at={appointment.scheduled_at} now={view.now} />)
                      </span>
                    </>,
                  ],
                  ['Service', <Text value={appointment.service_type} />],
                  ['Business', <Text value={business.name} />],
                  ['Review request', <Review appointment={appointment} view={view} />],
                  ['Entered', <Ago at={appointment.created_at} now={view.now} />],
                  ['Came from', <>{SOURCES[appointment.source] as 'safe'}</>],
                  ['Times moved', <>{appointment.moves}</>],
                ]}
              />
            </Section>
            {view.can('operate') ? (
              <AppointmentSteps
                appointment={appointment}
                timezone={business.timezone}
                view={view}
              />
            ) : (
              <></>
            )}
            <p>
              <a href={address('/activity', { subject_id: appointment.id })}>
                What was changed, and by whom
              </a>
            </p>
          </>
        ),
      };
    },
    actions: {
      completed: end('completed'),
      no_show: end('no_show'),
      cancelled: end('cancelled'),
      scheduled: end('scheduled'),
      change: {
        scope: 'operate',
        async run(view, form) {
          const before = await getAppointment(store, idOf(view));
          const { timezone } = await getBusiness(store, before.business_id, []);
          const typed = form.get('scheduled_at');
          // Seconds, which the field does not show, are no change.
          const same = typed.slice(0, 16) === localInput(before.scheduled_at, timezone);
          const input = check(updateAppointmentSchema, {
            ...pick(form, ['version']),
            ...(same ? {} : { scheduled_at: localInstant(typed, timezone, 'scheduled_at') }),
            service_type: form.get('service_type'),
          });
          return change(view, input, same ? 'saved' : 'appointment_moved');
        },
      },
    },
  };
}
