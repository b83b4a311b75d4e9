import type { Lead } from '../../leads/lead-schema.js';
import { Link } from '../components/basics.js';
import { Confirm } from '../components/form.js';
import type { ResponseLead } from '../data/response-lead.js';
import { address, type View } from '../screen.js';

/** A form of a lead's page that opens by a link, so that the page stays short without scripts. */
function Opener({
  lead,
  open,
  text,
  primary,
}: {
  lead: Lead;
  open: string;
  text: string;
  primary?: boolean;
}) {
  return (
    <a
      class={['button', primary === true && 'primary']}
      href={`${address(`/leads/${lead.id}`, { open })}#${open}`}
      safe
    >
      {text}
    </a>
  );
}

function DistributionSteps({ lead }: { lead: Lead }) {
  const waiting = lead.status === 'unassigned' || lead.status === 'rejected';
  return (
    <>
      <Opener
        lead={lead}
        open="assign"
        text={waiting ? 'Assign by hand' : 'Move to another order'}
        primary
      />
      {waiting ? (
        <Confirm
          action="reroute"
          path={`/leads/${lead.id}`}
          button="Route again"
          question="Route the lead again against the orders as they are now? If one fits, it is assigned and delivered."
          yes="Yes, route it again"
        />
      ) : (
        <></>
      )}
    </>
  );
}

function ResponseSteps({ lead, response }: { lead: Lead; response: ResponseLead }) {
  return (
    <>
      <Opener lead={lead} open="text" text="Write a text" primary />
      {response.openTask === null ? (
        <Opener lead={lead} open="task" text="Create a callback task" />
      ) : (
        <a class="button" href={`/tasks/${response.openTask.id}`}>
          Open callback task
        </a>
      )}
      <Opener lead={lead} open="book" text="Book an appointment" />
      <Opener lead={lead} open="distribute" text="Distribute" />
    </>
  );
}

/** What can be done with a lead, by whoever may. */
export function LeadSteps({
  lead,
  response,
  view,
}: {
  lead: Lead;
  response: ResponseLead | null;
  view: View;
}) {
  if (lead.erased_at !== null) return <></>;
  const editable = lead.kind === 'distribution' && view.can('intake');
  if (!view.can('operate') && !editable) return <></>;
  if (response !== null && response.mergedInto !== null) return <></>;
  return (
    <div class="head-line" role="group" aria-label="What can be done">
      {!view.can('operate') ? (
        <></>
      ) : response === null ? (
        <DistributionSteps lead={lead} />
      ) : (
        <ResponseSteps lead={lead} response={response} />
      )}
      {editable ? <Opener lead={lead} open="edit" text="Change the lead" /> : <></>}
    </div>
  );
}

/** One lead that is part of another, and the way to take it out again. */
function Part({ id, title, path, view }: { id: string; title: string; path: string; view: View }) {
  return (
    <div class="head-line">
      <Link href={`/leads/${id}`} text={title} />
      {view.can('operate') ? (
        <Confirm
          action="unmerge"
          path={path}
          button="Unmerge"
          question="Make two leads of it again? Each keeps the events it came in with."
          yes="Yes, unmerge them"
          hidden={{ part_id: id }}
        />
      ) : (
        <></>
      )}
    </div>
  );
}

/** What was merged into a lead, or the lead that it is part of; each can be undone. */
export function Merged({
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
  const path = `/leads/${lead.id}`;
  const { mergedInto, parts } = response;
  if (mergedInto === null && parts.length === 0) return <></>;
  return (
    <section aria-labelledby="merged-title" id="merged" class="part">
      <h2 id="merged-title">{mergedInto === null ? 'Merged into this lead' : 'Part of'}</h2>
      {mergedInto === null ? (
        parts.map((id) => <Part id={id} title={titles.get(id) ?? id} path={path} view={view} />)
      ) : (
        <>
          <p>
            This lead is part of{' '}
            <Link href={`/leads/${mergedInto}`} text={titles.get(mergedInto) ?? mergedInto} />,
            where its history goes on.
          </p>
          {view.can('operate') ? (
            <Confirm
              action="unmerge"
              path={path}
              button="Unmerge"
              question="Make this a lead of its own again? Each keeps the events it came in with."
              yes="Yes, unmerge them"
              hidden={{ part_id: lead.id }}
            />
          ) : (
            <></>
          )}
        </>
      )}
    </section>
  );
}
