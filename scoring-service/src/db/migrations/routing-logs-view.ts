import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';

import type { DialectName } from '../store.js';

/**
 * The filters in the order of their bits. This list is frozen with the migration: decisions
 * already stored were written with these bits.
 */
const FILTER_CODES = [
  'order_not_active',
  'broker_not_active',
  'no_capacity',
  'vertical_mismatch',
  'credit_tier_680',
  'credit_below_minimum',
  'loan_below_minimum',
  'loan_above_maximum',
] as const;

/** Positions in a stored row; the last eight are absent for an order that was not eligible. */
const COLUMNS = [
  ['leads_delivered', 1, 'integer'],
  ['leads_remaining', 2, 'integer'],
  ['last_assigned_at_ms', 3, 'bigint'],
  ['fill_rate', 4, 'double'],
] as const;
const SCORES = [
  ['credit_fit', 5],
  ['capacity', 6],
  ['tier_match', 7],
  ['loan_fit', 8],
  ['priority_bonus', 9],
  ['urgency_bonus', 10],
  ['total', 11],
] as const;

/** What a mask of failed filters says, as columns. */
export function maskColumns(mask: string): string[] {
  const reason = FILTER_CODES.map(
    (code, bit) => `when (${mask} & ${1 << bit}) <> 0 then '${code}'`,
  );
  const failed = FILTER_CODES.map(
    (code, bit) => `case when (${mask} & ${1 << bit}) <> 0 then '${code},' else '' end`,
  );
  return [
    `case when ${mask} = 0 then 1 else 0 end as eligible`,
    `case ${reason.join(' ')} end as reason`,
    `rtrim(${failed.join(' || ')}, ',') as failed_filters`,
  ];
}

function body(cell: (index: number, type: 'integer' | 'bigint' | 'double') => string): string {
  return [
    ...maskColumns(cell(0, 'integer')),
    ...COLUMNS.map(([name, index, type]) => `${cell(index, type)} as ${name}`),
    ...SCORES.map(([name, index]) => `coalesce(${cell(index, 'double')}, 0) as ${name}`),
  ].join(',\n  ');
}

/** The rows of decisions that hold everything themselves. */
export function fullRows(dialect: DialectName): string {
  if (dialect === 'sqlite') {
    const order = (index: number): string =>
      `json_extract(s.orders, '$[' || r.key || '][${index}]')`;
    return `select
  d.id as decision_id, d.lead_id, d.at, d.trigger,
  ${order(0)} as order_id, ${order(1)} as order_version, ${order(2)} as broker_id,
  ${body((index) => `json_extract(r.value, '$[${index}]')`)},
  case when d.status = 'assigned' and d.order_id = ${order(0)} then 1 else 0 end as selected
from decisions d join considered_sets s on s.id = d.set_id, json_each(d.rows) r`;
  }
  const types = { integer: 'integer', bigint: 'bigint', double: 'double precision' } as const;
  const order = (index: number): string =>
    `(s.orders::jsonb -> (r.position - 1)::integer ->> ${index})`;
  return `select
  d.id as decision_id, d.lead_id, d.at, d.trigger,
  ${order(0)} as order_id, ${order(1)}::integer as order_version, ${order(2)} as broker_id,
  ${body((index, type) => `(r.value ->> ${index})::${types[type]}`)},
  case when d.status = 'assigned' and d.order_id = ${order(0)} then 1 else 0 end as selected
from decisions d join considered_sets s on s.id = d.set_id
cross join lateral jsonb_array_elements(d.rows::jsonb) with ordinality as r (value, position)`;
}

/** One row per order considered, per decision: the audit in SQL, the same on both databases. */
export function routingLogsView(dialect: DialectName): RawBuilder<unknown> {
  return sql.raw(`create view routing_logs as ${fullRows(dialect)}`);
}
