import type { Business } from '../businesses/business-schema.js';
import { isTextable } from '../contact/index.js';
import type { LeadsTable } from '../db/tables/leads.js';
import type { MessagesTable } from '../db/tables/messages.js';
import type { QualificationJobsTable } from '../db/tables/qualification.js';
import { first, type Unit } from '../db/unit.js';
import { iso } from '../core/clock.js';
import { SYSTEM } from '../events/activity.js';
import type { Evidence } from '../messaging/decide.js';
import { planMessage } from '../messaging/outbox.js';
import { templateText } from '../messaging/texts.js';
import { familyOf } from '../response/candidates.js';
import { raiseTask } from '../tasks/raise.js';
import type { QualificationDeps } from './deps.js';

/** After this long a booking link would come as a surprise. */
const SEND_WITHIN_MS = 24 * 3_600_000;

/** Whether the lead has an appointment ahead: nothing has to be offered or asked then. */
export function* hasAppointment(
  { store, runtime }: QualificationDeps,
  leadId: string,
): Unit<boolean> {
  const row = yield* first(
    store.db
      .selectFrom('appointments')
      .select('id')
      .where(store.anyOf('lead_id', yield* familyOf(store, leadId)))
      .where('status', '=', 'scheduled')
      .where('scheduled_at', '>', iso(runtime.clock.now()))
      .limit(1),
  );
  return row !== undefined;
}

/**
 * Decides the one text (or e-mail, where a form agreed to that and the number takes no texts) with
 * the booking link. Null when the business has not turned it on, or the enquiry is a day old.
 */
export function* sendBookingLink(
  deps: QualificationDeps,
  { job, lead, business, link }: Subject & { link: string },
): Unit<MessagesTable | null> {
  const at = deps.runtime.clock.now();
  if (!business.booking_link_enabled) return null;
  if (at - Date.parse(job.created_at) > SEND_WITHIN_MS) return null;
  const evidence = JSON.parse(job.consent) as Evidence;
  const byEmail =
    evidence.email === true && lead.email !== null && !isTextable(lead.phone_key).textable;
  return yield* planMessage(deps, {
    kind: 'booking_link',
    channel: byEmail ? 'email' : 'sms',
    business,
    leadId: lead.id,
    sourceEventId: job.source_event_id,
    to: byEmail ? (lead.email_key ?? lead.email) : e164Of(lead),
    body: templateText('booking_link', { ...business, booking_url: link }, lead, null, at),
    // The link is this person's own: it is not made again from the template.
    rerender: false,
    consent: { ...evidence, state: evidence.state ?? lead.state },
    quietSetting: 'defer',
    actor: SYSTEM,
  });
}

const e164Of = ({ phone_key: key }: LeadsTable): string | null =>
  key !== null && key.startsWith('+') ? key : null;

export interface Subject {
  job: QualificationJobsTable;
  lead: LeadsTable;
  business: Business;
}

/** Sees that somebody calls back; the enquiry's own task, when it has one already. */
export function* askForCallback(
  deps: QualificationDeps,
  { job, lead, business }: Subject,
): Unit<string> {
  if (job.task_id !== null) return job.task_id;
  const more = yield* first(
    deps.store.db
      .selectFrom('response_leads')
      .select(['postal_code', 'service', 'area'])
      .where('lead_id', '=', lead.id),
  );
  const { task } = yield* raiseTask(deps, {
    business,
    leadId: lead.id,
    reason: 'qualification',
    enquiry: {
      service: more?.service ?? null,
      state: lead.state,
      postal_code: more?.postal_code ?? null,
      area: more?.area ?? null,
    },
    text: job.message,
  });
  return task.id;
}
