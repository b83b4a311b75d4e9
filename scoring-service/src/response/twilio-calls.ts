import { lockBusiness } from '../businesses/find.js';
import type { Business } from '../businesses/business-schema.js';
import { normalizePhone } from '../contact/index.js';
import { iso } from '../core/clock.js';
import type { CallsTable } from '../db/tables/response.js';
import { first, insertMany, run, type Unit } from '../db/unit.js';
import { toAcknowledgement } from '../messaging/message.js';
import {
  decideMissedCall,
  type CallParams,
  type MissedCallDecision,
} from '../providers/twilio/index.js';
import { NOT_MISSED, type CallAnswer, type CallOutcome } from './answers.js';
import type { ResponseDeps } from './deps.js';
import { takeEnquiry } from './enquire.js';
import { hearWords } from './hear-words.js';
import { clean, identityOf } from './identity.js';
import { adoptCallEvents, claimEvent, storeEvent, type VerifiedBy } from './source-events.js';

export interface ReceivedCall {
  params: CallParams;
  /** The callback as received. */
  raw: string;
  verifiedBy: VerifiedBy;
  sourceKeyId: string | null;
}

/** What is known of the call so far; its row stays locked, so its callbacks take turns. */
function* lockCall(deps: ResponseDeps, key: string): Unit<CallsTable> {
  const { store, runtime } = deps;
  const at = iso(runtime.clock.now());
  const fresh: CallsTable = {
    key,
    business_id: null,
    lead_id: null,
    call_status: null,
    dial_answered: 0,
    recorded: 0,
    missed_reason: null,
    recording_url: null,
    transcription_url: null,
    answer: null,
    created_at: at,
    updated_at: at,
  };
  yield* insertMany('calls', [fresh], { ignoreConflicts: true });
  const row = yield* first(
    store.locked(store.db.selectFrom('calls').selectAll().where('key', '=', key), 'wait'),
  );
  if (row === undefined) throw new Error('A call vanished inside its transaction.');
  return row;
}

const FINAL = new Set(['completed', 'busy', 'no-answer', 'canceled', 'failed']);

/** The call's memory after one more callback. */
function remember(call: CallsTable, params: CallParams, decision: MissedCallDecision): CallsTable {
  const status = (params.CallStatus ?? '').toLowerCase();
  const dialed = params.DialCallStatus !== undefined;
  return {
    ...call,
    call_status: FINAL.has(status) && !isLeg(params) ? status : call.call_status,
    dial_answered: dialed && decision.reason === 'answered' ? 1 : call.dial_answered,
    recorded:
      (params.RecordingSid ?? params.RecordingUrl ?? params.TranscriptionSid) === undefined
        ? call.recorded
        : 1,
    recording_url: clean(decision.recording_url, 2000) ?? call.recording_url,
    transcription_url: clean(decision.transcription_url, 2000) ?? call.transcription_url,
  };
}

/**
 * (CallSid, CallStatus, DialCallStatus), and the recording where there is one: a voicemail's
 * callback may carry the same statuses as one that came before it.
 */
function eventKey({ event_key: key }: MissedCallDecision, params: CallParams): string {
  const artefact = params.TranscriptionSid ?? params.RecordingSid ?? params.RecordingUrl;
  return artefact === undefined ? key : `${key}:${artefact}`;
}

const isLeg = (params: CallParams): boolean => params.ParentCallSid !== undefined;

/**
 * Takes one voice callback of Twilio: idempotent by (CallSid, CallStatus, DialCallStatus), the
 * missed outcome at most once per call, whatever its callbacks' order and number. Once a call is
 * known to be missed, only what was said is new.
 */
export function* takeTwilioCall(deps: ResponseDeps, received: ReceivedCall): Unit<CallAnswer> {
  const { store, runtime } = deps;
  const { params } = received;
  const callKey = `twilio:${params.ParentCallSid ?? params.CallSid}`;
  const call = yield* lockCall(deps, callKey);
  const numbers = [params.To, params.Called, params.ForwardedFrom, params.From].map(
    (number) => normalizePhone(number, deps.defaultRegion).e164,
  );
  const business = yield* lockBusiness(store, { businessId: call.business_id, phones: numbers });
  const decided = decideMissedCall(params, {
    call_status: call.call_status,
    dial_answered: call.dial_answered === 1,
    recorded: call.recorded === 1,
  });
  const decision = withContext(decided, call, params);
  const eventId = runtime.newId();
  const before = yield* claimEvent<CallOutcome>(deps, [eventKey(decision, params)], eventId);
  if (before !== null) return { ...before, repeated: true };

  const after = remember({ ...call, business_id: business.id }, params, decision);
  const isFirst = decision.missed && call.missed_reason === null;
  const said = clean(params.TranscriptionText, 10_000);
  const answer = isFirst
    ? yield* missedCall(deps, received, business, decision, eventId, after)
    : yield* laterCallback(deps, business, decision, after, said);
  const { key, ...columns } = after;
  yield* run(
    store.db
      .updateTable('calls')
      .set({ ...columns, updated_at: iso(runtime.clock.now()) })
      .where('key', '=', key),
  );
  yield* storeEvent(deps, {
    id: eventId,
    leadId: after.lead_id,
    kind: 'call',
    provider: 'twilio',
    raw: received.raw,
    businessId: business.id,
    callKey,
    verifiedBy: received.verifiedBy,
    outcome: decision.missed ? 'missed' : decision.final ? 'answered' : 'waiting',
    reason: decision.reason,
    facts: {
      call_sid: params.CallSid,
      call_status: params.CallStatus ?? null,
      dial_call_status: params.DialCallStatus ?? null,
      answered_by: params.AnsweredBy ?? null,
      recording_url: decision.recording_url,
      transcription_url: decision.transcription_url,
    },
    answer,
  });
  if (after.lead_id !== null) yield* adoptCallEvents(deps, callKey, after.lead_id);
  return { ...answer, repeated: call.missed_reason !== null && said === null };
}

/**
 * What the callback alone cannot know: a call that staff placed was not missed by us, and a leg
 * that is hung up because somebody else answered was not missed either.
 */
function withContext(
  decision: MissedCallDecision,
  call: CallsTable,
  params: CallParams,
): MissedCallDecision {
  if (decision.missed && params.Direction?.toLowerCase() === 'outbound-api') {
    return { ...decision, missed: false, reason: 'answered' };
  }
  const answeredElsewhere =
    isLeg(params) && params.DialCallStatus === undefined && call.dial_answered === 1;
  return decision.missed && answeredElsewhere
    ? { ...decision, missed: false, reason: 'answered' }
    : decision;
}

function* missedCall(
  deps: ResponseDeps,
  received: ReceivedCall,
  business: Business,
  decision: MissedCallDecision,
  eventId: string,
  call: CallsTable,
): Unit<CallOutcome> {
  const { params } = received;
  const identity = identityOf(
    {
      phone: callerOf(params, business),
      state: params.FromState ?? null,
      postal_code: params.FromZip ?? null,
    },
    deps.defaultRegion,
    true,
  );
  const { lead, created, task, acknowledgement } = yield* takeEnquiry(deps, {
    business,
    identity,
    source: 'twilio call',
    sourceKeyId: received.sourceKeyId,
    sourceEventId: eventId,
    reason: identity.withheld
      ? 'caller_id_withheld'
      : decision.reason === 'voicemail'
        ? 'voicemail'
        : 'missed_call',
    text: clean(params.TranscriptionText, 10_000),
    typed: false,
    consent: { call: true },
  });
  const answer: CallOutcome = {
    lead_id: lead.id,
    missed: true,
    reason: decision.reason,
    created,
    task_id: task.id,
    acknowledgement: acknowledgement === null ? NOT_MISSED : toAcknowledgement(acknowledgement),
  };
  call.lead_id = lead.id;
  call.missed_reason = decision.reason;
  call.answer = JSON.stringify(answer);
  return answer;
}

/** Who called: the far end. On an outgoing leg From may be the business's own number. */
function callerOf(params: CallParams, business: Business): string | null {
  const from = params.From ?? null;
  if (from === null || !isLeg(params)) return from;
  return business.phones.includes(from) ? null : from;
}

/** A callback that decides nothing new is answered with what the call has come to. */
function* laterCallback(
  deps: ResponseDeps,
  business: Business,
  decision: MissedCallDecision,
  call: CallsTable,
  said: string | null,
): Unit<CallOutcome> {
  if (call.answer === null || call.lead_id === null) {
    return {
      lead_id: null,
      missed: false,
      reason: decision.reason,
      created: false,
      task_id: null,
      acknowledgement: NOT_MISSED,
    };
  }
  if (said !== null) yield* hearWords(deps, business, call.lead_id, said);
  return { ...(JSON.parse(call.answer) as CallOutcome), created: false };
}
