import type { Business } from '../businesses/business-schema.js';
import { lockBusiness } from '../businesses/find.js';
import { staffOf } from '../businesses/staff.js';
import { normalizePhone } from '../contact/index.js';
import { iso } from '../core/clock.js';
import { run, type Unit } from '../db/unit.js';
import { SYSTEM, type Actor } from '../events/activity.js';
import { recordEvents } from '../events/events.js';
import { planMessage } from '../messaging/outbox.js';
import { classifyInbound, type Inbound } from '../messaging/rules/index.js';
import { alertByText } from '../messaging/staff-alert.js';
import { liftTextOptOuts, suppress } from '../messaging/suppressions.js';
import type { MessageParams } from '../providers/twilio/index.js';
import { findCandidates } from './candidates.js';
import { RECENT_MS, type ResponseDeps } from './deps.js';
import { takeEnquiry } from './enquire.js';
import { clean, identityOf, type Identity } from './identity.js';
import { claimEvent, storeEvent } from './source-events.js';

export interface ReceivedText {
  params: MessageParams;
  raw: string;
}

export interface TextAnswer {
  class: Inbound['class'];
  lead_id: string | null;
}

const BY_TEXT: Actor = { type: 'system', id: null, name: 'text message' };

/**
 * Takes one inbound text. A wish to opt out is obeyed at once, whatever the sender's state; START
 * lifts only what was asked for by text; HELP is answered; anything else joins the lead's timeline
 * (or makes a lead), keeps its task open and alerts the owner.
 */
export function* takeText(deps: ResponseDeps, { params, raw }: ReceivedText): Unit<TextAnswer> {
  const { runtime, defaultRegion } = deps;
  const business = yield* lockBusiness(deps.store, {
    phones: [normalizePhone(params.To, defaultRegion).e164],
  });
  const eventId = runtime.newId();
  const key = `twilio:message:${params.MessageSid}`;
  const before = yield* claimEvent<TextAnswer>(deps, [key], eventId);
  if (before !== null) return before;

  const identity = identityOf(
    {
      phone: params.From,
      state: params.FromState ?? null,
      postal_code: params.FromZip ?? null,
    },
    defaultRegion,
    true,
  );
  const body = clean(params.Body, 20_000) ?? '';
  const asked = classOf(params, body);
  let meaning = asked.class;
  if (meaning === 'opt_in') {
    const lifted =
      identity.phoneKey !== null && (yield* liftTextOptOuts(deps, identity.phoneKey, BY_TEXT));
    // A "yes" of somebody who is not opted out is just an answer.
    if (!lifted) meaning = 'other';
  }
  const leadId =
    meaning === 'other'
      ? yield* takeMessage(deps, business, identity, body, eventId)
      : yield* knownLead(deps, business, identity);
  if (meaning === 'opt_out' && identity.phoneKey !== null) {
    yield* suppress(deps, {
      phone: identity.phoneKey,
      email: null,
      reason: `opted out by text (${asked.matched ?? 'STOP'})`,
      source: 'text',
      actor: BY_TEXT,
    });
  }
  yield* storeInbound(deps, { business, leadId, params, body, eventId, meaning });
  if (meaning === 'help' && params.OptOutType === undefined) {
    yield* answerHelp(deps, business, identity, leadId, eventId);
  }
  const answer: TextAnswer = { class: meaning, lead_id: leadId };
  yield* storeEvent(deps, {
    id: eventId,
    leadId,
    kind: 'text',
    provider: 'twilio',
    raw,
    businessId: business.id,
    verifiedBy: 'signature',
    outcome: meaning,
    reason: asked.rule,
    facts: { message_sid: params.MessageSid, matched: asked.matched },
    answer,
  });
  return answer;
}

/** Twilio's own finding counts beside ours: it has blocked or freed the number already. */
function classOf(params: MessageParams, body: string): Inbound {
  const own = classifyInbound(body);
  const type = params.OptOutType?.toUpperCase();
  if (own.class !== 'other' || type === undefined) return own;
  if (type === 'STOP') return { class: 'opt_out', matched: type, rule: 'carrier' };
  if (type === 'START') return { class: 'opt_in', matched: type, rule: 'carrier' };
  return type === 'HELP' ? { class: 'help', matched: type, rule: 'carrier' } : own;
}

/** The lead that a keyword belongs to, when there is one; a keyword makes none. */
function* knownLead(
  { store, runtime }: ResponseDeps,
  business: Business,
  identity: Identity,
): Unit<string | null> {
  const since = runtime.clock.now() - RECENT_MS;
  const found = yield* findCandidates(store, business.id, identity);
  const recent = found
    .filter(({ lastEventAt }) => lastEventAt >= since)
    .sort((a, b) => b.lastEventAt - a.lastEventAt);
  return recent[0]?.leadId ?? null;
}

function* takeMessage(
  deps: ResponseDeps,
  business: Business,
  identity: Identity,
  body: string,
  eventId: string,
): Unit<string> {
  const { lead, task, taskCreated } = yield* takeEnquiry(deps, {
    business,
    identity,
    source: 'text',
    sourceKeyId: null,
    sourceEventId: eventId,
    reason: 'text',
    text: body,
    typed: false,
    consent: null,
  });
  // The owner of a new task has been told of it already.
  if (taskCreated) return lead.id;
  const staff = yield* staffOf(deps.store, business.id);
  const owner = staff.find(({ id }) => id === task.owner_id);
  if (owner !== undefined) {
    yield* alertByText(deps, {
      business,
      staff: owner,
      leadId: lead.id,
      taskId: task.id,
      dueAt: Date.parse(task.due_at),
    });
  }
  return lead.id;
}

function* storeInbound(
  { store, runtime }: ResponseDeps,
  text: {
    business: Business;
    leadId: string | null;
    params: MessageParams;
    body: string;
    eventId: string;
    meaning: Inbound['class'];
  },
): Unit<void> {
  const at = runtime.clock.now();
  const id = runtime.newId();
  yield* run(
    store.db.insertInto('messages').values({
      id,
      business_id: text.business.id,
      lead_id: text.leadId,
      staff_id: null,
      task_id: null,
      source_event_id: text.eventId,
      direction: 'inbound',
      channel: 'sms',
      kind: 'inbound',
      to_address: clean(text.params.To, 50),
      from_address: clean(text.params.From, 50),
      body: text.body,
      status: 'received',
      reason_code: text.meaning === 'other' ? null : text.meaning,
      checks: '[]',
      warnings: '[]',
      rule_version: null,
      consent: '{}',
      rerender: 0,
      send_at: null,
      due_at: null,
      claim_id: null,
      sending_at: null,
      sent_at: null,
      provider_sid: text.params.MessageSid,
      error_code: null,
      attempts: 0,
      searches: 0,
      actor: JSON.stringify(BY_TEXT),
      created_at: iso(at),
      updated_at: iso(at),
    }),
  );
  yield* recordEvents(
    [
      {
        type: 'message.received',
        data: {
          message_id: id,
          lead_id: text.leadId,
          business_id: text.business.id,
          class: text.meaning,
        },
      },
    ],
    at,
    runtime.newId,
  );
}

/** Names the business and its number, to somebody who asked and has not opted out. */
function* answerHelp(
  deps: ResponseDeps,
  business: Business,
  identity: Identity,
  leadId: string | null,
  eventId: string,
): Unit<void> {
  const number = business.callback_number ?? business.phones[0];
  yield* planMessage(deps, {
    kind: 'manual',
    channel: 'sms',
    business,
    leadId,
    sourceEventId: eventId,
    to: identity.e164,
    body: `This is ${business.name}.${number === undefined ? '' : ` Call us at ${number}.`} Reply STOP to opt out.`,
    rerender: false,
    consent: {
      source: { source: 'person' },
      state: identity.state,
      postal_code: identity.postalCode,
    },
    quietSetting: business.missed_call_quiet_hours,
    actor: SYSTEM,
  });
}
