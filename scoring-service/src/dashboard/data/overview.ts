import { sql } from 'kysely';

import { iso } from '../../core/clock.js';
import type { Store } from '../../db/store.js';
import type { Range } from './range.js';

export interface Outcomes {
  received: number;
  assigned: number;
  unassigned: number;
  rejected: number;
}

export interface Figures extends Outcomes {
  /** Mean total of the winners, or null without one. */
  averageScore: number | null;
  deliveriesSent: number;
  deliveriesFailed: number;
  /**
   * Median in ms from the assignment to the broker's system, and from a call or form to the
   * acknowledgement that was sent; of the newest SAMPLE of each.
   */
  timeToResponse: number | null;
}

export interface Overview {
  now: Figures;
  before: Figures;
  days: ({ day: string } & Outcomes)[];
}

const SAMPLE = 1000;
const OUTCOMES = ['received', 'assigned', 'unassigned', 'rejected'] as const;
const NONE: Outcomes = { received: 0, assigned: 0, unassigned: 0, rejected: 0 };

/** One span counted in one walk of the index leads_by_arrival, which holds all that is asked for. */
function countSpan(at: number, from: number, to: number) {
  return sql<CountedSpan>`select ${sql.lit(at)} as span, count(*) as received,
    count(*) filter (where status = 'assigned') as assigned,
    count(*) filter (where status = 'unassigned') as unassigned,
    count(*) filter (where status = 'rejected') as rejected
    from leads where created_at >= ${iso(from)} and created_at < ${iso(to)} and kind = 'distribution'`;
}

type CountedSpan = Record<'span' | keyof Outcomes, number | string>;

/** Leads of consecutive spans, in their order. */
async function countSpans(
  store: Store,
  spans: readonly (readonly [from: number, to: number])[],
): Promise<Outcomes[]> {
  const { rows } = await sql<CountedSpan>`${sql.join(
    spans.map(([from, to], at) => countSpan(at, from, to)),
    sql` union all `,
  )}`.execute(store.db);
  return [...rows]
    .sort((a, b) => Number(a.span) - Number(b.span))
    .map((row) => ({
      received: Number(row.received),
      assigned: Number(row.assigned),
      unassigned: Number(row.unassigned),
      rejected: Number(row.rejected),
    }));
}

async function figures(
  store: Store,
  from: number,
  to: number,
  outcomes: Outcomes,
): Promise<Figures> {
  const { db } = store;
  const within = [iso(from), iso(to)] as const;
  // Index: decisions_by_time.
  const scores = await db
    .selectFrom('decisions')
    .select((select) => select.fn.avg<number | null>('score').as('average'))
    .where('at', '>=', within[0])
    .where('at', '<', within[1])
    .where('status', '=', 'assigned')
    .executeTakeFirst();
  // Index: deliveries_by_arrival.
  const deliveries = await db
    .selectFrom('deliveries')
    .select(['status', (select) => select.fn.countAll<number>().as('n')])
    .where('created_at', '>=', within[0])
    .where('created_at', '<', within[1])
    .groupBy('status')
    .execute();
  const sent = await db
    .selectFrom('deliveries')
    .select(['created_at', 'sent_at'])
    .where('created_at', '>=', within[0])
    .where('created_at', '<', within[1])
    .where('status', '=', 'sent')
    .orderBy('created_at', 'desc')
    .limit(SAMPLE)
    .execute();
  // Index: messages_by_arrival.
  const acknowledged = await db
    .selectFrom('messages')
    .select(['created_at', 'sent_at'])
    .where('created_at', '>=', within[0])
    .where('created_at', '<', within[1])
    .where('kind', '=', 'acknowledgement')
    .where('sent_at', 'is not', null)
    .orderBy('created_at', 'desc')
    .limit(SAMPLE)
    .execute();
  const times = [...sent, ...acknowledged]
    .flatMap((row) =>
      row.sent_at === null ? [] : [Date.parse(row.sent_at) - Date.parse(row.created_at)],
    )
    .sort((a, b) => a - b);
  const count = (status: string): number =>
    Number(deliveries.find((row) => row.status === status)?.n ?? 0);
  const average = scores?.average;
  return {
    ...outcomes,
    averageScore: average === null || average === undefined ? null : Number(average),
    deliveriesSent: count('sent'),
    deliveriesFailed: count('failed'),
    timeToResponse: times[Math.floor(times.length / 2)] ?? null,
  };
}

/** The figures of a span, day by day in the service's zone, and those of the span before. */
export async function readOverview(store: Store, range: Range): Promise<Overview> {
  const starts = [...range.days.map(({ start }) => start), range.to];
  const [before = NONE, ...counted] = await countSpans(store, [
    [range.previousFrom, range.from],
    ...range.days.map(({ start }, at) => [start, starts[at + 1] ?? range.to] as const),
  ]);
  const total = { ...NONE };
  for (const day of counted) {
    for (const name of OUTCOMES) total[name] += day[name];
  }
  return {
    now: await figures(store, range.from, range.to, total),
    before: await figures(store, range.previousFrom, range.from, before),
    days: range.days.map(({ day }, at) => ({ day, ...(counted[at] ?? NONE) })),
  };
}
