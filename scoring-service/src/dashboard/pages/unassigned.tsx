import { getLead, listUnassigned, type UnassignedLead } from '../../leads/queries.js';
import { assignFromForm } from '../assign.js';
import { AssignPanel } from '../components/assign-panel.js';
import { Ago, Empty, Link, Section, Text } from '../components/basics.js';
import { ProblemNotice } from '../components/form.js';
import { capped, clip, money } from '../components/format.js';
import { reasonText } from '../components/labels.js';
import { leadTitle } from '../components/lead-table.js';
import { Pager } from '../components/pager.js';
import { Table } from '../components/table.js';
import { readCandidates } from '../data/orders.js';
import { COUNT_CAP, countWaiting } from '../data/queue.js';
import type { DashboardDeps } from '../deps.js';
import { isId } from '../form.js';
import { address, problemOf, type Screen, type View } from '../screen.js';

const PER_GROUP = 10;
const PER_PAGE = 50;

function Waiting({
  rows,
  view,
  reason,
  title,
}: {
  rows: readonly UnassignedLead[];
  view: View;
  reason: string;
  title: string;
}) {
  return (
    <Table
      caption={title}
      rows={rows}
      columns={[
        {
          head: 'Lead',
          cell: ({ lead }) => <Link href={`/leads/${lead.id}`} text={leadTitle(lead)} />,
        },
        {
          head: 'Assign',
          hiddenHead: true,
          cell: ({ lead }) =>
            view.can('operate') ? (
              <a
                class="button"
                href={`${address('/unassigned', { lead: lead.id, reason })}#assign`}
              >
                Assign<span class="hidden" safe>{` ${leadTitle(lead)}`}</span>
              </a>
            ) : (
              <></>
            ),
        },
        {
          head: 'Vertical',
          cell: ({ lead }) => (
            <Text value={lead.vertical === null ? null : clip(lead.vertical, 40)} />
          ),
        },
        { head: 'Credit', numeric: true, cell: ({ lead }) => <Text value={lead.credit_score} /> },
        {
          head: 'Amount',
          numeric: true,
          cell: ({ lead }) => <>{money(lead.funding_amount) as 'safe'}</>,
        },
        { head: 'Waiting since', cell: ({ queued_at }) => <Ago at={queued_at} now={view.now} /> },
        { head: 'Tries', numeric: true, cell: ({ tries }) => <>{tries}</> },
      ]}
    />
  );
}

/** The queue of waiting leads, by why they wait, with the choice of an order by hand. */
export function unassignedScreen(deps: DashboardDeps): Screen {
  const { store } = deps;

  const panel = async (view: View): Promise<JSX.Element> => {
    const problem = problemOf(view, 'assign');
    const leadId = problem?.typed.get('lead_id') ?? view.query.get('lead');
    if (!isId(leadId) || !view.can('operate')) return '';
    const lead = await getLead(store, leadId);
    const title = `Assign ${leadTitle(lead)}`;
    if (lead.status !== 'unassigned' && lead.status !== 'rejected') {
      return (
        <Section title={title} id="assign">
          {problem === null ? <></> : <ProblemNotice problem={problem} />}
          <p>
            This lead waits no longer. <Link href={`/leads/${lead.id}`} text="See where it went" />.
          </p>
        </Section>
      );
    }
    return (
      <Section title={title} id="assign">
        <AssignPanel
          lead={lead}
          candidates={await readCandidates(store, lead)}
          path="/unassigned"
          action="assign"
          problem={problem}
        />
      </Section>
    );
  };

  const oneGroup = async (view: View, reason: string): Promise<JSX.Element> => {
    const page = await listUnassigned(store, {
      limit: PER_PAGE,
      reason_code: reason,
      cursor: view.query.get('cursor') || undefined,
    });
    const title = reasonText(reason);
    return (
      <Section title={title} id="group" aside={<a href="/unassigned">All reasons</a>}>
        {page.data.length === 0 ? (
          <Empty title="No lead waits for this reason any more.">
            <p>
              <a href="/unassigned">See whether others wait</a>.
            </p>
          </Empty>
        ) : (
          <Waiting rows={page.data} view={view} reason={reason} title={title} />
        )}
        <Pager
          path="/unassigned"
          query={{ reason, cursor: view.query.get('cursor') }}
          next={page.next_cursor}
        />
      </Section>
    );
  };

  const allGroups = async (view: View): Promise<JSX.Element> => {
    const counts = await countWaiting(store);
    if (counts.length === 0) {
      return (
        <Empty title="No lead is waiting.">
          <p>
            Leads that no order takes come here. They are tried again when orders are created,
            resumed or get capacity.
          </p>
        </Empty>
      );
    }
    const groups = await Promise.all(
      counts.map(async (group) => ({
        ...group,
        rows: (await listUnassigned(store, { limit: PER_GROUP, reason_code: group.reason_code }))
          .data,
      })),
    );
    return (
      <>
        {groups.map(({ reason_code, count, rows }) => (
          <Section
            title={`${reasonText(reason_code)} (${capped(count, COUNT_CAP)})`}
            id={`group-${reason_code}`}
            aside={
              count > PER_GROUP ? (
                <a href={address('/unassigned', { reason: reason_code })}>
                  Show all<span class="hidden" safe>{`: ${reasonText(reason_code)}`}</span>
                </a>
              ) : undefined
            }
          >
            <Waiting rows={rows} view={view} reason="" title={reasonText(reason_code)} />
          </Section>
        ))}
      </>
    );
  };

  return {
    path: '/unassigned',
    scope: 'read',
    async show(view) {
      const reason = view.query.get('reason').slice(0, 100);
      // Made by components, which escape what they show.
      const safePanel = await panel(view);
      const safeGroups = reason === '' ? await allGroups(view) : await oneGroup(view, reason);
      return {
        title: 'Unassigned queue',
        section: '/unassigned',
        body: (
          <>
            {safePanel}
            {safeGroups}
          </>
        ),
      };
    },
    actions: {
      assign: {
        scope: 'operate',
        async run(view, form) {
          await assignFromForm(deps, view, form, 'assign');
          return { goTo: address('/unassigned', { done: 'lead_assigned' }) };
        },
      },
    },
  };
}
