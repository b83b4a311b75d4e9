import type { Lead } from '../../leads/lead-schema.js';
import { AppointmentTable } from '../components/appointment-table.js';
import { Empty, Link, Section } from '../components/basics.js';
import type { ResponseLead } from '../data/response-lead.js';
import type { View } from '../screen.js';
import { Merged } from './lead-steps.js';

/** The parts of a response lead's page that no other lead has. */
export function ResponseParts({
  lead,
  response,
  titles,
  view,
}: {
  lead: Lead;
  response: ResponseLead;
  titles: ReadonlyMap<string, string>;
  view: View;
}) {
  return (
    <>
      <Merged lead={lead} response={response} titles={titles} view={view} />
      <Section title="Appointments" id="appointments">
        {response.appointments.length === 0 ? (
          <Empty title="No appointment yet.">
            <p>One that is booked at Calendly comes here by itself; others are booked above.</p>
          </Empty>
        ) : (
          <AppointmentTable
            appointments={response.appointments}
            titles={titles}
            view={view}
            caption="Appointments of this lead, the latest first"
          />
        )}
      </Section>
      {response.distributed.length === 0 ? (
        <></>
      ) : (
        <Section title="Distributed" id="distributed">
          <ul>
            {response.distributed.map((id) => (
              <li>
                <Link href={`/leads/${id}`} text={titles.get(id) ?? id} />
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}
