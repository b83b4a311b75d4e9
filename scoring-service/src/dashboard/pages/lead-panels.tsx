import type { Lead } from '../../leads/lead-schema.js';
import { judgeByHand } from '../../messaging/by-hand.js';
import { getMessage } from '../../messaging/queries.js';
import { AssignPanel } from '../components/assign-panel.js';
import { Section } from '../components/basics.js';
import { readStaff } from '../data/me.js';
import { readCandidates } from '../data/orders.js';
import type { ResponseLead } from '../data/response-lead.js';
import type { DashboardDeps } from '../deps.js';
import { isId } from '../form.js';
import { problemOf, type View } from '../screen.js';
import { EditForm } from './lead-edit.js';
import { BookForm, DistributeForm, TaskForm } from './lead-forms.js';
import { TextDecided, TextForm } from './lead-text.js';

interface Shown {
  lead: Lead;
  response: ResponseLead | null;
  titles: ReadonlyMap<string, string>;
  view: View;
}

async function assignPanel({ store }: DashboardDeps, { lead, view }: Shown): Promise<JSX.Element> {
  const assigned = lead.status === 'assigned';
  return (
    <Section title={assigned ? 'Move to another order' : 'Assign by hand'} id="assign">
      <AssignPanel
        lead={lead}
        candidates={await readCandidates(store, lead)}
        path={`/leads/${lead.id}`}
        action={assigned ? 'reassign' : 'assign'}
        problem={problemOf(view, 'assign') ?? problemOf(view, 'reassign')}
      />
    </Section>
  );
}

async function responsePanel(
  { store, response: { deps } }: DashboardDeps,
  { lead, titles, view }: Shown,
  response: ResponseLead,
  open: string,
): Promise<JSX.Element> {
  const timezone = response.business?.timezone ?? view.timezone;
  switch (open) {
    case 'text': {
      const judged = await store.unit(() => judgeByHand(deps, lead.id, view.actor));
      return <TextForm leadId={lead.id} {...judged} view={view} />;
    }
    case 'task':
      return (
        <TaskForm
          lead={lead}
          staff={await readStaff(store, response.business?.id)}
          timezone={timezone}
          view={view}
        />
      );
    case 'book':
      return (
        <BookForm
          lead={lead}
          services={response.business?.services ?? []}
          timezone={timezone}
          view={view}
        />
      );
    case 'distribute':
      return (
        <DistributeForm lead={lead} earlier={response.distributed} titles={titles} view={view} />
      );
    default:
      return '';
  }
}

/** The form of a lead's page that is open: the one asked for, or the one that was refused. */
export async function openPanel(deps: DashboardDeps, shown: Shown): Promise<JSX.Element> {
  const { lead, response, view } = shown;
  if (lead.erased_at !== null) return '';
  const refused = view.problem?.action ?? '';
  const assigning = refused === 'reassign' || (refused === '' && view.query.get('assign') !== '');
  const asked = assigning ? 'assign' : refused || view.query.get('open');
  if (lead.kind === 'distribution') {
    if (asked === 'edit' && view.can('intake')) return <EditForm lead={lead} view={view} />;
    return asked === 'assign' && view.can('operate') ? assignPanel(deps, shown) : '';
  }
  if (response === null || response.mergedInto !== null || !view.can('operate')) return '';
  return responsePanel(deps, shown, response, asked);
}

/** What became of a text that somebody has just written, by the id in the address. */
export async function decidedText(
  { store }: DashboardDeps,
  lead: Lead,
  view: View,
): Promise<JSX.Element> {
  const id = view.query.get('message');
  if (!isId(id)) return '';
  const message = await getMessage(store, id);
  return message.lead_id === lead.id ? <TextDecided message={message} view={view} /> : '';
}
