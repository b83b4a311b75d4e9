import { iso } from '../../core/clock.js';
import type { Store } from '../../db/store.js';
import { pausedQuery } from '../../delivery/pause.js';
import { reasonText } from '../components/labels.js';
import { address } from '../screen.js';
import { COUNT_CAP, countWaiting } from './queue.js';

/** Something that waits for a person, and where to see to it. */
export interface AttentionRow {
  text: string;
  href: string;
  /** At most COUNT_CAP + 1. */
  count: number;
}

/** Appointments of longer ago are no work any more. */
const UNSETTLED_MS = 30 * 24 * 3_600_000;

/** Waiting leads by reason, late callbacks, brokers that do not receive; what there is none of is left out. */
export async function readAttention(store: Store, now: number): Promise<AttentionRow[]> {
  const { db } = store;
  const late = await db
    .selectFrom('tasks')
    .select('id')
    .where('state', 'in', ['open', 'claimed', 'escalated'])
    .where('due_at', '<', iso(now))
    .limit(COUNT_CAP + 1)
    .execute();
  const shut = await db
    .selectFrom('broker_delivery_states')
    .select('id')
    .where('breaker_phase', '<>', 'closed')
    .limit(COUNT_CAP + 1)
    .execute();
  const unsettled = await db
    .selectFrom('appointments')
    .select('id')
    .where('scheduled_at', '<', iso(now))
    .where('scheduled_at', '>=', iso(now - UNSETTLED_MS))
    .where('status', '=', 'scheduled')
    .limit(COUNT_CAP + 1)
    .execute();
  const paused = await pausedQuery(store).executeTakeFirst();
  const providers = await db
    .selectFrom('providers')
    .select('name')
    .where('paused', 'is not', null)
    .execute();
  const failing = await db
    .selectFrom('subscriptions')
    .select('id')
    .where('ended_at', 'is', null)
    .where('failing_since', 'is not', null)
    .execute();
  const rows: AttentionRow[] = [
    ...(await countWaiting(store)).map(({ reason_code, count }) => ({
      text: `Leads without an order: ${reasonText(reason_code)}`,
      href: address('/unassigned', { reason: reason_code }),
      count,
    })),
    { text: 'Callback tasks that are late', href: '/tasks?view=overdue', count: late.length },
    {
      text: 'Appointments that nobody said the end of',
      href: '/appointments?view=unsettled',
      count: unsettled.length,
    },
    {
      text: 'All deliveries are paused by hand',
      href: '/deliveries',
      count: paused?.value === 'true' ? 1 : 0,
    },
    {
      text: 'Providers that are paused',
      href: '/settings/providers',
      count: providers.length,
    },
    {
      text: 'Subscriptions whose receiver does not answer',
      href: '/settings/subscriptions',
      count: failing.length,
    },
    { text: 'Brokers whose CRM does not receive', href: '/settings/providers', count: shut.length },
  ];
  return rows.filter(({ count }) => count > 0);
}
