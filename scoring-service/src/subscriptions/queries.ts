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
