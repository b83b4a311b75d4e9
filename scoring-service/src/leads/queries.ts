import { sql, type SqlBool } from 'kysely';

import { notFound } from '../core/errors.js';
import { decodeCursor, pageOf, type Page } from '../core/paging.js';
import type { Store } from '../db/store.js';
import type { LeadKind, LeadsTable, LeadStatus } from '../db/tables/leads.js';
import type { Lead } from './lead-schema.js';
import { leadName, toLead } from './lead.js';

export interface LeadFilter {
  limit: number;
  cursor?: string;
  kind?: LeadKind;
  status?: LeadStatus;
  vertical?: string;
  broker_id?: string;
  order_id?: string;
  /** Part of a name, company, e-mail, phone or contact id. */
  q?: string;
  /** Received at or after, and before. */
  since?: number;
  until?: number;
  /** Only these. */
  ids?: readonly string[];
  /** Only leads after this id: bounds how far a search looks back. */
  after_id?: string;
}

/** A pattern for LIKE that finds the text anywhere, its wildcards taken literally. */
function anywhere(text: string): string {
  return `%${text.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}

/** Leads, newest first. */
export async function listLeads(store: Store, filter: LeadFilter): Promise<Page<Lead>> {
  let query = store.db.selectFrom('leads').selectAll();
  if (filter.ids !== undefined) query = query.where(store.anyOf('id', filter.ids));
  if (filter.after_id !== undefined) query = query.where('id', '>', filter.after_id);
  if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind);
  if (filter.status !== undefined) query = query.where('status', '=', filter.status);
  if (filter.vertical !== undefined) {
    query = query.where(sql<SqlBool>`lower(vertical) = lower(${filter.vertical})`);
  }
  if (filter.broker_id !== undefined)
    query = query.where('assigned_broker_id', '=', filter.broker_id);
  if (filter.order_id !== undefined) query = query.where('assigned_order_id', '=', filter.order_id);
  if (filter.since !== undefined) {
    query = query.where('created_at', '>=', new Date(filter.since).toISOString());
  }
  if (filter.until !== undefined) {
    query = query.where('created_at', '<', new Date(filter.until).toISOString());
  }
  if (filter.q !== undefined) {
    // Both sides by the database's own lower(): not every one folds letters beyond ASCII.
    const pattern = anywhere(filter.q);
    query = query.where((where) =>
      where.or(
        (
          [
            sql`coalesce(first_name, '') || ' ' || coalesce(last_name, '')`,
            sql`business_name`,
            sql`email`,
            sql`phone`,
            sql`phone_key`,
            sql`ghl_contact_id`,
          ] as const
        ).map((column) => sql<SqlBool>`lower(${column}) like lower(${pattern}) escape '\\'`),
      ),
    );
  }
  // Within a span of time, the index leads_by_arrival gives the rows in order; without one, the
  // primary key does.
  const byArrival = filter.since !== undefined || filter.until !== undefined;
  if (filter.cursor !== undefined) {
    const [id = '', arrived = ''] = decodeCursor(filter.cursor, byArrival ? 2 : 1);
    query = byArrival
      ? query.where((where) =>
          where.and([
            where('created_at', '<=', arrived),
            where.or([where('created_at', '<', arrived), where('id', '<', id)]),
          ]),
        )
      : query.where('id', '<', id);
  }
  if (byArrival) query = query.orderBy('created_at', 'desc');
  const rows = await query
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute();
  return pageOf(
    rows,
    filter.limit,
    (row) => (byArrival ? [row.id, row.created_at] : [row.id]),
    toLead,
  );
}

export async function findLeadRow(store: Store, id: string): Promise<LeadsTable> {
  const row = await store.db
    .selectFrom('leads')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw notFound('lead', id);
  return row;
}

export interface Decision {
  id: string;
  at: string;
  status: 'assigned' | 'unassigned' | 'rejected';
  order_id: string | null;
  broker_id: string | null;
  reason_code: string | null;
  reason: string | null;
  trigger: 'intake' | 'update' | 'retry' | 'manual' | 'reroute';
  considered_count: number;
}

/** A lead with its decisions, oldest first. */
export async function getLead(store: Store, id: string): Promise<Lead & { decisions: Decision[] }> {
  const row = await findLeadRow(store, id);
  const decisions = await store.db
    .selectFrom('decisions')
    .select([
      'id',
      'at',
      'status',
      'order_id',
      'broker_id',
      'reason_code',
      'reason',
      'trigger',
      'considered_count',
    ])
    .where('lead_id', '=', id)
    .orderBy('id')
    .execute();
  return { ...toLead(row), decisions };
}

/** The newest lead of a kind with this phone number, and its broker. */
export async function findLeadByPhone(store: Store, phoneKey: string, kind: LeadKind) {
  const row = await store.db
    .selectFrom('leads')
    .leftJoin('brokers', 'brokers.id', 'leads.assigned_broker_id')
    .select([
      'leads.id',
      'leads.status',
      'leads.first_name',
      'leads.last_name',
      'leads.assigned_order_id',
      'brokers.id as broker_id',
      'brokers.name as broker_name',
      'brokers.company as broker_company',
      'brokers.email as broker_email',
      'brokers.phone as broker_phone',
      'brokers.timezone as broker_timezone',
      'brokers.assignment_status as broker_assignment_status',
      'brokers.contact_hours as broker_contact_hours',
    ])
    .where('leads.phone_key', '=', phoneKey)
    .where('leads.phone_key', 'is not', null)
    .where('leads.kind', '=', kind)
    .orderBy('leads.id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : { ...row, lead_name: leadName(row) };
}

export interface UnassignedLead {
  lead: Lead;
  reason_code: string;
  reason: string;
  queued_at: string;
  last_tried_at: string;
  tries: number;
}

/** The unassigned queue, oldest first. */
export async function listUnassigned(
  store: Store,
  filter: { limit: number; cursor?: string; reason_code?: string },
): Promise<Page<UnassignedLead>> {
  let query = store.db
    .selectFrom('unassigned_leads')
    .innerJoin('leads', 'leads.id', 'unassigned_leads.lead_id')
    .selectAll('leads')
    .select([
      'unassigned_leads.reason_code',
      'unassigned_leads.reason',
      'unassigned_leads.queued_at',
      'unassigned_leads.last_tried_at',
      'unassigned_leads.tries',
    ]);
  if (filter.reason_code !== undefined) {
    query = query.where('unassigned_leads.reason_code', '=', filter.reason_code);
  }
  if (filter.cursor !== undefined) {
    const [queuedAt = '', leadId = ''] = decodeCursor(filter.cursor, 2);
    query = query.where((where) =>
      where.or([
        where('unassigned_leads.queued_at', '>', queuedAt),
        where.and([
          where('unassigned_leads.queued_at', '=', queuedAt),
          where('unassigned_leads.lead_id', '>', leadId),
        ]),
      ]),
    );
  }
  const rows = await query
    .orderBy('unassigned_leads.queued_at')
    .orderBy('unassigned_leads.lead_id')
    .limit(filter.limit + 1)
    .execute();
  return pageOf(
    rows,
    filter.limit,
    (row) => [row.queued_at, row.id],
    ({ reason_code, reason, queued_at, last_tried_at, tries, ...lead }) => ({
      lead: toLead(lead),
      reason_code,
      reason,
      queued_at,
      last_tried_at,
      tries,
    }),
  );
}
