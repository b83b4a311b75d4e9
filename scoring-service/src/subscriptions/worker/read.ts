import type { Store } from '../../db/store.js';
import type { EventsTable } from '../../db/tables/audit.js';
import type { SubscriptionsTable } from '../../db/tables/subscriptions.js';
import { all, type Unit } from '../../db/unit.js';
import { positionColumn } from '../../events/order.js';

type EventColumns = Pick<EventsTable, 'id' | 'type' | 'occurred_at' | 'data'>;

/** An event of the stream, at its place. */
export type StreamEvent = EventColumns & { seq: number; place: number };

/** A hand-on that is due, with its event. */
export type DueHandOn = EventColumns & { hand_on_id: string };

/** Subscriptions that have not ended; there are few of them. */
export function liveSubscriptions({ db }: Store): Unit<SubscriptionsTable[]> {
  return all(db.selectFrom('subscriptions').selectAll().where('ended_at', 'is', null));
}

/**
 * The subscriptions with these ids that no other worker is busy with, locked until the unit ends.
 * Whoever changes hand-ons holds their subscription's lock.
 */
export function lockFree(store: Store, ids: readonly string[]): Unit<SubscriptionsTable[]> {
  return all(
    store.locked(
      store.db
        .selectFrom('subscriptions')
        .selectAll()
        .where(store.anyOf('id', ids))
        .where('ended_at', 'is', null)
        .orderBy('id'),
      'skip',
    ),
  );
}

/**
 * When each subscription's first hand-on is due. The table holds what is under way or has failed,
 * which is little: what nobody has tried yet waits in the stream.
 */
export function firstDue({ db }: Store): Unit<{ subscription_id: string; due_at: string }[]> {
  return all(
    db
      .selectFrom('hand_ons')
      .select((select) => ['subscription_id', select.fn.min('due_at').as('due_at')])
      .groupBy('subscription_id'),
  );
}

/** The first `limit` due hand-ons of a subscription that the unit has locked. Index: hand_ons_due. */
export function dueHandOns(
  { db }: Store,
  subscriptionId: string,
  now: string,
  limit: number,
): Unit<DueHandOn[]> {
  return all(
    db
      .selectFrom('hand_ons')
      .innerJoin('events', 'events.seq', 'hand_ons.event_seq')
      .select([
        'hand_ons.id as hand_on_id',
        'events.id',
        'events.type',
        'events.occurred_at',
        'events.data',
      ])
      .where('hand_ons.subscription_id', '=', subscriptionId)
      .where('hand_ons.due_at', '<=', now)
      .orderBy('hand_ons.due_at')
      .orderBy('hand_ons.event_seq')
      .limit(limit),
  );
}

/** The events after a place in the stream. */
export function eventsAfter(store: Store, place: number, limit: number): Unit<StreamEvent[]> {
  const column = positionColumn(store);
  return all(
    store.db
      .selectFrom('events')
      .select(['seq', 'id', 'type', 'occurred_at', 'data', `${column} as place`])
      .where(column, '>', place)
      .orderBy(column)
      .limit(limit)
      .$castTo<StreamEvent>(),
  );
}
