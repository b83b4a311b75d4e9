import { decodeCursor } from '../../core/paging.js';
import { listDeliveries } from '../../delivery/queries.js';
import { getLead } from '../../leads/queries.js';
import { listRoutingLogs } from '../../routing/routing-logs.js';
import { Audit } from '../components/audit.js';
import { Badge, Empty, Moment, Section } from '../components/basics.js';
import { whole } from '../components/format.js';
import { triggerText } from '../components/labels.js';
import { leadTitle } from '../components/lead-table.js';
import { Pager } from '../components/pager.js';
import { Timeline } from '../components/timeline.js';
import { readConsent, readSuggestions } from '../data/consent.js';
import { leadTitles } from '../data/lead-titles.js';
import { readNames } from '../data/names.js';
import { waitingReasons } from '../data/queue.js';
import { readResponseLead } from '../data/response-lead.js';
import { readTimeline } from '../data/timeline.js';
import type { DashboardDeps } from '../deps.js';
import { isId } from '../form.js';
import type { Screen } from '../screen.js';
import { About, Related } from './lead-about.js';
import { distributionActions } from './lead-actions.js';
import { Decisions, outcomeText } from './lead-decisions.js';
import { Deliveries } from './lead-deliveries.js';
import { decidedText, openPanel } from './lead-panels.js';
import { PERSONAL_DATA, PersonalData, personalDataFile, privacyActions } from './lead-privacy.js';
import { responseActions } from './lead-response-actions.js';
import { ResponseParts } from './lead-response.js';
import { LeadSteps } from './lead-steps.js';

const AUDIT_PAGE = 100;

function skipOf(cursor: string): number {
  return cursor === '' ? 0 : Number(decodeCursor(cursor, 2)[1]) || 0;
}

/** One lead: what it is, why it went where it went, what was delivered, and all that happened. */
export function leadScreen(deps: DashboardDeps): Screen {
  const { store } = deps;
  return {
    path: '/leads/:id',
    scope: 'read',
    async show(view) {
      const lead = await getLead(store, view.params.id ?? '');
      if (view.query.get('format') === PERSONAL_DATA && view.can('admin')) {
        return { stream: personalDataFile(deps, lead.id) };
      }
      const decisions = [...lead.decisions].reverse();
      const asked = view.query.get('decision');
      const shown = decisions.find((decision) => decision.id === asked) ?? decisions[0];
      const cursor = isId(asked) && asked === shown?.id ? view.query.get('cursor') : '';
      const [logs, deliveries, waiting] = await Promise.all([
        shown === undefined
          ? { data: [], next_cursor: null }
          : listRoutingLogs(store, lead.id, {
              limit: AUDIT_PAGE,
              decision_id: shown.id,
              cursor: cursor || undefined,
            }),
        listDeliveries(store, { limit: 20, lead_id: lead.id }),
        waitingReasons(store, lead.status === 'unassigned' ? [lead.id] : []),
      ]);
      const names = await readNames(store, {
        orders: [
          lead.assigned_order_id,
          ...decisions.map((decision) => decision.order_id),
          ...logs.data.map((entry) => entry.order_id),
        ],
        brokers: [
          lead.assigned_broker_id,
          ...decisions.map((decision) => decision.broker_id),
          ...deliveries.data.map((delivery) => delivery.broker_id),
        ],
      });
      const [timeline, consent, suggestions, response] = await Promise.all([
        readTimeline(store, lead.id, (decision) => ({
          title: outcomeText(decision, names),
          detail: `${triggerText(decision.trigger)}; ${whole(decision.considered_count)} orders considered`,
        })),
        readConsent(store, lead.id),
        readSuggestions(store, lead.id),
        lead.kind === 'response' ? readResponseLead(store, lead, view.now) : null,
      ]);
      const titles = await leadTitles(store, [
        ...suggestions.map((one) => one.otherId),
        ...(response === null
          ? []
          : [
              response.mergedInto,
              ...response.parts,
              ...response.distributed,
              ...response.appointments.map((one) => one.lead_id),
            ]),
      ]);
      // Made by components, which escape what they show.
      const safePanel = await openPanel(deps, { lead, response, titles, view });
      const safeText = await decidedText(deps, lead, view);
      const safeRouting = (
        <>
          <Section
            title="Routing Audit"
            id="audit"
            aside={
              shown === undefined ? undefined : (
                <span class="head-line">
                  <Badge status={shown.status} />
                  <span class="faint">
                    <Moment at={shown.at} timezone={view.timezone} />
                  </span>
                </span>
              )
            }
          >
            <Decisions decisions={decisions} shown={shown} names={names} view={view} />
            {shown === undefined ? (
              <Empty title="This lead has not been routed.">
                <p>Response leads go to no order unless somebody distributes them.</p>
              </Empty>
            ) : (
              <>
                <p>
                  <strong safe>{outcomeText(shown, names)}</strong>
                  <span safe>{`, decided ${triggerText(shown.trigger)}.`}</span>
                </p>
                {shown.considered_count === 0 ? (
                  <p class="faint">
                    {shown.trigger === 'manual'
                      ? 'A person chose the order, so nothing was scored.'
                      : 'No order was looked at: the decision fell before scoring.'}
                  </p>
                ) : logs.data.length === 0 ? (
                  <p class="faint">
                    The orders that were considered are no longer kept: the decision is older than
                    routing logs are.
                  </p>
                ) : (
                  <Audit
                    considered={logs.data}
                    names={names}
                    title="Routing Audit"
                    firstRank={skipOf(cursor) + 1}
                    hasWinner={shown.status === 'assigned'}
                  />
                )}
                <Pager
                  path={view.path}
                  query={{ decision: shown.id, cursor }}
                  next={logs.next_cursor}
                />
              </>
            )}
          </Section>
          <Section title="Delivery history" id="deliveries">
            <Deliveries deliveries={deliveries.data} names={names} view={view} />
          </Section>
        </>
      );
      return {
        title: leadTitle(lead),
        section: '/leads',
        body: (
          <>
            <LeadSteps lead={lead} response={response} view={view} />
            {safePanel}
            {safeText}
            {response === null ? (
              safeRouting
            ) : (
              <ResponseParts lead={lead} response={response} titles={titles} view={view} />
            )}
            <About lead={lead} view={view} waiting={waiting.get(lead.id)} />
            <Related
              lead={lead}
              view={view}
              consent={consent}
              suggestions={suggestions}
              titles={titles}
            />
            <Section title="Timeline" id="timeline">
              <Timeline happenings={timeline} view={view} />
            </Section>
            <PersonalData lead={lead} view={view} />
          </>
        ),
      };
    },
    actions: { ...distributionActions(deps), ...responseActions(deps), ...privacyActions(deps) },
  };
}
