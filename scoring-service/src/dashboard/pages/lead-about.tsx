import type { Lead } from '../../leads/lead-schema.js';
import { Ago, Badge, Facts, Link, Moment, Section, Text } from '../components/basics.js';
import { Confirm } from '../components/form.js';
import { money, sentence } from '../components/format.js';
import { reasonText } from '../components/labels.js';
import type { ConsentEvidence, Suggestion } from '../data/consent.js';
import type { View } from '../screen.js';

/** The newest result of qualifying a lead. */
function Qualified({ lead }: { lead: Lead }) {
  const { qualification } = lead;
  if (qualification === null) return <Text value={null} />;
  const { score, decision, reason, source } = qualification;
  return (
    <>
      <span safe>{`${score}: ${sentence(decision)}`}</span>
      <span class="sub">
        <bdi safe>{reason}</bdi>
        <span>{source === 'rules' ? ' (by the rules)' : ' (by the model)'}</span>
      </span>
    </>
  );
}

export function About({
  lead,
  view,
  waiting,
}: {
  lead: Lead;
  view: View;
  waiting: string | undefined;
}) {
  const reason = lead.rejection_reason ?? waiting;
  return (
    <Section
      title="Lead"
      id="about"
      aside={
        <span class="head-line">
          <Badge status={lead.status} />
          {reason === undefined ? <></> : <span safe>{reasonText(reason)}</span>}
        </span>
      }
    >
      <Facts
        rows={[
          ['Name', <Text value={lead.name} />],
          ['Company', <Text value={lead.business_name} />],
          ['E-mail', <Text value={lead.email} />],
          ['Phone', <Text value={lead.phone} />],
          ['State', <Text value={lead.state} />],
          ['Vertical', <Text value={lead.vertical} />],
          ['Credit score', <Text value={lead.credit_score} />],
          ['Funding amount', <>{money(lead.funding_amount) as 'safe'}</>],
          ...(lead.qualification === null
            ? []
            : ([['Qualification', <Qualified lead={lead} />]] as const)),
          ...(lead.booking_url === null
            ? []
            : ([['Booking link', <Text value={lead.booking_url} />]] as const)),
          ['Kind', <>{sentence(lead.kind) as 'safe'}</>],
          ['Source', <Text value={lead.source} />],
          ['Contact id', <Text value={lead.ghl_contact_id} />],
          ['Call status', <Text value={lead.ai_call_status} />],
          [
            'Received',
            <>
              <Moment at={lead.created_at} timezone={view.timezone} />{' '}
              <span class="faint">
                (<Ago at={lead.created_at} now={view.now} />)
              </span>
            </>,
          ],
        ]}
      />
      {lead.funding_purpose === null ? (
        <></>
      ) : (
        <Facts rows={[['Purpose', <Text value={lead.funding_purpose} />]]} />
      )}
      {lead.ai_call_notes === null ? (
        <></>
      ) : (
        <div>
          <h3>Call notes</h3>
          <div class="long" tabindex="0" role="region" aria-label="Call notes">
            <Text value={lead.ai_call_notes} />
          </div>
        </div>
      )}
    </Section>
  );
}

/** What permits messages to a lead, and who may be the same person. */
export function Related({
  lead,
  view,
  consent,
  suggestions,
  titles,
}: {
  lead: Lead;
  view: View;
  consent: readonly ConsentEvidence[];
  suggestions: readonly Suggestion[];
  titles: ReadonlyMap<string, string>;
}) {
  const path = `/leads/${lead.id}`;
  return (
    <>
      {suggestions.length === 0 ? (
        <></>
      ) : (
        <Section title="May be the same person" id="suggestions">
          {suggestions.map((one) => (
            <div class="head-line">
              <Link href={`/leads/${one.otherId}`} text={titles.get(one.otherId) ?? one.otherId} />
              <span class="faint" safe>
                {sentence(one.reason)}
              </span>
              {view.can('operate') ? (
                <>
                  <Confirm
                    action="merge"
                    path={path}
                    button="Merge"
                    question="Make one lead of the two? It can be undone."
                    yes="Yes, merge them"
                    hidden={{ suggestion_id: one.id }}
                  />
                  <Confirm
                    action="keep_apart"
                    path={path}
                    button="Keep apart"
                    question="Keep the two leads apart? They are not suggested again."
                    yes="Yes, keep them apart"
                    hidden={{ suggestion_id: one.id }}
                  />
                </>
              ) : (
                <></>
              )}
            </div>
          ))}
        </Section>
      )}
      {consent.length === 0 ? (
        <></>
      ) : (
        <Section title="Consent evidence" id="consent">
          <Facts
            rows={consent.map((one) => [
              sentence(one.kind),
              <>
                <span safe>{one.text}</span>{' '}
                <span class="faint">
                  <Ago at={one.at} now={view.now} />
                </span>
              </>,
            ])}
          />
        </Section>
      )}
    </>
  );
}
