import type { Appointment } from '../../appointments/appointment-schema.js';
import type { View } from '../screen.js';
import { Ago, Badge, Link, Moment, Text } from './basics.js';
import { clip } from './format.js';
import { Review } from './review.js';
import { Table } from './table.js';

/** What an appointment is: its state, and that nobody said how it ended. */
export function AppointmentState({ appointment, now }: { appointment: Appointment; now: number }) {
  const past = Date.parse(appointment.scheduled_at) < now;
  return (
    <>
      <Badge status={appointment.status} />{' '}
      {appointment.moving ? <Badge status="moving" tone="warn" /> : <></>}{' '}
      {appointment.status === 'scheduled' && past ? (
        <Badge status="no_outcome" text="No outcome yet" tone="warn" />
      ) : (
        <></>
      )}
    </>
  );
}

/** Appointments as rows; each leads to its own page, where its outcome is said. */
export function AppointmentTable({
  appointments,
  titles,
  view,
  caption,
}: {
  appointments: readonly Appointment[];
  /** What their leads are called. */
  titles: ReadonlyMap<string, string>;
  view: View;
  caption: string;
}) {
  return (
    <Table
      caption={caption}
      rows={appointments}
      columns={[
        {
          head: 'With',
          cell: (one) => (
            <Link href={`/appointments/${one.id}`} text={titles.get(one.lead_id) ?? one.lead_id} />
          ),
        },
        {
          head: 'When',
          cell: (one) => (
            <>
              <Moment at={one.scheduled_at} timezone={view.timezone} />
              <span class="sub">
                <Ago at={one.scheduled_at} now={view.now} />
              </span>
            </>
          ),
        },
        { head: 'State', cell: (one) => <AppointmentState appointment={one} now={view.now} /> },
        {
          head: 'Service',
          cell: (one) => (
            <Text value={one.service_type === null ? null : clip(one.service_type, 80)} />
          ),
        },
        { head: 'Review request', cell: (one) => <Review appointment={one} view={view} /> },
      ]}
    />
  );
}
