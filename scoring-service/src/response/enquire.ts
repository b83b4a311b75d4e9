import type { Business } from '../businesses/business-schema.js';
import { isTextable } from '../contact/index.js';
import type { LeadsTable } from '../db/tables/leads.js';
import type { MessagesTable } from '../db/tables/messages.js';
import type { TasksTable } from '../db/tables/tasks.js';
import { first, type Unit } from '../db/unit.js';
import { SYSTEM } from '../events/activity.js';
import type { Evidence } from '../messaging/decide.js';
import { planMessage } from '../messaging/outbox.js';
import { templateText } from '../messaging/texts.js';
import { raiseTask } from '../tasks/raise.js';
import type { ResponseDeps } from './deps.js';
import type { Identity } from './identity.js';
import { placeEvent } from './place.js';

export interface Enquiry {
  business: Business;
  identity: Identity;
  source: string;
  sourceKeyId: string | null;
  sourceEventId: string;
  /** Why somebody has to call back. */
  reason: string;
  /** What the person wrote or said. */
  text: string | null;
  typed: boolean;
  /** What permits an acknowledgement; null for what is not acknowledged (a text). */
  consent: { call: true } | { sms: boolean; email: boolean } | null;
}

export interface Taken {
  lead: LeadsTable;
  created: boolean;
  task: TasksTable;
  taskCreated: boolean;
  acknowledgement: MessagesTable | null;
}

/**
 * One enquiry: its lead, its one open task, its acknowledgement decided and queued. All in one
 * unit, under the business's lock; nothing is sent here.
 */
export function* takeEnquiry(deps: ResponseDeps, enquiry: Enquiry): Unit<Taken> {
  const { store } = deps;
  const { business, identity } = enquiry;
  const { lead, created } = yield* placeEvent(deps, enquiry);
  const more = yield* first(
    store.db
      .selectFrom('response_leads')
      .select(['postal_code', 'service', 'area'])
      .where('lead_id', '=', lead.id),
  );
  const { task, created: taskCreated } = yield* raiseTask(deps, {
    business,
    leadId: lead.id,
    reason: enquiry.reason,
    enquiry: {
      service: more?.service ?? null,
      state: lead.state,
      postal_code: more?.postal_code ?? null,
      area: more?.area ?? null,
    },
    text: enquiry.text,
  });
  if (enquiry.consent === null) return { lead, created, task, taskCreated, acknowledgement: null };
  const evidence = evidenceOf(
    enquiry.consent,
    lead.state,
    more?.postal_code ?? identity.postalCode,
  );
  const acknowledgement = yield* acknowledge(deps, enquiry, evidence, { lead, task });
  yield* deps.qualify.taken({
    business,
    leadId: lead.id,
    taskId: task.id,
    sourceEventId: enquiry.sourceEventId,
    trigger: 'call' in enquiry.consent ? 'missed_call' : 'form',
    source: enquiry.source,
    message: enquiry.text === null || enquiry.text === '' ? null : enquiry.text,
    evidence,
  });
  return { lead, created, task, taskCreated, acknowledgement };
}

/** What permits messages about an enquiry: the call itself, or the boxes of its form. */
function evidenceOf(
  consent: NonNullable<Enquiry['consent']>,
  state: string | null,
  postalCode: string | null,
): Evidence {
  const isCall = 'call' in consent;
  return {
    source: isCall ? { source: 'call' } : { source: 'form', sms: consent.sms },
    email: !isCall && consent.email,
    state,
    postal_code: postalCode,
  };
}

/** A call is answered by text; a form by text, or by e-mail when its number takes no texts. */
function* acknowledge(
  deps: ResponseDeps,
  { business, identity, sourceEventId }: Enquiry,
  evidence: Evidence,
  to: { lead: LeadsTable; task: TasksTable },
): Unit<MessagesTable> {
  const at = deps.runtime.clock.now();
  const byEmail =
    evidence.email === true && identity.email !== null && !isTextable(identity.e164).textable;
  return yield* planMessage(deps, {
    kind: 'acknowledgement',
    channel: byEmail ? 'email' : 'sms',
    business,
    leadId: to.lead.id,
    taskId: to.task.id,
    sourceEventId,
    to: byEmail ? (identity.emailKey ?? identity.email) : identity.e164,
    body: templateText('acknowledgement', business, to.lead, Date.parse(to.task.due_at), at),
    rerender: true,
    consent: evidence,
    quietSetting: business.missed_call_quiet_hours,
    actor: SYSTEM,
  });
}
