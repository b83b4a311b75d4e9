import { iso, type Runtime } from '../core/clock.js';
import { notFound } from '../core/errors.js';
import type { SuppressionsTable } from '../db/tables/messages.js';
import type { Store } from '../db/store.js';
import { all, first, notify, run, type Unit } from '../db/unit.js';
import { recordActivity, type Actor } from '../events/activity.js';
import { MESSAGES_CHANNEL } from './deps.js';

export interface SuppressionDeps {
  store: Store;
  runtime: Runtime;
}

export interface Contact {
  /** E.164. */
  phone: string | null;
  /** As e-mails are compared. */
  email: string | null;
}

/** The suppression that covers a phone or an e-mail now, if any. */
export function* activeSuppression(
  store: Store,
  contact: Contact,
): Unit<{ id: string; reason: string; created_at: number } | null> {
  const row = (yield* activeRows(store, contact))[0];
  return row === undefined
    ? null
    : { id: row.id, reason: row.reason, created_at: Date.parse(row.created_at) };
}

function* activeRows({ db }: Store, { phone, email }: Contact): Unit<SuppressionsTable[]> {
  const rows: SuppressionsTable[] = [];
  const active = db.selectFrom('suppressions').selectAll().where('removed_at', 'is', null);
  // Two look-ups by their own partial indexes instead of an OR.
  if (phone !== null) rows.push(...(yield* all(active.where('phone', '=', phone))));
  if (email !== null) rows.push(...(yield* all(active.where('email', '=', email))));
  return rows;
}

export interface NewSuppression extends Contact {
  reason: string;
  source: SuppressionsTable['source'];
  actor: Actor;
}

/**
 * Puts a phone or e-mail (or both) on the list, effective at once: what waits for it is looked at
 * again. The update of the waiting rows also takes their locks, so that on PostgreSQL a send that
 * is being decided right now ends before this commits or sees it. What is on the list already
 * stays as it was. The rows now active.
 */
export function* suppress(
  { store, runtime }: SuppressionDeps,
  { phone, email, reason, source, actor }: NewSuppression,
): Unit<SuppressionsTable[]> {
  const { db } = store;
  const at = runtime.clock.now();
  const contacts = [
    ...(phone === null ? [] : [{ phone, email: null }]),
    ...(email === null ? [] : [{ phone: null, email }]),
  ];
  for (const contact of contacts) {
    const row: SuppressionsTable = {
      ...contact,
      id: runtime.newId(),
      reason,
      source,
      created_at: iso(at),
      created_by: JSON.stringify(actor),
      removed_at: null,
      removed_by: null,
      removed_reason: null,
    };
    const added = yield* run(
      db
        .insertInto('suppressions')
        .values(row)
        .onConflict((conflict) => conflict.doNothing()),
    );
    if (added === 0) continue;
    yield* recordActivity(
      [
        {
          actor,
          action: 'suppression.added',
          subjectType: 'suppression',
          subjectId: row.id,
          after: { reason, source },
        },
      ],
      at,
      runtime.newId,
    );
    yield* run(
      db
        .updateTable('messages')
        .set({ due_at: iso(at) })
        .where('to_address', '=', contact.phone ?? contact.email ?? '')
        .where('status', 'in', ['queued', 'deferred']),
    );
    yield* notify(MESSAGES_CHANNEL);
  }
  return yield* activeRows(store, { phone, email });
}

/** Takes one entry off the list; who and why stay with it. 404 when it is not on it. */
export function* liftSuppression(
  { store, runtime }: SuppressionDeps,
  id: string,
  reason: string,
  actor: Actor,
): Unit<void> {
  const at = runtime.clock.now();
  const lifted = yield* run(
    store.db
      .updateTable('suppressions')
      .set({
        removed_at: iso(at),
        removed_by: JSON.stringify(actor),
        removed_reason: reason,
      })
      .where('id', '=', id)
      .where('removed_at', 'is', null),
  );
  if (lifted === 0) throw notFound('suppression', id);
  yield* recordActivity(
    [
      {
        actor,
        action: 'suppression.removed',
        subjectType: 'suppression',
        subjectId: id,
        after: { reason },
      },
    ],
    at,
    runtime.newId,
  );
}

/**
 * START: lifts the opt-outs of a phone that were made by text (to us or to the carrier), never
 * those that staff or an import made. Whether there was one.
 */
export function* liftTextOptOuts(
  deps: SuppressionDeps,
  phone: string,
  actor: Actor,
): Unit<boolean> {
  const row = yield* first(
    deps.store.db
      .selectFrom('suppressions')
      .select('id')
      .where('phone', '=', phone)
      .where('removed_at', 'is', null)
      .where('source', 'in', ['text', 'carrier']),
  );
  if (row === undefined) return false;
  yield* liftSuppression(deps, row.id, 'opted in by text', actor);
  return true;
}
