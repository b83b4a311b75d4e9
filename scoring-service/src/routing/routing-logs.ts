import { iso } from '../core/clock.js';
import {
  decodeCursor,
  encodeCursor,
  invalidCursor,
  newestPage,
  type Page,
  type Paging,
} from '../core/paging.js';
import type { Store } from '../db/store.js';
import type { DecisionsTable } from '../db/tables/routing.js';
import { decodeFullRows } from './assignment/full-rows.js';
import { decodeRows, type DecodedRow } from './assignment/log-rows.js';
import { decodeStates } from './assignment/order-states.js';
import {
  expandDecision,
  prepareOrders,
  type ConsideredOrder,
  type RoutingLead,
  type RoutingOrder,
} from './engine/index.js';

/** One order considered in one decision, with all there is to say about it. */
export type RoutingLogEntry = ConsideredOrder & { decision_id: string; broker_id: string };

type OrderConfig = Pick<
  RoutingOrder,
  | 'verticals'
  | 'credit_score_min'
  | 'loan_min'
  | 'loan_max'
  | 'total_leads'
  | 'bonus_mode'
  | 'priority'
>;

/** Bits of the two filters that tell a status (see the engine's FILTERS). */
const ORDER_NOT_ACTIVE = 1;
const BROKER_NOT_ACTIVE = 2;

function orderAsSeen(id: string, config: OrderConfig, row: DecodedRow): RoutingOrder {
  return {
    id,
    status: (row.mask & ORDER_NOT_ACTIVE) === 0 ? 'active' : 'paused',
    broker_status: (row.mask & BROKER_NOT_ACTIVE) === 0 ? 'active' : 'paused',
    verticals: config.verticals,
    credit_score_min: config.credit_score_min,
    loan_min: config.loan_min,
    loan_max: config.loan_max,
    total_leads: config.total_leads,
    leads_delivered: row.leads_delivered,
    leads_remaining: row.leads_remaining,
    bonus_mode: config.bonus_mode,
    priority: config.priority,
    last_assigned_at: row.last_assigned_at,
  };
}

async function readConfigs(
  store: Store,
  wanted: readonly (readonly [string, number, string])[],
): Promise<Map<string, OrderConfig>> {
  const rows = await store.db
    .selectFrom('order_versions')
    .select(['order_id', 'version', 'config'])
    .where(
      store.anyOf(
        'order_id',
        wanted.map(([id]) => id),
      ),
    )
    .execute();
  return new Map(
    rows.map((row) => [`${row.order_id}:${row.version}`, JSON.parse(row.config) as OrderConfig]),
  );
}

/** The numbers of every order of a decision, in the order of its set. */
async function readRows(
  store: Store,
  { snapshot_id, changes, rows }: DecisionsTable,
): Promise<DecodedRow[]> {
  if (snapshot_id === null) return decodeFullRows(rows);
  const { states } = await store.db
    .selectFrom('order_snapshots')
    .select('states')
    .where('id', '=', snapshot_id)
    .executeTakeFirstOrThrow();
  return decodeRows(rows, decodeStates(states, changes ?? '{}'));
}

/**
 * Spells a stored decision out: the orders are rebuilt as they stood (their version's settings and
 * the counters kept with the decision), and the engine explains them from the stored scores.
 */
async function explain(store: Store, decision: DecisionsTable): Promise<RoutingLogEntry[]> {
  if (decision.set_id === null) return [];
  const set = await store.db
    .selectFrom('considered_sets')
    .select('orders')
    .where('id', '=', decision.set_id)
    .executeTakeFirst();
  if (set === undefined) return [];
  const orders = JSON.parse(set.orders) as [string, number, string][];
  const rows = await readRows(store, decision);
  const configs = await readConfigs(store, orders);
  const seen = orders.map(([id, version], position) => {
    const config = configs.get(`${id}:${version}`);
    const row = rows[position];
    if (config === undefined || row === undefined) {
      throw new Error('A decision names an order version that is not kept.');
    }
    return orderAsSeen(id, config, row);
  });
  const inputs = JSON.parse(decision.inputs) as RoutingLead & { credit_floor: number };
  const considered = expandDecision(
    {
      status: decision.status,
      winner: orders.findIndex(([id]) => id === decision.order_id),
      considered: orders.length,
      masks: rows.map((row) => row.mask),
      scores: rows.flatMap((row) => row.scores),
      fills: rows.map((row) => row.fill_rate),
    },
    prepareOrders(seen),
    inputs,
    { credit_floor: inputs.credit_floor },
  );
  const brokerOf = new Map(orders.map(([id, , brokerId]) => [id, brokerId]));
  return considered.map((entry) => ({
    ...entry,
    decision_id: decision.id,
    broker_id: brokerOf.get(entry.order_id) ?? '',
  }));
}

/**
 * Every order considered in every decision of a lead: the newest decision first, within one the
 * eligible orders by rank, then the others by id.
 */
export async function listRoutingLogs(
  store: Store,
  leadId: string,
  filter: { limit: number; cursor?: string; decision_id?: string },
): Promise<Page<RoutingLogEntry>> {
  const [fromDecision, skipText = '0'] =
    filter.cursor === undefined ? [] : decodeCursor(filter.cursor, 2);
  if (!/^\d{1,9}$/.test(skipText)) throw invalidCursor();
  let query = store.db.selectFrom('decisions').selectAll().where('lead_id', '=', leadId);
  if (filter.decision_id !== undefined) query = query.where('id', '=', filter.decision_id);
  if (fromDecision !== undefined) query = query.where('id', '<=', fromDecision);
  const decisions = await query.orderBy('id', 'desc').execute();
  const data: RoutingLogEntry[] = [];
  let skip = Number(skipText);
  for (const decision of decisions) {
    const entries = await explain(store, decision);
    const rest = entries.slice(skip);
    const room = filter.limit - data.length;
    if (rest.length > room) {
      data.push(...rest.slice(0, room));
      return { data, next_cursor: encodeCursor([decision.id, String(skip + room)]) };
    }
    data.push(...rest);
    skip = 0;
  }
  return { data, next_cursor: null };
}

/** A routing log with what is known of its decision, for reading the logs of many leads. */
export type DecisionLogEntry = RoutingLogEntry &
  Pick<DecisionsTable, 'lead_id' | 'at' | 'trigger'> & {
    decision_status: DecisionsTable['status'];
  };

/** The routing logs of `limit` decisions, the newest decision first; moments as in other lists. */
export async function listDecisionLogs(
  store: Store,
  filter: Paging & { since?: number; until?: number },
): Promise<Page<DecisionLogEntry>> {
  let query = store.db.selectFrom('decisions').selectAll();
  if (filter.since !== undefined) query = query.where('at', '>=', iso(filter.since));
  if (filter.until !== undefined) query = query.where('at', '<', iso(filter.until));
  const page = await newestPage(query, filter, (row) => row);
  const data: DecisionLogEntry[] = [];
  for (const decision of page.data) {
    const { lead_id, at, trigger, status } = decision;
    for (const entry of await explain(store, decision)) {
      data.push({ lead_id, at, trigger, decision_status: status, ...entry });
    }
  }
  return { data, next_cursor: page.next_cursor };
}
