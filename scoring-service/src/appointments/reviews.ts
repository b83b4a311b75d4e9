import { toBusiness } from '../businesses/businesses.js';
import { iso } from '../core/clock.js';
import type { AppointmentsTable } from '../db/tables/appointments.js';
import { all, first, notify, run, type Unit } from '../db/unit.js';
import { SYSTEM } from '../events/activity.js';
import type { Job, JobSource } from '../jobs/source.js';
import { MESSAGES_CHANNEL } from '../messaging/deps.js';
import type { Evidence } from '../messaging/decide.js';
import { planMessage } from '../messaging/outbox.js';
import { templateText } from '../messaging/texts.js';
import { rootOf } from '../response/candidates.js';
import { REVIEWS_CHANNEL, type AppointmentsDeps } from './deps.js';

const PER_UNIT = 50;
/** A request that is due for longer than this (an appointment entered long afterwards) is left. */
const ASK_WITHIN_MS = 14 * 24 * 3_600_000;

type Review = Pick<
  AppointmentsTable,
  'review_status' | 'review_at' | 'review_due_at' | 'review_message_id'
>;

/** What permits a review request: an appointment that was kept, as far as anybody said. */
function evidence(kept: boolean, state: string | null, postalCode: string | null): Evidence {
  return { source: { source: 'appointment', kept }, state, postal_code: postalCode };
}

/**
 * The review request that fits an appointment as it stands: always scheduled, `reviewDelayMs` after
 * its instant by the clock (a change to or from summer time between them changes nothing), unless
 * it was cancelled or missed. What has been sent stays sent.
 */
export function* reviewFor(
  { store, runtime, reviewDelayMs }: AppointmentsDeps,
  before: AppointmentsTable | null,
  after: Pick<AppointmentsTable, 'status' | 'scheduled_at' | 'moving'>,
): Unit<Review> {
  const at = runtime.clock.now();
  const reviewAt = iso(Date.parse(after.scheduled_at) + reviewDelayMs());
  const wanted = after.status === 'scheduled' || after.status === 'completed';
  if (before?.review_message_id != null) {
    const kept = {
      review_status: before.review_status,
      review_at: before.review_at,
      review_due_at: null,
      review_message_id: before.review_message_id,
    };
    const unchanged = wanted && after.moving === 0 && before.scheduled_at === after.scheduled_at;
    if (unchanged) return kept;
    // Taken back while it still waits; a message that is being sent at this moment is sent.
    const taken = yield* run(
      store.db
        .updateTable('messages')
        .set({
          status: 'skipped',
          reason_code: wanted ? 'appointment_moved' : 'appointment_not_kept',
          consent: JSON.stringify(evidence(false, null, null)),
          due_at: null,
          updated_at: iso(at),
        })
        .where('id', '=', before.review_message_id)
        .where('status', 'in', wanted ? ['queued', 'deferred', 'skipped'] : ['queued', 'deferred']),
    );
    if (taken === 0) return kept;
  }
  return {
    review_status: wanted ? 'scheduled' : 'cancelled',
    review_at: reviewAt,
    review_due_at: wanted && after.moving === 0 ? reviewAt : null,
    review_message_id: null,
  };
}

/** Asks for the review of one appointment: the message is decided now, by everything true now. */
function* ask(deps: AppointmentsDeps, row: AppointmentsTable, at: number): Unit<void> {
  const { db } = deps.store;
  const part = yield* first(
    db.selectFrom('response_leads').select('merged_into').where('lead_id', '=', row.lead_id),
  );
  const leadId = yield* rootOf(deps.store, row.lead_id, part?.merged_into ?? null);
  const lead = yield* first(db.selectFrom('leads').selectAll().where('id', '=', leadId));
  const business = yield* first(
    db.selectFrom('businesses').selectAll().where('id', '=', row.business_id),
  );
  const update = db.updateTable('appointments').where('id', '=', row.id);
  const tooLate = at - Date.parse(row.review_at) > ASK_WITHIN_MS;
  if (lead === undefined || business === undefined || tooLate) {
    yield* run(update.set({ review_due_at: null, review_status: 'cancelled' }));
    return;
  }
  const more = yield* first(
    db.selectFrom('response_leads').select('postal_code').where('lead_id', '=', lead.id),
  );
  const place = toBusiness(business);
  const message = yield* planMessage(deps, {
    kind: 'review_request',
    channel: 'sms',
    business: place,
    leadId: lead.id,
    to: lead.phone_key?.startsWith('+') === true ? lead.phone_key : null,
    body: templateText('review_request', place, lead, null, at),
    rerender: true,
    consent: evidence(true, lead.state, more?.postal_code ?? null),
    quietSetting: 'defer',
    actor: SYSTEM,
  });
  yield* run(
    update.set({
      review_due_at: null,
      review_status: 'requested',
      review_message_id: message.id,
      updated_at: iso(at),
    }),
  );
}

/**
 * Review requests as work for the runner. A request is only a row of the outbox, so the claim
 * itself makes it, in one transaction, and there is nothing left to run.
 */
export function createReviews(deps: AppointmentsDeps): JobSource<Job, never> {
  const { db } = deps.store;
  return {
    name: 'review requests',
    channel: REVIEWS_CHANNEL,
    *claim({ at, limit }) {
      // Index: appointments_to_review.
      const due = yield* all(
        deps.store.locked(
          db
            .selectFrom('appointments')
            .selectAll()
            .where('review_due_at', '<=', iso(at))
            .orderBy('review_due_at')
            .orderBy('id')
            .limit(Math.min(limit, PER_UNIT)),
          'skip',
        ),
      );
      for (const row of due) yield* ask(deps, row, at);
      if (due.length > 0) yield* notify(MESSAGES_CHANNEL);
      const next = yield* first(
        db
          .selectFrom('appointments')
          .select('review_due_at')
          .where('review_due_at', '>', iso(at))
          .orderBy('review_due_at')
          .limit(1),
      );
      return {
        jobs: [],
        more: due.length > 0,
        nextDueAt: next?.review_due_at == null ? null : Date.parse(next.review_due_at),
      };
    },
    run: () => Promise.reject(new Error('A review request has nothing to run.')),
    *complete(): Unit<void> {
      yield* [];
    },
    *giveBack(): Unit<void> {
      yield* [];
    },
  };
}
