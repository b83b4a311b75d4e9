import { setImmediate as turn } from 'node:timers/promises';

import { iso } from '../../core/clock.js';
import type { Store } from '../../db/store.js';
import type { Lead } from '../../leads/lead-schema.js';
import { listLeads, type LeadFilter } from '../../leads/queries.js';
import type { Download } from '../screen.js';
import { csvLine } from '../../core/csv.js';
import { readNames } from './names.js';

const PAGE = 200;

const COLUMNS = [
  'id',
  'kind',
  'status',
  'first_name',
  'last_name',
  'business_name',
  'email',
  'phone',
  'state',
  'vertical',
  'credit_score',
  'funding_amount',
  'funding_purpose',
  'ghl_contact_id',
  'ai_call_status',
  'rejection_reason',
  'source',
  'created_at',
  'assigned_at',
] as const satisfies readonly (keyof Lead)[];

/** Leads page by page, so that neither a long export nor its reader holds the service up. */
async function* lines(store: Store, filter: Omit<LeadFilter, 'limit'>): AsyncGenerator<string> {
  // The mark tells spreadsheets that the file is UTF-8.
  yield `\uFEFF${csvLine([...COLUMNS, 'order', 'broker'])}`;
  let cursor: string | undefined;
  do {
    const page = await listLeads(store, { ...filter, limit: PAGE, cursor });
    const names = await readNames(store, {
      orders: page.data.map((lead) => lead.assigned_order_id),
    });
    yield page.data
      .map((lead) =>
        csvLine([
          ...COLUMNS.map((column) => lead[column]),
          lead.assigned_order_id === null ? null : names.order(lead.assigned_order_id),
          lead.assigned_order_id === null ? null : names.brokerOf(lead.assigned_order_id),
        ]),
      )
      .join('');
    cursor = page.next_cursor ?? undefined;
    await turn();
  } while (cursor !== undefined);
}

/** All leads that match, as CSV. */
export function exportLeads(
  store: Store,
  filter: Omit<LeadFilter, 'limit'>,
  now: number,
): Download {
  return {
    fileName: `leads-${iso(now).slice(0, 10)}.csv`,
    contentType: 'text/csv; charset=utf-8',
    chunks: lines(store, filter),
  };
}
