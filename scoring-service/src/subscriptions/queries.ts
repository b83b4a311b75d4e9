import { notFound } from '../core/errors.js';
import { decodeCursor, pageOf, type Page } from '../core/paging.js';
import type { Store } from '../db/store.js';
import {
  toSubscription,
  type Subscription,
  type SubscriptionStatus,
} from './subscription-schema.js';

/** One subscription, ended ones too. @throws 404 `not_found` */
export async function getSubscription(
  store: Store,
  id: string,
  now: string,
): Promise<Subscription> {
  const row = await store.db
    .selectFrom('subscriptions')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw notFound('subscription', id);
  return toSubscription(row, now);
}

/** Subscriptions of one status, newest first. */
export async function listSubscriptions(
  store: Store,
  query: { status: SubscriptionStatus; limit: number; cursor?: string },
  now: string,
): Promise<Page<Subscription>> {
  let select = store.db.selectFrom('subscriptions').selectAll();
  select =
    query.status === 'active'
      ? select
          .where('ended_at', 'is', null)
          .where((where) =>
            where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]),
          )
      : select.where((where) =>
          where.or([where('ended_at', 'is not', null), where('expires_at', '<=', now)]),
        );
  if (query.cursor !== undefined) {
    select = select.where('id', '<', decodeCursor(query.cursor, 1)[0] ?? '');
  }
  const rows = await select
    .orderBy('id', 'desc')
    .limit(query.limit + 1)
    .execute();
  return pageOf(
    rows,
    query.limit,
    (row) => [row.id],
    (row) => toSubscription(row, now),
  );
}

/** What is on its way to a subscription: under way now, or to be tried again. */
export interface HandOn {
  id: string;
  event_type: string;
  occurred_at: string;
  attempts_made: number;
  /** When it is tried next; while an attempt runs, when that counts as lost. */
  due_at: string;
  running: boolean;
}

/** Hand-ons to a subscription, the next one first. Index: hand_ons_due. */
export async function listHandOns(store: Store, id: string, limit: number): Promise<HandOn[]> {
  const rows = await store.db
    .selectFrom('hand_ons')
    .innerJoin('events', 'events.seq', 'hand_ons.event_seq')
    .select([
      'hand_ons.id',
      'hand_ons.attempts_made',
      'hand_ons.due_at',
      'hand_ons.claim_id',
      'events.type as event_type',
      'events.occurred_at',
    ])
    .where('hand_ons.subscription_id', '=', id)
    .orderBy('hand_ons.due_at')
    .orderBy('hand_ons.event_seq')
    .limit(limit)
    .execute();
  return rows.map(({ claim_id, ...row }) => ({ ...row, running: claim_id !== null }));
}
