import { iso } from '../../core/clock.js';
import type { Reader } from '../../db/reader.js';
import type { RoutingLead } from '../engine/index.js';
import type { Counted } from './starting-orders.js';
import type { LeadStep, Outcome, ReplayLead } from './types.js';

export interface Range {
  from: number;
  /** Exclusive. */
  to: number;
}

const PAGE = 1000;

const ROUTING_FIELDS = ['credit_score', 'funding_amount', 'vertical'] as const;

function fieldsOf(values: Partial<RoutingLead>): Partial<RoutingLead> {
  return Object.fromEntries(
    ROUTING_FIELDS.filter((field) => field in values).map((field) => [field, values[field]]),
  );
}

function inRange({ db }: Reader, { from, to }: Range) {
  return db
    .selectFrom('leads')
    .where('kind', '=', 'distribution')
    .where('created_at', '>=', iso(from))
    .where('created_at', '<', iso(to));
}

/** How many leads arrived in a range. Index: leads_by_arrival, which holds all it reads. */
export async function countLeads(reader: Reader, range: Range): Promise<number> {
  const { n } = await inRange(reader, range)
    .select((select) => select.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  return Number(n);
}

/**
 * Who held how many places when the range began, by order: for a monthly order those taken in
 * `period`. Looks at every assigned lead, so it belongs off the main thread.
 */
export async function countAssigned(
  { db }: Reader,
  from: number,
  period: string,
): Promise<Map<string, Counted>> {
  const rows = await db
    .selectFrom('leads')
    .where('assigned_order_id', 'is not', null)
    .where('assigned_at', '<', iso(from))
    .groupBy(['assigned_order_id', 'assigned_period'])
    .select((select) => [
      'assigned_order_id',
      'assigned_period',
      select.fn.countAll<number>().as('n'),
      select.fn.max('assigned_at').as('last'),
    ])
    .execute();
  const counted = new Map<string, Counted>();
  for (const row of rows) {
    const id = row.assigned_order_id ?? '';
    const known = counted.get(id);
    const counts = row.assigned_period === null || row.assigned_period === period;
    const last = row.last === null ? null : Date.parse(row.last);
    counted.set(id, {
      delivered: (known?.delivered ?? 0) + (counts ? Number(row.n) : 0),
      last_assigned_at: Math.max(known?.last_assigned_at ?? -Infinity, last ?? -Infinity),
    });
  }
  return counted;
}

/** What is stored about a lead's routing besides its row. */
interface Past {
  arrived: RoutingLead | null;
  steps: LeadStep[];
  decided: Outcome | null;
}

/**
 * Decisions and changes of some leads up to the end of the range. What people chose by hand is left
 * out: it cannot be replayed. Indexes: decisions_by_lead, activity_log_by_subject.
 */
async function readPasts(
  { db, anyOf }: Reader,
  ids: readonly string[],
  to: number,
): Promise<Map<string, Past>> {
  const decisions = await db
    .selectFrom('decisions')
    .select(['lead_id', 'at', 'status', 'order_id', 'reason_code', 'trigger', 'inputs'])
    .where(anyOf('lead_id', ids))
    .where('trigger', '<>', 'manual')
    .where('at', '<', iso(to))
    .orderBy('at')
    .orderBy('id')
    .execute();
  const changes = await db
    .selectFrom('activity_log')
    .select(['subject_id', 'at', 'after'])
    .where(anyOf('subject_id', ids))
    .where('action', '=', 'lead.updated')
    .where('at', '<', iso(to))
    .orderBy('at')
    .orderBy('id')
    .execute();

  const pasts = new Map<string, Past>();
  const pastOf = (id: string): Past => {
    const past = pasts.get(id) ?? { arrived: null, steps: [], decided: null };
    pasts.set(id, past);
    return past;
  };
  for (const { lead_id, at, trigger, inputs, status, order_id, reason_code } of decisions) {
    const past = pastOf(lead_id);
    past.decided = { status, order_id, reason_code: status === 'assigned' ? null : reason_code };
    if (trigger === 'intake') past.arrived = JSON.parse(inputs) as RoutingLead;
    if (trigger === 'reroute') past.steps.push({ at: Date.parse(at), fields: {}, asked: true });
  }
  for (const { subject_id, at, after } of changes) {
    const fields = fieldsOf(JSON.parse(after ?? '{}') as Partial<RoutingLead>);
    if (Object.keys(fields).length === 0) continue;
    pastOf(subject_id).steps.push({ at: Date.parse(at), fields, asked: false });
  }
  for (const { steps } of pasts.values()) steps.sort((a, b) => a.at - b.at);
  return pasts;
}

const NOT_DECIDED: Outcome = { status: 'unassigned', order_id: null, reason_code: null };

/**
 * The leads of a range as they arrived, in the order of arrival, page by page: what is in memory is
 * one page. Leads of one unit of work share a moment and are in the order of their ids.
 */
export async function* readLeads(reader: Reader, range: Range): AsyncGenerator<ReplayLead[]> {
  let position = 0;
  let after: { created_at: string; id: string } | undefined;
  for (;;) {
    let query = inRange(reader, range);
    if (after !== undefined) {
      const { created_at, id } = after;
      query = query
        .where('created_at', '>=', created_at)
        .where((where) => where.or([where('created_at', '>', created_at), where('id', '>', id)]));
    }
    // Index: leads_by_arrival; only leads of the same moment are sorted.
    const rows = await query
      .select(['id', 'created_at', 'broker_pool', ...ROUTING_FIELDS])
      .orderBy('created_at')
      .orderBy('id')
      .limit(PAGE)
      .execute();
    const ids = rows.map(({ id }) => id);
    const pasts =
      ids.length === 0 ? new Map<string, Past>() : await readPasts(reader, ids, range.to);
    if (rows.length > 0) {
      yield rows.map((row): ReplayLead => {
        const past = pasts.get(row.id);
        const { credit_score, funding_amount, vertical } = past?.arrived ?? row;
        position += 1;
        return {
          id: row.id,
          position,
          at: Date.parse(row.created_at),
          fields: { credit_score, funding_amount, vertical },
          broker_pool: row.broker_pool,
          steps: past?.steps ?? [],
          decided: past?.decided ?? NOT_DECIDED,
        };
      });
    }
    after = rows.at(-1);
    if (after === undefined || rows.length < PAGE) return;
  }
}
