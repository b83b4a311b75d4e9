import { iso, type Runtime } from '../core/clock.js';
import type { QualificationJobsTable } from '../db/tables/qualification.js';
import type { Store } from '../db/store.js';
import { first, notify, run, type Unit } from '../db/unit.js';
import type { Evidence } from '../messaging/decide.js';
import type { EnquiryTaken, QualifyLater } from '../response/deps.js';
import { QUALIFICATION_CHANNEL } from './deps.js';

interface QueueDeps {
  store: Store;
  runtime: Runtime;
}

export type NewJob = Pick<QualificationJobsTable, 'lead_id' | 'business_id' | 'trigger'> &
  Partial<QualificationJobsTable> & { evidence: Evidence; enquiry_source: string };

/** A job's row, due at once unless `given` says otherwise. */
export function newJob(
  { runtime }: QueueDeps,
  { evidence, ...given }: NewJob,
): QualificationJobsTable {
  const at = iso(runtime.clock.now());
  return {
    id: runtime.newId(),
    source_event_id: null,
    request_key: null,
    message: null,
    vertical: null,
    consent: JSON.stringify(evidence),
    task_id: null,
    message_id: null,
    qualified_at: null,
    repeats: 0,
    waiting_for: null,
    due_at: at,
    claim_id: null,
    created_at: at,
    updated_at: at,
    ...given,
  };
}

/**
 * The step of the missed-call and form paths: puts an enquiry on its way in the unit that stores
 * it, if its business turned qualification on. The model is asked by the worker, never here.
 */
export function createQualifyLater(deps: QueueDeps): QualifyLater {
  return {
    *taken(enquiry: EnquiryTaken): Unit<void> {
      if (!enquiry.business.qualification_enabled) return;
      yield* run(
        deps.store.db.insertInto('qualification_jobs').values(
          newJob(deps, {
            lead_id: enquiry.leadId,
            business_id: enquiry.business.id,
            source_event_id: enquiry.sourceEventId,
            trigger: enquiry.trigger,
            enquiry_source: enquiry.source,
            message: enquiry.message,
            task_id: enquiry.taskId,
            evidence: enquiry.evidence,
          }),
        ),
      );
      yield* notify(QUALIFICATION_CHANNEL);
    },

    *transcribed(leadId: string, message: string): Unit<void> {
      const { store, runtime } = deps;
      const at = iso(runtime.clock.now());
      const job = yield* first(
        store.locked(
          store.db
            .selectFrom('qualification_jobs')
            .select('id')
            .where('lead_id', '=', leadId)
            .where('trigger', '=', 'missed_call')
            .orderBy('id', 'desc')
            .limit(1),
          'wait',
        ),
      );
      if (job === undefined) return;
      // New words are a new question: it starts from the beginning.
      yield* run(
        store.db
          .updateTable('qualification_jobs')
          .set({
            message,
            qualified_at: null,
            repeats: 0,
            waiting_for: null,
            due_at: at,
            claim_id: null,
            updated_at: at,
          })
          .where('id', '=', job.id),
      );
      yield* notify(QUALIFICATION_CHANNEL);
    },
  };
}
