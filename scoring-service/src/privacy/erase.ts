import { iso, type Runtime } from '../core/clock.js';
import { AppError } from '../core/errors.js';
import { all, run, type Unit } from '../db/unit.js';
import { cancelledColumns } from '../delivery/gate.js';
import { recordActivity, type Actor } from '../events/activity.js';
import type { FindDeps } from './find.js';
import {
  ERASED_JSON,
  ERASED_TEXT,
  PERSONAL_TABLES,
  type Holdings,
  type PersonalTable,
} from './personal-tables.js';
import type { ErasureResult } from './privacy-schema.js';

export interface EraseDeps extends FindDeps {
  runtime: Runtime;
}

const RETRY_AFTER_S = 5;

/** Throws 409 `in_flight` while something of the person is on its way out of the house. */
function* refuseWhileInFlight({ store }: EraseDeps, held: Holdings, now: string): Unit<void> {
  const { db, anyOf } = store;
  const claimed = [
    ...(yield* all(
      db
        .selectFrom('deliveries')
        .select('id')
        .where(anyOf('lead_id', held.leads))
        .where('claim_id', 'is not', null)
        .where('due_at', '>', now)
        .limit(1),
    )),
    ...(yield* all(
      db
        .selectFrom('messages')
        .select('id')
        .where((where) => where.or([anyOf('lead_id', held.leads), anyOf('id', held.messages)]))
        .where('claim_id', 'is not', null)
        .where('due_at', '>', now)
        .limit(1),
    )),
    ...(yield* all(
      db
        .selectFrom('qualification_jobs')
        .select('id')
        .where(anyOf('lead_id', held.leads))
        .where('claim_id', 'is not', null)
        .where('due_at', '>', now)
        .limit(1),
    )),
  ];
  if (claimed.length === 0) return;
  throw new AppError(
    'in_flight',
    409,
    'A delivery, a message or a qualification of this person is under way. Try again in a moment.',
    { retryAfter: RETRY_AFTER_S },
  );
}

/** Ends what would still happen for the person. */
function* cancelWhatWaits(
  { store }: EraseDeps,
  held: Holdings,
  at: number,
): Unit<ErasureResult['cancelled']> {
  const { db, anyOf } = store;
  const ofThem = anyOf('lead_id', held.leads);
  const deliveries = yield* run(
    db
      .updateTable('deliveries')
      .set(cancelledColumns('erased', at))
      .where(ofThem)
      .where('status', 'in', ['pending', 'queued', 'held', 'failed']),
  );
  const messages = yield* run(
    db
      .updateTable('messages')
      .set({
        status: 'skipped',
        reason_code: 'erased',
        send_at: null,
        due_at: null,
        claim_id: null,
        updated_at: iso(at),
      })
      .where((where) => where.or([ofThem, anyOf('id', held.messages)]))
      .where('status', 'in', ['queued', 'deferred']),
  );
  const tasks = yield* run(
    db
      .updateTable('tasks')
      .set((set) => ({
        state: 'cancelled',
        closed_at: iso(at),
        escalate_at: null,
        updated_at: iso(at),
        version: set('version', '+', 1),
      }))
      .where(ofThem)
      .where('state', 'in', ['open', 'claimed', 'escalated']),
  );
  yield* run(
    db
      .updateTable('appointments')
      .set({ review_status: 'cancelled', review_due_at: null })
      .where(ofThem)
      .where('review_status', '=', 'scheduled'),
  );
  yield* run(
    db
      .updateTable('merge_suggestions')
      .set({ state: 'dismissed', decided_at: iso(at) })
      .where((where) => where.or([ofThem, anyOf('other_lead_id', held.leads)]))
      .where('state', '=', 'pending'),
  );
  return { deliveries, messages, tasks };
}

/** Marks the leads, and takes them from wherever they wait. */
function* markLeads({ store }: EraseDeps, held: Holdings, at: number): Unit<void> {
  const { db, anyOf } = store;
  const these = anyOf('id', held.leads);
  yield* run(
    db
      .updateTable('leads')
      .set({ status: 'rejected', rejection_reason: 'erased' })
      .where(these)
      .where('status', '=', 'unassigned'),
  );
  yield* run(
    db.updateTable('leads').set({ status: 'closed' }).where(these).where('status', '=', 'open'),
  );
  yield* run(
    db
      .updateTable('leads')
      .set((set) => ({
        erased_at: iso(at),
        updated_at: iso(at),
        version: set('version', '+', 1),
      }))
      .where(these)
      .where('erased_at', 'is', null),
  );
}

function* eraseRows({ store }: EraseDeps, spec: PersonalTable, held: Holdings): Unit<number> {
  if (spec.erased === 'kept') return 0;
  const { db } = store;
  const columns = Object.keys(spec.erased);
  if (spec.erased !== 'deleted' && columns.length === 0) return 0;
  let changed = 0;
  // One statement for each way to a row: with "or" neither database would use its indexes.
  for (const [column, holding] of spec.rows) {
    if (held[holding].length === 0) continue;
    const theirs = store.anyOf(column, held[holding]);
    if (spec.erased === 'deleted') {
      changed += yield* run(db.deleteFrom(spec.table).where(theirs));
      continue;
    }
    const update = db
      .updateTable(spec.table as 'activity_log')
      .set(spec.erased as Record<string, null>)
      .where(theirs);
    const { except } = spec;
    changed += yield* run(
      except === undefined ? update : update.where(except.column as 'action', '!=', except.value),
    );
  }
  return changed;
}

/** Who has the data too: an erasure does not reach them, so the operator has to. */
function* otherHolders({ store }: EraseDeps, held: Holdings): Unit<ErasureResult['also_held_by']> {
  const { db, anyOf } = store;
  const brokers = yield* all(
    db
      .selectFrom('deliveries')
      .innerJoin('brokers', 'brokers.id', 'deliveries.broker_id')
      .select(['brokers.id as broker_id', 'brokers.name', 'deliveries.id as delivery_id'])
      .where(anyOf('deliveries.lead_id', held.leads))
      .where((where) =>
        where.or([
          where('deliveries.status', '=', 'sent'),
          where.exists(
            where
              .selectFrom('delivery_attempts')
              .select('delivery_attempts.id')
              .whereRef('delivery_attempts.delivery_id', '=', 'deliveries.id'),
          ),
        ]),
      )
      .orderBy('deliveries.id'),
  );
  const texts = yield* all(
    db
      .selectFrom('messages')
      .select('provider_sid')
      .where((where) => where.or([anyOf('lead_id', held.leads), anyOf('id', held.messages)]))
      .where('provider_sid', 'is not', null)
      .orderBy('id'),
  );
  const bookings = yield* all(
    db
      .selectFrom('appointments')
      .select('calendly_invitee_uri')
      .where(anyOf('lead_id', held.leads))
      .where('calendly_invitee_uri', 'is not', null)
      .orderBy('id'),
  );
  return {
    brokers,
    twilio_message_sids: texts.flatMap(({ provider_sid }) => provider_sid ?? []),
    calendly_invitee_uris: bookings.flatMap(({ calendly_invitee_uri: uri }) => uri ?? []),
  };
}

function* suppressionsOf({ store }: EraseDeps, held: Holdings): Unit<number> {
  const { db, anyOf } = store;
  const rows = yield* all(
    db
      .selectFrom('suppressions')
      .select('id')
      .where((where) => where.or([anyOf('phone', held.phones), anyOf('email', held.emails)]))
      .where('removed_at', 'is', null),
  );
  return rows.length;
}

/**
 * Erases what tells who a person is, everywhere at once and for good, inside a unit that holds the
 * routing lock: waiting deliveries, messages and tasks are cancelled, waiting leads leave the
 * queue; decisions, counts and the capacity that was used stay. Suppressions stay, because without
 * them the person would be messaged again. Done twice, it changes nothing more.
 * Errors: 409 `in_flight`.
 */
export function* erasePerson(
  deps: EraseDeps,
  held: Holdings,
  reason: string | undefined,
  actor: Actor,
): Unit<ErasureResult> {
  const { store, runtime } = deps;
  const at = runtime.clock.now();
  const leads = yield* all(
    store.locked(
      store.db
        .selectFrom('leads')
        .select(['id', 'erased_at'])
        .where(store.anyOf('id', held.leads))
        .orderBy('id'),
      'wait',
    ),
  );
  yield* refuseWhileInFlight(deps, held, iso(at));
  const alsoHeldBy = yield* otherHolders(deps, held);
  const cancelled = yield* cancelWhatWaits(deps, held, at);
  yield* markLeads(deps, held, at);
  const rows: Record<string, number> = {};
  for (const spec of PERSONAL_TABLES) {
    const count = yield* eraseRows(deps, spec, held);
    if (count > 0) rows[spec.table] = count;
  }
  yield* recordActivity(
    leads
      .filter(({ erased_at }) => erased_at === null)
      .map(({ id }) => ({
        actor,
        action: 'lead.erased',
        subjectType: 'lead',
        subjectId: id,
        after: reason === undefined ? null : { reason },
      })),
    at,
    runtime.newId,
  );
  return {
    erased_at: iso(at),
    lead_ids: held.leads,
    rows,
    cancelled,
    suppressions_kept: yield* suppressionsOf(deps, held),
    also_held_by: alsoHeldBy,
  };
}

/** Erases things that came in and never became part of a lead. */
export function* eraseLoose(
  { store }: EraseDeps,
  loose: Partial<Record<'source_events' | 'messages' | 'calls', string[]>>,
): Unit<void> {
  const { db, anyOf } = store;
  const { source_events: events = [], messages = [], calls = [] } = loose;
  if (events.length > 0) {
    const erased = { raw: ERASED_JSON, facts: null, reason: null };
    yield* run(db.updateTable('source_events').set(erased).where(anyOf('id', events)));
  }
  if (messages.length > 0) {
    const erased = { to_address: null, from_address: null, body: ERASED_TEXT, consent: '{}' };
    // One that is still to be sent has to know to whom.
    const sent = db.updateTable('messages').where('due_at', 'is', null);
    yield* run(sent.set(erased).where(anyOf('id', messages)));
  }
  if (calls.length > 0) {
    const erased = { recording_url: null, transcription_url: null };
    yield* run(db.updateTable('calls').set(erased).where(anyOf('key', calls)));
  }
}
