import type { Business } from '../businesses/business-schema.js';
import { lockBusiness } from '../businesses/find.js';
import { normalizePhone } from '../contact/index.js';
import type { Unit } from '../db/unit.js';
import { toAcknowledgement } from '../messaging/message.js';
import {
  decideGhlCall,
  ghlEventKey,
  parseGhlCall,
  type GhlBody,
  type GhlCall,
  type GhlDecision,
} from '../providers/ghl/index.js';
import { NOT_MISSED, type CallAnswer, type CallOutcome } from './answers.js';
import type { ResponseDeps } from './deps.js';
import { takeEnquiry } from './enquire.js';
import { hearWords } from './hear-words.js';
import { clean, identityOf } from './identity.js';
import { claimEvent, storeEvent, type VerifiedBy } from './source-events.js';

export interface ReceivedGhlCall {
  body: GhlBody;
  raw: string;
  verifiedBy: VerifiedBy;
  sourceKeyId: string | null;
}

/**
 * Takes one call reported by GoHighLevel; repetitions get the first one's answer. What was said on
 * a missed call may be reported later under the same identity: it is new once.
 */
export function* takeGhlCall(deps: ResponseDeps, received: ReceivedGhlCall): Unit<CallAnswer> {
  const { runtime, defaultRegion } = deps;
  const call = parseGhlCall(received.body);
  const business = yield* lockBusiness(deps.store, {
    phones: [normalizePhone(call.called, defaultRegion).e164],
    ghlLocationId: call.location_id,
  });
  const eventId = runtime.newId();
  const { claims, by } = ghlEventKey(call, runtime.clock.now(), defaultRegion);
  const said = clean(call.message, 10_000);
  const before = yield* claimEvent<CallOutcome>(deps, claims, eventId);
  if (before !== null && (before.lead_id === null || said === null)) {
    return { ...before, repeated: true };
  }
  const words = said === null ? [] : claims.map((claim) => `${claim}:words`);
  const heard = yield* claimEvent<CallOutcome>(deps, words, eventId);
  if (before !== null && heard !== null) return { ...before, repeated: true };

  const decision = decideGhlCall(call);
  const answer =
    before === null
      ? yield* firstReport(deps, received, { call, business, decision, eventId, said })
      : { ...before, created: false };
  if (before?.lead_id != null && said !== null) {
    yield* hearWords(deps, business, before.lead_id, said);
  }
  yield* storeEvent(deps, {
    id: eventId,
    leadId: answer.lead_id,
    kind: 'call',
    provider: 'ghl',
    raw: received.raw,
    businessId: business.id,
    verifiedBy: received.verifiedBy,
    outcome: decision.missed ? 'missed' : decision.final ? 'answered' : 'waiting',
    reason: decision.reason,
    facts: {
      identified_by: by,
      call_status: call.call_status,
      contact_id: call.contact_id,
      location_id: call.location_id,
    },
    answer,
  });
  return { ...answer, repeated: false };
}

interface Report {
  call: GhlCall;
  business: Business;
  decision: GhlDecision;
  eventId: string;
  said: string | null;
}

/** A call that was missed becomes an enquiry. */
function* firstReport(
  deps: ResponseDeps,
  { sourceKeyId }: ReceivedGhlCall,
  { call, business, decision, eventId, said }: Report,
): Unit<CallOutcome> {
  const { reason } = decision;
  if (!decision.missed) {
    return {
      lead_id: null,
      missed: false,
      reason,
      created: false,
      task_id: null,
      acknowledgement: NOT_MISSED,
    };
  }
  const identity = identityOf(
    { ...call, ghl_contact_id: call.contact_id },
    deps.defaultRegion,
    true,
  );
  const { lead, created, task, acknowledgement } = yield* takeEnquiry(deps, {
    business,
    identity,
    source: 'ghl call',
    sourceKeyId,
    sourceEventId: eventId,
    reason: identity.withheld
      ? 'caller_id_withheld'
      : reason === 'voicemail'
        ? 'voicemail'
        : 'missed_call',
    text: said,
    typed: false,
    consent: { call: true },
  });
  return {
    lead_id: lead.id,
    missed: true,
    reason,
    created,
    task_id: task.id,
    acknowledgement: acknowledgement === null ? NOT_MISSED : toAcknowledgement(acknowledgement),
  };
}
