import { sql } from 'kysely';

import type { Store } from '../../scoring-service/src/db/store.js';
import type { TestService } from './service.js';

interface Rows<T> {
  rows: T[];
}

async function select<T>(store: Store, text: string): Promise<T[]> {
  const result: Rows<T> = await sql.raw<T>(text).execute(store.db);
  return result.rows;
}

/**
 * What must hold between orders, leads, decisions and the queue at any moment, on any database;
 * the list of what does not. For orders that began with no leads.
 *
 * A reassignment frees a slot only within the period in which it was taken, so the leads that an
 * order counts are exactly those that are assigned to it with its current period.
 */
export async function inconsistencies(store: Store): Promise<string[]> {
  const found: string[] = [];
  const orders = await select<{
    id: string;
    status: string;
    completed_by: string | null;
    total_leads: number;
    leads_delivered: number;
    leads_remaining: number;
    bonus_mode: number;
    assigned: number | string;
  }>(
    store,
    `select o.id, o.status, o.completed_by, o.total_leads, o.leads_delivered, o.leads_remaining, o.bonus_mode,
      (select count(*) from leads l where l.assigned_order_id = o.id
        and coalesce(l.assigned_period, '') = coalesce(o.period, '')) as assigned
     from orders o`,
  );
  for (const order of orders) {
    if (Number(order.assigned) !== order.leads_delivered) {
      found.push(
        `order ${order.id} counts ${order.leads_delivered} leads, has ${String(order.assigned)}`,
      );
    }
    if (order.leads_remaining !== Math.max(0, order.total_leads - order.leads_delivered)) {
      found.push(
        `order ${order.id} has ${order.leads_remaining} of ${order.total_leads} left after ${order.leads_delivered}`,
      );
    }
    const usedUp = order.leads_remaining === 0 && order.bonus_mode === 0;
    if (usedUp && order.status === 'active') found.push(`order ${order.id} is used up and active`);
    if (!usedUp && order.status === 'completed' && order.completed_by === 'system') {
      found.push(`order ${order.id} was completed by the system and has room`);
    }
  }
  const nothing: [string, string][] = [
    [
      'assigned lead without a full assignment, or another one with a trace of it',
      `select id from leads where (status = 'assigned') <> (assigned_order_id is not null)
        or (assigned_order_id is null) <> (assigned_broker_id is null)
        or (assigned_order_id is null) <> (assigned_at is null)`,
    ],
    [
      'lead whose broker is not the one of its order',
      `select l.id from leads l join orders o on o.id = l.assigned_order_id where o.broker_id <> l.assigned_broker_id`,
    ],
    [
      'lead whose newest decision says something else',
      `select l.id from leads l
        join decisions d on d.lead_id = l.id
        where d.id = (select max(x.id) from decisions x where x.lead_id = l.id)
          and (d.status <> l.status or coalesce(d.order_id, '') <> coalesce(l.assigned_order_id, ''))`,
    ],
    [
      'lead without a decision',
      `select l.id from leads l where l.kind = 'distribution' and not exists (select 1 from decisions d where d.lead_id = l.id)`,
    ],
    [
      'lead in the queue that does not wait, or the reverse',
      `select l.id from leads l left join unassigned_leads u on u.lead_id = l.id
        where l.kind = 'distribution' and (l.status = 'unassigned') <> (u.lead_id is not null)`,
    ],
    [
      'place in the queue without a lead',
      `select u.lead_id as id from unassigned_leads u where not exists (select 1 from leads l where l.id = u.lead_id)`,
    ],
    [
      'lead without its payload',
      `select l.id from leads l where not exists (select 1 from source_events s where s.lead_id = l.id and s.kind = 'intake')`,
    ],
    [
      'contact with two leads',
      `select ghl_contact_id as id from leads where kind = 'distribution' group by ghl_contact_id having count(*) > 1`,
    ],
    [
      'decision with a missing or doubled routing log',
      `select d.id from decisions d where d.considered_count <> (select count(*) from routing_logs r where r.decision_id = d.id)`,
    ],
    [
      'decision whose set or snapshot is not stored',
      `select d.id from decisions d
        left join considered_sets s on s.id = d.set_id left join order_snapshots n on n.id = d.snapshot_id
        where d.considered_count > 0 and (s.id is null or n.id is null or n.set_id <> d.set_id)`,
    ],
    [
      'decision that selected another order than its own',
      `select d.id from decisions d where d.considered_count > 0 and
        (select count(*) from routing_logs r where r.decision_id = d.id and r.selected = 1 and r.order_id = d.order_id)
        <> (case when d.status = 'assigned' then 1 else 0 end)`,
    ],
    [
      'live delivery of a lead to an order that does not have it',
      `select v.id from deliveries v join leads l on l.id = v.lead_id
        where v.status <> 'cancelled' and v.order_id <> coalesce(l.assigned_order_id, '')`,
    ],
    [
      'lead with two live deliveries',
      `select lead_id as id from deliveries where status <> 'cancelled' group by lead_id, channel having count(*) > 1`,
    ],
  ];
  for (const [what, text] of nothing) {
    for (const { id } of await select<{ id: string }>(store, text)) found.push(`${what}: ${id}`);
  }
  return found;
}

export interface LogEntry {
  decision_id: string;
  broker_id: string;
  order_id: string;
  eligible: boolean;
  reason: string | null;
  failed_filters: string[];
  score: Record<string, number>;
  fill_rate: number;
  selected: boolean;
}

/** The routing logs of a lead as the API answers them, all pages. */
export async function apiLogs(service: TestService, leadId: string): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  let cursor: string | null = null;
  do {
    const page: { status: number; body: { data: LogEntry[]; next_cursor: string | null } } =
      await service.get(
        `/api/leads/${leadId}/routing-logs?limit=3${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
    if (page.status !== 200) throw new Error(`routing logs answered ${page.status}`);
    entries.push(...page.body.data);
    cursor = page.body.next_cursor;
  } while (cursor !== null);
  return entries;
}

const SCORES = [
  'credit_fit',
  'capacity',
  'tier_match',
  'loan_fit',
  'priority_bonus',
  'urgency_bonus',
  'total',
] as const;

/** The routing logs of a lead in the same shape, from the SQL view. */
export async function viewLogs(store: Store, leadId: string): Promise<LogEntry[]> {
  const rows = await sql<Record<string, string | number | null>>`
    select * from routing_logs where lead_id = ${leadId}`.execute(store.db);
  return rows.rows.map((row) => ({
    decision_id: String(row.decision_id),
    broker_id: String(row.broker_id),
    order_id: String(row.order_id),
    eligible: row.eligible === 1,
    reason: row.reason as string | null,
    failed_filters: String(row.failed_filters)
      .split(',')
      .filter((code) => code !== ''),
    score: Object.fromEntries(SCORES.map((name) => [name, row[name] as number])),
    fill_rate: row.fill_rate as number,
    selected: row.selected === 1,
  }));
}

const place = (entry: LogEntry): string => `${entry.decision_id} ${entry.order_id}`;

/** Entries by decision and order, without what only the API adds. */
export function comparable(entries: readonly LogEntry[]): LogEntry[] {
  return entries
    .map((entry) => ({
      decision_id: entry.decision_id,
      broker_id: entry.broker_id,
      order_id: entry.order_id,
      eligible: entry.eligible,
      reason: entry.reason,
      failed_filters: entry.failed_filters,
      score: entry.score,
      fill_rate: entry.fill_rate,
      selected: entry.selected,
    }))
    .sort((a, b) => (place(a) < place(b) ? -1 : 1));
}
