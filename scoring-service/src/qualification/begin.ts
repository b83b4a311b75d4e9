import { lockBusiness } from '../businesses/find.js';
import { iso } from '../core/clock.js';
import { invalid } from '../core/errors.js';
import type { LeadsTable } from '../db/tables/leads.js';
import type { QualificationJobsTable } from '../db/tables/qualification.js';
import { all, first, run, type Unit } from '../db/unit.js';
import { requireLead } from '../leads/rerouting.js';
import type { Evidence } from '../messaging/decide.js';
import { pauseOf } from '../providers/health.js';
import { familyOf, rootOf } from '../response/candidates.js';
import { identityOf } from '../response/identity.js';
import { placeEvent } from '../response/place.js';
import { claimEvent, storeEvent } from '../response/source-events.js';
import { enquiryOf } from './ask.js';
import type { QualificationDeps } from './deps.js';
import type { QualifyRequest } from './qualification-schema.js';
import { newJob } from './queue.js';
import type { QualificationJob } from './worker.js';

/** A request that dies with its process is finished by the worker after this long. */
const LEASE_MS = 60_000;

export interface Requested {
  request: QualifyRequest;
  raw: string;
  sourceKeyId: string;
  /** Of the request's Idempotency-Key: its repetitions make no second lead. */
  requestKey: string | null;
}

interface Found {
  lead: LeadsTable;
  sourceEventId: string | null;
  source: string;
  message: string | null;
  evidence: Evidence;
}

/**
 * Makes a request for a qualification durable: the lead found or created, its source event stored,
 * the job claimed for this request. Errors: 404, 400 for a lead of the other kind.
 */
export function* beginQualification(
  deps: QualificationDeps,
  requested: Requested,
): Unit<QualificationJob> {
  const { store, runtime } = deps;
  const { db } = store;
  const { request, requestKey } = requested;
  const { lead, ...found } =
    request.lead_id === undefined
      ? yield* newLead(deps, requested)
      : yield* knownLead(deps, request.lead_id);
  const claimId = runtime.newId();
  const job = newJob(deps, {
    lead_id: lead.id,
    business_id: lead.business_id ?? '',
    source_event_id: found.sourceEventId,
    request_key: requestKey,
    trigger: 'api',
    enquiry_source: request.source ?? found.source,
    message: request.message ?? found.message,
    vertical: request.vertical ?? null,
    evidence: found.evidence,
    claim_id: claimId,
    due_at: iso(runtime.clock.now() + LEASE_MS),
  });
  yield* run(
    db
      .insertInto('qualification_jobs')
      .values(job)
      .onConflict((conflict) => conflict.doNothing()),
  );
  const business = yield* first(
    db
      .selectFrom('businesses')
      .select(['vertical', 'privacy_profile'])
      .where('id', '=', job.business_id),
  );
  if (business === undefined) throw new Error('A lead has no business.');
  const stored = yield* sameRequest(deps, job);
  const { paused } = yield* pauseOf(store, 'openai');
  return {
    id: stored.id,
    group: 'openai',
    claimId: stored.claim_id ?? claimId,
    enquiry: enquiryOf(stored, lead, business),
    paused,
  };
}

/** The job as stored: this request's, or the one an earlier try of it made. */
function* sameRequest(
  { store }: QualificationDeps,
  job: QualificationJobsTable,
): Unit<QualificationJobsTable> {
  if (job.request_key === null) return job;
  const stored = yield* first(
    store.db
      .selectFrom('qualification_jobs')
      .selectAll()
      .where('request_key', '=', job.request_key),
  );
  return stored ?? job;
}

/** A lead by its id, with what its latest enquiry said and permits. */
function* knownLead(deps: QualificationDeps, id: string): Unit<Found> {
  const { store } = deps;
  const asked = yield* requireLead(deps, id);
  if (asked.kind !== 'response' || asked.business_id === null) {
    throw invalid({ lead_id: 'must be the id of a lead of the kind response' });
  }
  const part = yield* first(
    store.db
      .selectFrom('response_leads')
      .select(['merged_into', 'postal_code'])
      .where('lead_id', '=', id),
  );
  const lead = yield* requireLead(deps, yield* rootOf(store, id, part?.merged_into ?? null));
  const events = yield* all(
    store.db
      .selectFrom('source_events')
      .select(['id', 'kind', 'provider', 'outcome', 'facts'])
      .where(store.anyOf('lead_id', yield* familyOf(store, lead.id)))
      .orderBy('id', 'desc')
      .limit(20),
  );
  const last = events.find(
    ({ kind, outcome }) => kind === 'form' || kind === 'enquiry' || outcome === 'missed',
  );
  const facts = JSON.parse(last?.facts ?? '{}') as Facts;
  const where = { state: lead.state, postal_code: part?.postal_code ?? null };
  const job = yield* first(
    store.db
      .selectFrom('qualification_jobs')
      .select('message')
      .where('source_event_id', '=', last?.id ?? '')
      .where('lead_id', '=', lead.id)
      .where('message', 'is not', null)
      .limit(1),
  );
  const written = [facts.message, facts.service].filter((part) => part != null).join('\n');
  return {
    lead,
    sourceEventId: last?.id ?? null,
    source: last === undefined ? 'api' : last.kind,
    message: written === '' ? (job?.message ?? null) : written,
    evidence:
      last?.kind === 'call'
        ? { source: { source: 'call' }, ...where }
        : facts.consent === undefined
          ? { source: { source: 'none' }, ...where }
          : {
              source: { source: 'form', sms: facts.consent.sms === true },
              email: facts.consent.email === true,
              ...where,
            },
  };
}

interface Facts {
  message?: string | null;
  service?: string | null;
  consent?: { sms?: boolean; email?: boolean };
}

/** A bare lead: matched like every other enquiry, else created. */
function* newLead(deps: QualificationDeps, requested: Requested): Unit<Found> {
  const { request } = requested;
  const business = yield* lockBusiness(deps.store, { businessId: request.business_id });
  const eventId = deps.runtime.newId();
  const keys = requested.requestKey === null ? [] : [requested.requestKey];
  const before = yield* claimEvent<{ lead_id: string }>(deps, keys, eventId);
  if (before !== null) return yield* knownLead(deps, before.lead_id);
  const identity = identityOf(request, deps.defaultRegion, false);
  const { lead } = yield* placeEvent(deps, {
    business,
    identity,
    source: request.source ?? 'api',
    sourceKeyId: requested.sourceKeyId,
    typed: true,
  });
  const consent = {
    sms: request.consent?.sms === true,
    email: request.consent?.email === true,
  };
  yield* storeEvent(deps, {
    id: eventId,
    leadId: lead.id,
    kind: 'enquiry',
    provider: 'api',
    raw: requested.raw,
    businessId: business.id,
    verifiedBy: 'key',
    outcome: 'enquiry',
    reason: null,
    facts: {
      message: request.message ?? null,
      ...(request.consent === undefined ? {} : { consent }),
    },
    answer: { lead_id: lead.id },
  });
  const where = { state: lead.state, postal_code: null };
  return {
    lead,
    sourceEventId: eventId,
    source: request.source ?? 'api',
    message: request.message ?? null,
    evidence:
      request.consent === undefined
        ? { source: { source: 'none' }, ...where }
        : { source: { source: 'form', sms: consent.sms }, email: consent.email, ...where },
  };
}
