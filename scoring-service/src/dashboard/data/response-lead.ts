import type { Appointment } from '../../appointments/appointment-schema.js';
import { listAppointments } from '../../appointments/queries.js';
import type { Business } from '../../businesses/business-schema.js';
import { getBusiness } from '../../businesses/queries.js';
import type { Store } from '../../db/store.js';
import type { Lead } from '../../leads/lead-schema.js';
import { leadFamily } from '../../response/timeline.js';
import { listTasks } from '../../tasks/queries.js';
import type { Task } from '../../tasks/task.js';

/** What a response lead has to do with beside its own row. */
export interface ResponseLead {
  business: Business | null;
  appointments: Appointment[];
  /** The callback task that is not closed. */
  openTask: Task | null;
  /** The lead that it is part of now. */
  mergedInto: string | null;
  /** Leads that were merged into it. */
  parts: string[];
  /** Distribution leads that were made from it. */
  distributed: string[];
}

const MOST_APPOINTMENTS = 50;

/** Reads what belongs to a response lead and to what was merged into it. */
export async function readResponseLead(
  store: Store,
  lead: Lead,
  now: number,
): Promise<ResponseLead> {
  const { db } = store;
  const family = await leadFamily(store, lead.id);
  const [business, appointments, tasks, own, parts, links] = await Promise.all([
    lead.business_id === null ? null : getBusiness(store, lead.business_id, []),
    listAppointments(store, { lead_ids: family, limit: MOST_APPOINTMENTS, order: 'latest' }),
    listTasks(store, { lead_id: lead.id, limit: 1 }, now),
    db
      .selectFrom('response_leads')
      .select('merged_into')
      .where('lead_id', '=', lead.id)
      .executeTakeFirst(),
    db
      .selectFrom('response_leads')
      .select('lead_id')
      .where('merged_into', '=', lead.id)
      .orderBy('lead_id')
      .execute(),
    db
      .selectFrom('lead_links')
      .select('lead_id')
      .where('other_lead_id', '=', lead.id)
      .where('kind', '=', 'distributed_from')
      .orderBy('lead_id', 'desc')
      .limit(20)
      .execute(),
  ]);
  const newest = tasks.data[0];
  return {
    business,
    appointments: appointments.data,
    openTask: newest !== undefined && newest.closed_at === null ? newest : null,
    mergedInto: own?.merged_into ?? null,
    parts: parts.map((row) => row.lead_id),
    distributed: links.map((row) => row.lead_id),
  };
}
