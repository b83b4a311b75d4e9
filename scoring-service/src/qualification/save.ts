import { lockBusiness } from '../businesses/find.js';
import { iso } from '../core/clock.js';
import type { QualificationJobsTable, QualificationsTable } from '../db/tables/qualification.js';
import { first, run, type Unit } from '../db/unit.js';
import { recordEvents } from '../events/events.js';
import { leadName } from '../leads/lead.js';
import { rootOf } from '../response/candidates.js';
import { bookingLink } from './booking-link.js';
import type { Prices, QualificationDeps } from './deps.js';
import { askForCallback, hasAppointment, sendBookingLink } from './follow-through.js';
import { signLeadRef } from './lead-ref.js';
import type { Qualification } from './qualification.js';
import { toSummary, type QualificationAnswer } from './qualification-schema.js';
import { leadRefSecret } from './ref-secret.js';
import { nextRepeat, REPEAT_WITHIN_MS } from './repeat.js';

const json = (value: object | null): string | null =>
  value === null ? null : JSON.stringify(value);

/** Millionths of a US dollar that an answer cost; prices are dollars for a million tokens. */
export function costMicroUsd({ usage }: Qualification, prices: Prices): number | null {
  if (usage === null) return null;
  return Math.round(usage.prompt_tokens * prices.input + usage.completion_tokens * prices.output);
}

/** What the job has to do after this result. */
function afterwards(
  job: QualificationJobsTable,
  result: Qualification,
  at: number,
): Pick<QualificationJobsTable, 'due_at' | 'waiting_for'> {
  const done = { due_at: null, waiting_for: null };
  if (result.fallback_reason === null) return done;
  if (at - Date.parse(job.created_at) > REPEAT_WITHIN_MS) return done;
  const next = nextRepeat(result.fallback_reason, job.repeats);
  switch (next.kind) {
    case 'never':
      return done;
    case 'wait':
      return { due_at: null, waiting_for: next.for };
    case 'at':
      return { due_at: iso(at + next.afterMs), waiting_for: null };
  }
}

/**
 * Writes what became of a job: the result beside all earlier ones, the lead's newest one, the
 * event, and what follows from the decision (the link, its message, or a callback). A repetition
 * that did not reach the model says nothing new and adds nothing. Null then, and when the job has
 * passed to somebody else.
 */
export function* saveResult(
  deps: QualificationDeps,
  jobId: string,
  claimId: string,
  result: Qualification,
): Unit<QualificationAnswer | null> {
  const { store, runtime } = deps;
  const { db } = store;
  const at = runtime.clock.now();
  const seen = yield* first(
    db.selectFrom('qualification_jobs').select('business_id').where('id', '=', jobId),
  );
  if (seen === undefined) return null;
  const business = yield* lockBusiness(store, { businessId: seen.business_id });
  const job = yield* first(
    store.locked(db.selectFrom('qualification_jobs').selectAll().where('id', '=', jobId), 'wait'),
  );
  if (job === undefined || job.claim_id !== claimId) return null;
  const part = yield* first(
    db.selectFrom('response_leads').select('merged_into').where('lead_id', '=', job.lead_id),
  );
  const leadId = yield* rootOf(store, job.lead_id, part?.merged_into ?? null);
  const lead = yield* first(db.selectFrom('leads').selectAll().where('id', '=', leadId));
  if (lead === undefined) {
    yield* run(db.deleteFrom('qualification_jobs').where('id', '=', jobId));
    return null;
  }
  const isRepeat = job.qualified_at !== null;
  const changes: Partial<QualificationJobsTable> = {
    ...afterwards(job, result, at),
    claim_id: null,
    updated_at: iso(at),
    repeats: job.repeats + (result.fallback_reason === null ? 0 : 1),
  };
  if (isRepeat && result.source === 'rules') {
    yield* run(db.updateTable('qualification_jobs').set(changes).where('id', '=', jobId));
    return null;
  }

  const link =
    result.decision === 'book_now' && business.booking_url !== null
      ? bookingLink({
          baseUrl: business.booking_url,
          name: leadName(lead),
          email: lead.email,
          leadRef: signLeadRef(leadId, yield* leadRefSecret(deps)),
        })
      : null;
  const row: QualificationsTable = {
    id: runtime.newId(),
    lead_id: leadId,
    business_id: business.id,
    job_id: job.id,
    source_event_id: job.source_event_id,
    trigger: job.trigger,
    score: result.score,
    decision: result.decision,
    reason: result.reason,
    source: result.source,
    model: result.model,
    prompt_version: result.prompt_version,
    rules_version: result.rules_version,
    disagreement: json(result.disagreement),
    steering: json(result.steering),
    fallback_reason: result.fallback_reason,
    booking_url: link,
    latency_ms: result.latency_ms,
    prompt_tokens: result.usage?.prompt_tokens ?? null,
    completion_tokens: result.usage?.completion_tokens ?? null,
    cost_micro_usd: costMicroUsd(result, deps.prices),
    created_at: iso(at),
  };
  yield* run(db.insertInto('qualifications').values(row));
  yield* run(
    db
      .updateTable('leads')
      .set({
        qualification: JSON.stringify(toSummary(row)),
        booking_url: link ?? lead.booking_url,
        updated_at: iso(at),
        version: lead.version + 1,
      })
      .where('id', '=', leadId),
  );
  yield* recordEvents(
    [
      {
        type: 'qualification.completed',
        data: {
          qualification_id: row.id,
          lead_id: leadId,
          business_id: business.id,
          score: row.score,
          decision: row.decision,
          source: row.source,
          model: row.model,
          prompt_version: row.prompt_version,
          trigger: row.trigger,
          repeated: isRepeat,
          has_booking_url: link !== null,
        },
      },
    ],
    at,
    runtime.newId,
  );

  const subject = { job, lead, business };
  const booked = yield* hasAppointment(deps, leadId);
  if (link !== null && job.message_id === null && !booked) {
    changes.message_id = (yield* sendBookingLink(deps, { ...subject, link }))?.id ?? null;
  }
  // Who should book but cannot, because the business has no booking page, is called instead.
  const call = result.decision === 'follow_up' || (result.decision === 'book_now' && link === null);
  if (call && !booked) changes.task_id = yield* askForCallback(deps, subject);
  yield* run(
    db
      .updateTable('qualification_jobs')
      .set({ ...changes, qualified_at: job.qualified_at ?? iso(at) })
      .where('id', '=', jobId),
  );
  return {
    lead_id: leadId,
    qualification_id: row.id,
    score: row.score,
    decision: row.decision,
    reason: row.reason,
    source: row.source,
    model: row.model,
    prompt_version: row.prompt_version,
    fallback_reason: row.fallback_reason,
    requalify: result.requalify,
    booking_url: link,
    task_id: changes.task_id ?? job.task_id,
    message_id: changes.message_id ?? job.message_id,
  };
}
