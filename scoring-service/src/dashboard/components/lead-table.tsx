import type { Lead } from '../../leads/lead-schema.js';
import type { Names } from '../data/names.js';
import type { View } from '../screen.js';
import { Ago, Badge, Link, Text } from './basics.js';
import { clip, money } from './format.js';
import { reasonText } from './labels.js';
import { Table } from './table.js';

/** What a lead is called in lists: name, company, else how it can be reached. */
export function leadTitle(lead: Lead): string {
  if (lead.erased_at !== null) return 'Erased lead';
  const title =
    lead.name ?? lead.business_name ?? lead.email ?? lead.phone ?? lead.ghl_contact_id ?? lead.id;
  return clip(title.replace(/\s+/g, ' ').trim() || lead.id, 80);
}

/** Where a lead went, or why it went nowhere. */
function Where({
  lead,
  names,
  reasons,
}: {
  lead: Lead;
  names: Names;
  reasons: ReadonlyMap<string, string>;
}) {
  if (lead.assigned_order_id !== null) {
    return (
      <>
        <Link
          href={`/orders/${lead.assigned_order_id}`}
          text={clip(names.order(lead.assigned_order_id), 60)}
        />
        <span class="sub" safe>
          {clip(names.brokerOf(lead.assigned_order_id), 60)}
        </span>
      </>
    );
  }
  const reason = lead.rejection_reason ?? reasons.get(lead.id);
  return reason === undefined ? <Text value={null} /> : <span safe>{reasonText(reason)}</span>;
}

/** Leads as rows; each name leads to the full explanation. */
export function LeadTable({
  leads,
  names,
  reasons,
  view,
  caption = 'Leads',
}: {
  leads: readonly Lead[];
  names: Names;
  /** Why waiting leads wait, by id. */
  reasons: ReadonlyMap<string, string>;
  view: View;
  caption?: string;
}) {
  return (
    <Table
      caption={caption}
      rows={leads}
      columns={[
        {
          head: 'Lead',
          cell: (lead) => (
            <>
              <Link href={`/leads/${lead.id}`} text={leadTitle(lead)} />
              {lead.business_name !== null && lead.name !== null ? (
                <span class="sub">
                  <bdi safe>{clip(lead.business_name, 60)}</bdi>
                </span>
              ) : (
                <></>
              )}
            </>
          ),
        },
        { head: 'Status', cell: (lead) => <Badge status={lead.status} /> },
        {
          head: 'Order, or why none',
          cell: (lead) => <Where lead={lead} names={names} reasons={reasons} />,
        },
        {
          head: 'Vertical',
          cell: (lead) => <Text value={lead.vertical === null ? null : clip(lead.vertical, 40)} />,
        },
        { head: 'Credit', numeric: true, cell: (lead) => <Text value={lead.credit_score} /> },
        {
          head: 'Amount',
          numeric: true,
          cell: (lead) => <>{money(lead.funding_amount) as 'safe'}</>,
        },
        { head: 'Received', cell: (lead) => <Ago at={lead.created_at} now={view.now} /> },
      ]}
    />
  );
}
