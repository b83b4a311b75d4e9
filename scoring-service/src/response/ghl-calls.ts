import { lockBusiness } from '../businesses/find.js';
import { normalizePhone } from '../contact/index.js';
import type { Unit } from '../db/unit.js';
import { toAcknowledgement } from '../messaging/message.js';
import { decideGhlCall, ghlEventKey, parseGhlCall, type GhlBody } from '../providers/ghl/index.js';
import { NOT_MISSED, type CallAnswer, type CallOutcome } from './answers.js';
import type { ResponseDeps } from './deps.js';
import { takeEnquiry } from './enquire.js';
import { clean, identityOf } from './identity.js';
import { claimEvent, storeEvent, type VerifiedBy } from './source-events.js';

export interface ReceivedGhlCall {
  body: GhlBody;
  raw: string;
  verifiedBy: VerifiedBy;
  sourceKeyId: string | null;
}

/** Takes one call reported by GoHighLevel; repetitions get the first one's answer. */
export function* takeGhlCall(deps: ResponseDeps, received: ReceivedGhlCall): Unit<CallAnswer> {
  const { runtime, defaultRegion } = deps;
  const call = parseGhlCall(received.body);
  const business = yield* lockBusiness(deps.store, {
    phones: [normalizePhone(call.called, defaultRegion).e164],
    ghlLocationId: call.location_id,
  });
  const eventId = runtime.newId();
  const { claims, by } = ghlEventKey(call, runtime.clock.now(), defaultRegion);
  const before = yield* claimEvent<CallOutcome>(deps, claims, eventId);
  if (before !== null) return { ...before, repeated: true };

  const decision = decideGhlCall(call);
  const identity = identityOf({ ...call, ghl_contact_id: call.contact_id }, defaultRegion, true);
  let answer: CallOutcome = {
    lead_id: null,
    missed: false,
    reason: decision.reason,
    created: false,
    task_id: null,
    acknowledgement: NOT_MISSED,
  };
  if (decision.missed) {
    const taken = yield* takeEnquiry(deps, {
      business,
      identity,
      source: 'ghl call',
      sourceKeyId: received.sourceKeyId,
      sourceEventId: eventId,
      reason: identity.withheld
        ? 'caller_id_withheld'
        : decision.reason === 'voicemail'
          ? 'voicemail'
          : 'missed_call',
      text: clean(call.message, 10_000),
      typed: false,
      consent: { call: true },
    });
    answer = {
      lead_id: taken.lead.id,
      missed: true,
      reason: decision.reason,
      created: taken.created,
      task_id: taken.task.id,
      acknowledgement:
        taken.acknowledgement === null ? NOT_MISSED : toAcknowledgement(taken.acknowledgement),
    };
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
