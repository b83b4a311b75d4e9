import type { Store } from '../db/store.js';
import { MOST, parsed, type TimelineEntry } from './timeline-entry.js';

/** Links to other leads, and suggestions to merge with them. */
export async function relations(store: Store, ids: readonly string[]): Promise<TimelineEntry[]> {
  const links = await store.db
    .selectFrom('lead_links')
    .selectAll()
    .where((where) => where.or([store.anyOf('lead_id', ids), store.anyOf('other_lead_id', ids)]))
    .limit(MOST)
    .execute();
  const suggestions = await store.db
    .selectFrom('merge_suggestions')
    .selectAll()
    .where((where) => where.or([store.anyOf('lead_id', ids), store.anyOf('other_lead_id', ids)]))
    .limit(MOST)
    .execute();
  return [
    ...links.map(({ id, created_at, ...link }): TimelineEntry => ({
      id,
      at: created_at,
      type: 'link',
      data: link,
    })),
    ...suggestions.map(
      ({ id, created_at, pair_key: _pair, decided_by, ...suggestion }): TimelineEntry => ({
        id,
        at: created_at,
        type: 'merge_suggestion',
        data: { ...suggestion, decided_by: parsed(decided_by) },
      }),
    ),
  ];
}

/** Decisions, deliveries and their attempts. */
export async function routed(store: Store, ids: readonly string[]): Promise<TimelineEntry[]> {
  const decisions = await store.db
    .selectFrom('decisions')
    .select([
      'id',
      'at',
      'lead_id',
      'status',
      'order_id',
      'broker_id',
      'reason_code',
      'reason',
      'trigger',
      'considered_count',
    ])
    .where(store.anyOf('lead_id', ids))
    .limit(MOST)
    .execute();
  const deliveries = await store.db
    .selectFrom('deliveries')
    .select([
      'id',
      'created_at',
      'lead_id',
      'broker_id',
      'order_id',
      'channel',
      'status',
      'reason_code',
      'release_at',
      'next_attempt_at',
      'sent_at',
    ])
    .where(store.anyOf('lead_id', ids))
    .limit(MOST)
    .execute();
  const attempts =
    deliveries.length === 0
      ? []
      : await store.db
          .selectFrom('delivery_attempts')
          .selectAll()
          .where(
            store.anyOf(
              'delivery_id',
              deliveries.map(({ id }) => id),
            ),
          )
          .limit(MOST)
          .execute();
  return [
    ...decisions.map(({ id, at, ...decision }): TimelineEntry => ({
      id,
      at,
      type: 'decision',
      data: decision,
    })),
    ...deliveries.map(({ id, created_at, ...delivery }): TimelineEntry => ({
      id,
      at: created_at,
      type: 'delivery',
      data: delivery,
    })),
    ...attempts.map(({ id, at, ...attempt }): TimelineEntry => ({
      id,
      at,
      type: 'delivery_attempt',
      data: attempt,
    })),
  ];
}
