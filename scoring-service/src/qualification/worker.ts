import { iso } from '../core/clock.js';
import type { BusinessesTable } from '../db/tables/businesses.js';
import { all, first, run, type Unit } from '../db/unit.js';
import type { Job, JobSource } from '../jobs/source.js';
import { pauseOf, recordOutcomes, type ReportedOutcome } from '../providers/health.js';
import { enquiryOf } from './ask.js';
import { QUALIFICATION_CHANNEL, type QualificationDeps } from './deps.js';
import type { Qualification } from './qualification.js';
import type { LeadToQualify } from './qualify.js';
import { isProviderFault, REPEAT_WITHIN_MS } from './repeat.js';
import { saveResult } from './save.js';

const PER_UNIT = 50;

export interface QualificationJob extends Job {
  claimId: string;
  enquiry: LeadToQualify;
  paused: boolean;
}

/** What an answer says of the provider; null when the model was not asked. */
export function outcomeOf({ fallback_reason: reason }: Qualification): ReportedOutcome | null {
  if (reason === null) return { ok: true };
  if (reason === 'not_configured' || reason === 'provider_paused') return null;
  return isProviderFault(reason) ? { ok: false, code: reason } : { ok: true };
}

/** What waited for a key or a provider that is there again becomes due; what is too old does not. */
function* freeWaiting(
  { store, configured }: QualificationDeps,
  paused: boolean,
  at: number,
): Unit<void> {
  if (paused || !configured) return;
  const waiting = store.db.updateTable('qualification_jobs').where('waiting_for', 'is not', null);
  const oldest = iso(at - REPEAT_WITHIN_MS);
  yield* run(waiting.set({ waiting_for: null }).where('created_at', '<', oldest));
  yield* run(waiting.set({ waiting_for: null, due_at: iso(at) }));
}

/** Enquiries to be qualified as work for the runner. */
export function createQualificationSource(
  deps: QualificationDeps,
): JobSource<QualificationJob, Qualification> {
  const { store } = deps;
  const { db } = store;
  return {
    name: 'qualification',
    channel: QUALIFICATION_CHANNEL,

    *claim({ claimId, at, leaseUntil, limit }) {
      const { paused } = yield* pauseOf(store, 'openai');
      yield* freeWaiting(deps, paused, at);
      const most = Math.min(limit, PER_UNIT);
      // Index: qualification_jobs_due.
      const rows = yield* all(
        store.locked(
          db
            .selectFrom('qualification_jobs')
            .selectAll()
            .where('due_at', '<=', iso(at))
            .orderBy('due_at')
            .limit(most),
          'skip',
        ),
      );
      const leads = yield* all(
        db
          .selectFrom('leads')
          .select(['id', 'first_name', 'last_name', 'phone', 'email'])
          .where(
            store.anyOf(
              'id',
              rows.map((row) => row.lead_id),
            ),
          ),
      );
      const businesses: Pick<BusinessesTable, 'id' | 'vertical' | 'privacy_profile'>[] = yield* all(
        db
          .selectFrom('businesses')
          .select(['id', 'vertical', 'privacy_profile'])
          .where(
            store.anyOf(
              'id',
              rows.map((row) => row.business_id),
            ),
          ),
      );
      const jobs: QualificationJob[] = [];
      for (const row of rows) {
        const lead = leads.find(({ id }) => id === row.lead_id);
        const business = businesses.find(({ id }) => id === row.business_id);
        const update = db.updateTable('qualification_jobs').where('id', '=', row.id);
        if (lead === undefined || business === undefined) {
          yield* run(db.deleteFrom('qualification_jobs').where('id', '=', row.id));
          continue;
        }
        if (row.qualified_at !== null && (paused || !deps.configured)) {
          // The rules have said what they know; only the model is worth asking again.
          const waiting_for = paused ? 'provider_paused' : 'not_configured';
          yield* run(update.set({ waiting_for, due_at: null, claim_id: null }));
          continue;
        }
        yield* run(update.set({ claim_id: claimId, due_at: iso(leaseUntil) }));
        const enquiry = enquiryOf(row, lead, business);
        jobs.push({ id: row.id, group: 'openai', claimId, enquiry, paused });
      }
      const next = yield* first(
        db
          .selectFrom('qualification_jobs')
          .select('due_at')
          .where('due_at', '>', iso(at))
          .orderBy('due_at')
          .limit(1),
      );
      return {
        jobs,
        more: rows.length === most,
        nextDueAt: next?.due_at == null ? null : Date.parse(next.due_at),
      };
    },

    run: ({ enquiry, paused }) =>
      (paused ? deps.pausedQualifier : deps.qualifier).qualifyLead(enquiry),

    *complete(finished): Unit<void> {
      const outcomes: ReportedOutcome[] = [];
      // In the order of ids, so that two units that lock the same businesses do it alike.
      for (const { job, result } of [...finished].sort((a, b) => (a.job.id < b.job.id ? -1 : 1))) {
        yield* saveResult(deps, job.id, job.claimId, result);
        const outcome = outcomeOf(result);
        if (outcome !== null) outcomes.push(outcome);
      }
      yield* recordOutcomes(deps.health, 'openai', outcomes);
    },

    *giveBack(jobs): Unit<void> {
      const at = iso(deps.runtime.clock.now());
      for (const job of jobs) {
        yield* run(
          db
            .updateTable('qualification_jobs')
            .set({ claim_id: null, due_at: at })
            .where('id', '=', job.id)
            .where('claim_id', '=', job.claimId),
        );
      }
    },
  };
}
