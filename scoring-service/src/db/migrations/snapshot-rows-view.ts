import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';

import type { DialectName } from '../store.js';
import { fullRows, maskColumns } from './routing-logs-view.js';

/** Positions in a stored state. Frozen with the migration, as decisions are written with them. */
const STATE = [
  ['leads_delivered', 1, 'integer'],
  ['leads_remaining', 2, 'integer'],
  ['last_assigned_at_ms', 3, 'bigint'],
  ['fill_rate', 4, 'double precision'],
] as const;

/** Where each component is kept: in the state of the order, or in the points for the lead. */
const COMPONENTS = [
  ['credit_fit', 'points', 0],
  ['capacity', 'state', 5],
  ['tier_match', 'points', 1],
  ['loan_fit', 'points', 2],
  ['priority_bonus', 'state', 6],
  ['urgency_bonus', 'state', 7],
] as const;

interface Cells {
  mask: string;
  state(index: number, type: string): string;
  points(index: number): string;
}

function columns({ mask, state, points }: Cells): string {
  const component = (place: 'points' | 'state', index: number): string =>
    place === 'points' ? points(index) : state(index, 'double precision');
  const ifEligible = (value: string): string => `case when ${mask} = 0 then ${value} else 0 end`;
  // Added up from left to right, as the engine does: the same double comes out.
  const total = COMPONENTS.map(([, place, index]) => component(place, index)).join(' + ');
  return [
    ...maskColumns(mask),
    ...STATE.map(([name, index, type]) => `${state(index, type)} as ${name}`),
    ...COMPONENTS.map(
      ([name, place, index]) => `${ifEligible(component(place, index))} as ${name}`,
    ),
    `${ifEligible(total)} as total`,
  ].join(',\n  ');
}

/**
 * The rows of decisions that name a snapshot. SQLite has no lateral subqueries: a one-element array
 * under json_each gives a value a name, so that it is looked up once per row.
 */
function snapshotRows(dialect: DialectName): string {
  if (dialect === 'sqlite') {
    const order = (index: number): string => `json_extract(o.value, '$[${index}]')`;
    return `select
  d.id as decision_id, d.lead_id, d.at, d.trigger,
  ${order(0)} as order_id, ${order(1)} as order_version, ${order(2)} as broker_id,
  ${columns({
    mask: 'm.value',
    state: (index) => `json_extract(t.value, '$[${index}]')`,
    points: (index) => `json_extract(d.rows, '$.points[' || c.value || '][${index}]')`,
  })},
  case when d.status = 'assigned' and d.order_id = ${order(0)} then 1 else 0 end as selected
from decisions d
join considered_sets s on s.id = d.set_id
join order_snapshots n on n.id = d.snapshot_id,
json_each(s.orders) o,
json_each(json_array(json(coalesce(
  json_extract(d.changes, '$."' || o.key || '"'), json_extract(n.states, '$[' || o.key || ']')
)))) t,
json_each(json_array(json_extract(d.rows, '$.orders[' || o.key || ']'))) c,
json_each(json_array(json_extract(t.value, '$[0]') | max(-coalesce(c.value, 0), 0))) m`;
  }
  return `select
  d.id as decision_id, d.lead_id, d.at, d.trigger,
  o.listed ->> 0 as order_id, (o.listed ->> 1)::integer as order_version, o.listed ->> 2 as broker_id,
  ${columns({
    mask: 'm.mask',
    state: (index, type) => `(v.state ->> ${index})::${type}`,
    points: (index) => `(j.rows -> 'points' -> v.code ->> ${index})::double precision`,
  })},
  case when d.status = 'assigned' and d.order_id = o.listed ->> 0 then 1 else 0 end as selected
from decisions d
join considered_sets s on s.id = d.set_id
join order_snapshots n on n.id = d.snapshot_id
cross join lateral (select d.rows::jsonb as rows, d.changes::jsonb as changes offset 0) j
cross join lateral rows from (
  jsonb_array_elements(s.orders::jsonb),
  jsonb_array_elements(n.states::jsonb),
  jsonb_array_elements(j.rows -> 'orders')
) with ordinality as o (listed, state, code, position)
cross join lateral (
  select coalesce(j.changes -> (o.position - 1)::text, o.state) as state,
    (o.code #>> '{}')::integer as code
) v
cross join lateral (select (v.state ->> 0)::integer | greatest(-v.code, 0) as mask) m`;
}

/** One row per order considered, per decision, whichever way the decision is stored. */
export function routingLogsViewWithSnapshots(dialect: DialectName): RawBuilder<unknown> {
  return sql.raw(
    `create view routing_logs as ${snapshotRows(dialect)}\nunion all\n${fullRows(dialect)}\nwhere d.snapshot_id is null`,
  );
}
