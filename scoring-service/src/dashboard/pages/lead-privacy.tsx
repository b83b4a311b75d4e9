import { erasePerson } from '../../privacy/erase.js';
import { exportPerson } from '../../privacy/export.js';
import { findPerson, personNotFound } from '../../privacy/find.js';
import type { ErasureResult, PersonExport } from '../../privacy/privacy-schema.js';
import type { Lead } from '../../leads/lead-schema.js';
import { Facts, Link, Moment, Section } from '../components/basics.js';
import { Confirm } from '../components/form.js';
import type { DashboardDeps } from '../deps.js';
import { address, problemOf, type Action, type Download, type Page, type View } from '../screen.js';

/** The query by which a lead's page gives all that is stored about the person as a file. */
export const PERSONAL_DATA = 'personal-data';

/** For admins: what is stored about the person, and erasing it. */
export function PersonalData({ lead, view }: { lead: Lead; view: View }) {
  if (lead.erased_at !== null) {
    return (
      <Section title="Personal data" id="personal-data">
        <p>
          Erased on <Moment at={lead.erased_at} timezone={view.timezone} />. What is left says what
          happened, not to whom.
        </p>
      </Section>
    );
  }
  if (!view.can('admin')) return <></>;
  const path = `/leads/${lead.id}`;
  return (
    <Section title="Personal data" id="personal-data">
      <p class="faint">
        Of this lead, of leads that were merged with it and of copies that were distributed.
      </p>
      <div class="head-line">
        <a class="button" href={address(path, { format: PERSONAL_DATA })}>
          Download all that is stored
        </a>
        <Confirm
          action="erase"
          path={path}
          button="Erase personal data"
          question="Erase names, numbers, addresses, messages and payloads for good? What still waits (deliveries, texts, callback tasks) is cancelled. Decisions and counts stay. It cannot be undone."
          yes="Yes, erase it for good"
          danger
          problem={problemOf(view, 'erase')}
        />
      </div>
    </Section>
  );
}

async function* written(data: Promise<PersonExport>): AsyncGenerator<string> {
  yield JSON.stringify(await data, null, 2);
}

/** All that is stored about the person of a lead, as JSON. */
export function personalDataFile(
  { store, runtime, settings }: DashboardDeps,
  id: string,
): Download {
  const deps = { store, clock: runtime.clock, defaultRegion: settings.DEFAULT_REGION };
  return {
    fileName: `personal-data-${id}.json`,
    contentType: 'application/json; charset=utf-8',
    chunks: written(exportPerson(deps, { lead_ids: [id] })),
  };
}

/** Shown once: who else has the data is not known any more afterwards. */
function erasedPage(id: string, result: ErasureResult): Page {
  const { cancelled, also_held_by: others } = result;
  const brokers = new Map(others.brokers.map((one) => [one.broker_id, one.name]));
  return {
    title: 'Personal data erased',
    section: '/leads',
    body: (
      <Section title="Erased" id="erased">
        <Facts
          rows={[
            ['Leads', <>{String(result.lead_ids.length) as 'safe'}</>],
            ['Deliveries cancelled', <>{String(cancelled.deliveries) as 'safe'}</>],
            ['Messages cancelled', <>{String(cancelled.messages) as 'safe'}</>],
            ['Callback tasks cancelled', <>{String(cancelled.tasks) as 'safe'}</>],
            ['Suppressions kept', <>{String(result.suppressions_kept) as 'safe'}</>],
          ]}
        />
        <h3>Others who have the data</h3>
        {brokers.size === 0 && others.twilio_message_sids.length === 0 ? (
          <p class="faint">Nobody that LeadLoop knows of.</p>
        ) : (
          <></>
        )}
        <ul>
          {[...brokers].map(([brokerId, name]) => (
            <li>
              Broker <Link href={`/brokers/${brokerId}`} text={name} />
            </li>
          ))}
          {others.twilio_message_sids.map((sid) => (
            <li safe>{`Twilio, message ${sid}`}</li>
          ))}
          {others.calendly_invitee_uris.map((uri) => (
            <li safe>{`Calendly, ${uri}`}</li>
          ))}
        </ul>
        <p>
          <Link href={`/leads/${id}`} text="Back to the lead" />
        </p>
      </Section>
    ),
  };
}

/** What an admin does about the personal data of a lead. */
export function privacyActions({
  store,
  runtime,
  settings,
}: DashboardDeps): Record<string, Action> {
  const deps = { store, runtime, defaultRegion: settings.DEFAULT_REGION };
  return {
    erase: {
      scope: 'admin',
      async run(view) {
        const id = view.params.id ?? '';
        const held = await findPerson(deps, { lead_ids: [id] });
        if (held === null) throw personNotFound();
        const result = await store.unit(
          () => erasePerson(deps, held, 'by hand, on its page', view.actor),
          { lock: 'routing' },
        );
        return { page: erasedPage(id, result) };
      },
    },
  };
}
