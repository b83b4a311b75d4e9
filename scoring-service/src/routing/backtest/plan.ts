import type { Kysely } from 'kysely';

import { iso } from '../../core/clock.js';
import { invalid } from '../../core/errors.js';
import type { Database } from '../../db/schema.js';
import { newMonth } from '../../orders/new-month.js';
import { orderProblems } from '../../orders/order-schema.js';
import { createPeriods } from '../../orders/period.js';
import type { RoutingRules } from '../engine/index.js';
import { routingOrder } from '../order-row.js';
import { inlineOrder } from '../simulate-schema.js';
import type { BacktestRequest } from './answer-schema.js';
import { comparesWith, type BacktestInput, type InlineBacktestOrder } from './request-schema.js';
import { changedOrder } from './starting-orders.js';
import type { BacktestOrder, BacktestPlan, OrderChange, ReplayRules } from './types.js';

const FIRST_CHANGES = 10;

/** What holds in the service when a backtest is asked for. */
export interface PlanDeps {
  db: Kysely<Database>;
  now: number;
  rules: RoutingRules;
  replay: ReplayRules;
}

/** Every order as it stands now, with a month that has begun meanwhile. Cancelled ones only if named. */
async function readOrders({ db, now, replay }: PlanDeps, named: ReadonlySet<string>) {
  const period = createPeriods(replay.timezone).of(now);
  const rows = await db
    .selectFrom('orders')
    .innerJoin('brokers', 'brokers.id', 'orders.broker_id')
    .selectAll('orders')
    .select('brokers.assignment_status')
    .orderBy('orders.id')
    .execute();
  return rows
    .filter(({ id, status }) => status !== 'cancelled' || named.has(id))
    .map((row): BacktestOrder => ({
      ...routingOrder(row, row.assignment_status),
      broker_id: row.broker_id,
      name: row.name,
      order_type: row.order_type,
      completed_by: row.completed_by,
      period: row.period,
      ...newMonth(row, period),
    }));
}

function sentOrder(input: InlineBacktestOrder, period: string): BacktestOrder {
  const monthly = input.order_type === 'monthly';
  return {
    ...inlineOrder(input),
    broker_id: input.broker_id ?? null,
    name: input.name ?? null,
    order_type: input.order_type,
    period: monthly ? (input.period ?? period) : null,
    completed_by: input.status === 'completed' ? input.completed_by : null,
  };
}

/** What is wrong with orders that are named, by field. */
function problemsOf(input: BacktestInput, live: readonly BacktestOrder[]): Record<string, string> {
  const byId = new Map(live.map((order) => [order.id, order]));
  const problems: Record<string, string> = {};
  input.counters?.forEach(({ order_id }, index) => {
    if (!byId.has(order_id)) problems[`counters.${index}.order_id`] = 'names no order';
  });
  input.changes?.forEach((change, index) => {
    const order = byId.get(change.order_id);
    if (order === undefined) {
      problems[`changes.${index}.order_id`] = 'names no order';
      return;
    }
    // A total below what was delivered is no mistake here: the counters may begin elsewhere.
    const { loan_min } = orderProblems({ ...changedOrder(order, change), bonus_mode: true });
    if (loan_min !== undefined) problems[`changes.${index}.loan_min`] = loan_min;
  });
  for (const list of ['orders', 'additions'] as const) {
    input[list]?.forEach((order, index) => {
      const { loan_min } = orderProblems({ ...inlineOrder(order), bonus_mode: true });
      if (loan_min !== undefined) problems[`${list}.${index}.loan_min`] = loan_min;
      if (list === 'additions' && byId.has(order.id)) {
        problems[`additions.${index}.id`] = 'is the id of a live order';
      }
    });
  }
  return problems;
}

/**
 * What is to be run, with the orders as they stand now, so that a run that waits or begins again
 * comes to the same. Errors: 400 for orders that do not exist or contradict themselves.
 */
export async function makePlan(input: BacktestInput, deps: PlanDeps): Promise<BacktestPlan> {
  const { from } = input;
  const to = Math.min(input.to ?? deps.now, deps.now);
  if (to <= from) {
    const field = input.to === undefined || from >= deps.now ? 'from' : 'to';
    throw invalid({ [field]: 'must leave a range in the past' });
  }
  const compare_with = comparesWith(input);
  const changes: OrderChange[] = input.changes ?? [];
  const named = new Set(changes.map(({ order_id }) => order_id));
  const live = await readOrders(deps, named);
  const problems = problemsOf(input, live);
  if (Object.keys(problems).length > 0) throw invalid(problems);
  const period = createPeriods(deps.replay.timezone).of(from);
  return {
    from,
    to,
    start: input.start,
    counters: input.counters ?? [],
    compare_with,
    live,
    orders: input.orders?.map((order) => sentOrder(order, period)) ?? null,
    changes,
    additions: (input.additions ?? []).map((order) => sentOrder(order, period)),
    baseline_rules: deps.rules,
    proposed_rules: { credit_floor: input.credit_floor ?? deps.rules.credit_floor },
    replay: deps.replay,
  };
}

/** What was asked, as every answer repeats it. */
export function requestOf(plan: BacktestPlan): BacktestRequest {
  return {
    from: iso(plan.from),
    to: iso(plan.to),
    start: plan.start,
    compare_with: plan.compare_with,
    credit_floor: plan.proposed_rules.credit_floor,
    counters: plan.counters.length,
    orders: plan.orders?.length ?? null,
    changes: plan.changes.length,
    first_changes: plan.changes.slice(0, FIRST_CHANGES),
    additions: plan.additions.length,
  };
}
