import { iso, type Runtime } from '../core/clock.js';
import { conflict, notFound } from '../core/errors.js';
import type { Store } from '../db/store.js';
import type { SubscriptionsTable } from '../db/tables/subscriptions.js';
import { all, first, insertMany, notify, run, type Unit } from '../db/unit.js';
import { CLOSED_BREAKER } from '../delivery/breaker/breaker.js';
import { generateSecret } from '../delivery/signing/secret.js';
import { breakerColumns } from '../delivery/states.js';
import { recordActivity, SYSTEM, type Actor } from '../events/activity.js';
import { EVENTS_CHANNEL } from '../events/events.js';
import { lastPosition, settleOrder } from '../events/order.js';
import { toSubscription, type NewSubscription, type Subscription } from './subscription-schema.js';

export interface ManageDeps {
  store: Store;
  runtime: Runtime;
}

/** n8n's editor listens at such an address for the length of one test. */
const TEST_PATH = '/webhook-test/';
const TEST_URL_MS = 5 * 60_000;

function expiryOf(url: string, at: number): string | null {
  return new URL(url).pathname.includes(TEST_PATH) ? iso(at + TEST_URL_MS) : null;
}

/**
 * Subscribes a URL, which the caller has checked, to events from now on: what was committed before
 * is not handed on, everything committed afterwards is. The secret is shown in this answer alone.
 */
export function* createSubscription(
  { store, runtime }: ManageDeps,
  { url, events }: NewSubscription,
  actor: Actor,
): Unit<Subscription & { secret: string }> {
  const at = runtime.clock.now();
  // What was committed before gets its place in the stream, so that what has none came later.
  let more = true;
  while (more) more = yield* settleOrder(store);
  const row: SubscriptionsTable = {
    id: runtime.newId(),
    url,
    events: JSON.stringify(events),
    secret: generateSecret(runtime.randomBytes),
    position: yield* lastPosition(store),
    expires_at: expiryOf(url, at),
    ended_at: null,
    end_reason: null,
    ...breakerColumns(CLOSED_BREAKER),
    failing_since: null,
    last_failure: null,
    paused_at: null,
    last_success_at: null,
    created_at: iso(at),
  };
  yield* insertMany('subscriptions', [row]);
  yield* recordActivity(
    [
      {
        actor,
        action: 'subscription.created',
        subjectType: 'subscription',
        subjectId: row.id,
        after: { url, events },
      },
    ],
    at,
    runtime.newId,
  );
  return { ...toSubscription(row, iso(at)), secret: row.secret };
}

/**
 * Lets a subscription wait, or go on where it stopped: what happens meanwhile stays in the stream
 * for as long as events are kept. Attempts under way end as they end. Errors: 404; 409 `ended`.
 */
export function* setSubscriptionPaused(
  { store, runtime }: ManageDeps,
  id: string,
  paused: boolean,
  actor: Actor,
): Unit<Subscription> {
  const { db } = store;
  const at = runtime.clock.now();
  const row = yield* first(
    store.locked(db.selectFrom('subscriptions').selectAll().where('id', '=', id), 'wait'),
  );
  if (row === undefined) throw notFound('subscription', id);
  if (toSubscription(row, iso(at)).status === 'ended') {
    throw conflict('ended', 'The subscription has ended. Subscribe the URL again.');
  }
  if ((row.paused_at !== null) === paused) return toSubscription(row, iso(at));
  const after = { ...row, paused_at: paused ? iso(at) : null };
  yield* run(
    db.updateTable('subscriptions').set({ paused_at: after.paused_at }).where('id', '=', id),
  );
  yield* recordActivity(
    [
      {
        actor,
        action: paused ? 'subscription.paused' : 'subscription.resumed',
        subjectType: 'subscription',
        subjectId: id,
        before: { paused_at: row.paused_at },
        after: { paused_at: after.paused_at },
      },
    ],
    at,
    runtime.newId,
  );
  yield* notify(EVENTS_CHANNEL);
  return toSubscription(after, iso(at));
}

/** Deletes a subscription and what is on its way to it. @throws 404 `not_found` */
export function* deleteSubscription(
  { store, runtime }: ManageDeps,
  id: string,
  actor: Actor,
): Unit<void> {
  const { db } = store;
  const found = yield* first(
    store.locked(
      db.selectFrom('subscriptions').select(['url', 'events']).where('id', '=', id),
      'wait',
    ),
  );
  if (found === undefined) throw notFound('subscription', id);
  yield* run(db.deleteFrom('hand_ons').where('subscription_id', '=', id));
  yield* run(db.deleteFrom('subscriptions').where('id', '=', id));
  yield* recordActivity(
    [
      {
        actor,
        action: 'subscription.deleted',
        subjectType: 'subscription',
        subjectId: id,
        before: { url: found.url, events: JSON.parse(found.events) as unknown },
      },
    ],
    runtime.clock.now(),
    runtime.newId,
  );
}

/**
 * Ends subscriptions that the unit has locked, and what is on its way to them. Their rows stay for
 * a while, so that people can see why.
 */
export function* endSubscriptions(
  { store, runtime }: ManageDeps,
  ids: readonly string[],
  reason: NonNullable<SubscriptionsTable['end_reason']>,
): Unit<void> {
  if (ids.length === 0) return;
  const at = runtime.clock.now();
  const ended = yield* all(
    store.db
      .updateTable('subscriptions')
      .set({ ended_at: iso(at), end_reason: reason })
      .where(store.anyOf('id', ids))
      .where('ended_at', 'is', null)
      .returning('id'),
  );
  yield* run(store.db.deleteFrom('hand_ons').where(store.anyOf('subscription_id', ids)));
  yield* recordActivity(
    ended.map(({ id }) => ({
      actor: SYSTEM,
      action: 'subscription.ended',
      subjectType: 'subscription',
      subjectId: id,
      after: { end_reason: reason },
    })),
    at,
    runtime.newId,
  );
}
