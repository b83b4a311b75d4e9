import { createHash } from 'node:crypto';

import { lockBusiness } from '../businesses/find.js';
import { conflict, invalid } from '../core/errors.js';
import { first, type Unit } from '../db/unit.js';
import type { Submission } from '../forms/submission-schema.js';
import { toAcknowledgement } from '../messaging/message.js';
import { NOT_MISSED, type FormAnswer, type FormOutcome } from './answers.js';
import type { ResponseDeps } from './deps.js';
import { takeEnquiry } from './enquire.js';
import { identityOf, type Identity } from './identity.js';
import { claimEvent, storeEvent, type VerifiedBy } from './source-events.js';

export interface ReceivedForm {
  submission: Submission;
  raw: string;
  verifiedBy: VerifiedBy;
  sourceKeyId: string | null;
}

const MINUTE_MS = 60_000;

/** Without a submission id, the same contact and message in one minute are one submission. */
function eventKey(submission: Submission, identity: Identity, receivedAt: number): string {
  const form = submission.form_id;
  if (submission.submission_id !== undefined) {
    return `form:${form}:id:${submission.submission_id}`;
  }
  const given = Date.parse(submission.submitted_at ?? '');
  const minute = Math.floor((Number.isNaN(given) ? receivedAt : given) / MINUTE_MS);
  const hash = createHash('sha256')
    .update(
      JSON.stringify([
        identity.phoneKey,
        identity.emailKey,
        identity.nameKey,
        identity.businessName,
        submission.fields.message ?? null,
        minute,
      ]),
    )
    .digest('hex');
  return `form:${form}:sha256:${hash}`;
}

/** Every form names somebody and a way to reach them, whatever else it asks for. */
function checkFields(
  submission: Submission,
  identity: Identity,
  required: readonly string[],
): void {
  const { fields } = submission;
  const problems: Record<string, string> = {};
  const named =
    fields.name ?? fields.first_name ?? fields.last_name ?? fields.company ?? fields.business_name;
  if (named === undefined) problems['fields.name'] = 'a name or a company is required';
  if (identity.e164 === null && identity.emailKey === null) {
    problems[fields.phone === undefined ? 'fields.email' : 'fields.phone'] =
      fields.phone === undefined
        ? 'an e-mail or a phone is required'
        : 'must be a phone number, with its country code';
  }
  for (const name of required) {
    if ((fields as Record<string, unknown>)[name] === undefined) {
      problems[`fields.${name}`] ??= 'is required';
    }
  }
  if (Object.keys(problems).length > 0) throw invalid(problems);
}

/**
 * Takes one form submission: idempotent, validated by its form's own rules, consent kept as
 * received. Errors: 400 with the fields; 409 `form_disabled`.
 */
export function* takeForm(deps: ResponseDeps, received: ReceivedForm): Unit<FormAnswer> {
  const { store, runtime, defaultRegion } = deps;
  const { submission } = received;
  const { fields, consent } = submission;
  const form = yield* first(
    store.db
      .selectFrom('forms')
      .select(['business_id', 'required_fields', 'disabled_at'])
      .where('form_id', '=', submission.form_id),
  );
  const identity = identityOf(
    { ...fields, business_name: fields.business_name ?? fields.company },
    defaultRegion,
    false,
  );
  const required = JSON.parse(form?.required_fields ?? '[]') as string[];
  checkFields(submission, identity, required);

  const business = yield* lockBusiness(store, { businessId: form?.business_id });
  const eventId = runtime.newId();
  const key = eventKey(submission, identity, runtime.clock.now());
  const before = yield* claimEvent<FormOutcome>(deps, [key], eventId);
  if (before !== null) return { ...before, repeated: true };
  if (form?.disabled_at != null) {
    throw conflict('form_disabled', 'This form takes no submissions at present.');
  }
  const permits = { sms: consent?.sms === true, email: consent?.email === true };
  const taken = yield* takeEnquiry(deps, {
    business,
    identity,
    source: 'form',
    sourceKeyId: received.sourceKeyId,
    sourceEventId: eventId,
    reason: 'form',
    text: [fields.message, fields.service].filter((part) => part !== undefined).join('\n'),
    typed: true,
    consent: permits,
  });
  const answer: FormOutcome = {
    lead_id: taken.lead.id,
    created: taken.created,
    task_id: taken.task.id,
    acknowledgement:
      taken.acknowledgement === null ? NOT_MISSED : toAcknowledgement(taken.acknowledgement),
  };
  yield* storeEvent(deps, {
    id: eventId,
    leadId: taken.lead.id,
    kind: 'form',
    provider: 'form',
    raw: received.raw,
    businessId: business.id,
    verifiedBy: received.verifiedBy,
    outcome: 'form',
    reason: null,
    facts: {
      form_id: submission.form_id,
      form_version: submission.form_version ?? null,
      submitted_at: submission.submitted_at ?? null,
      consent: permits,
      message: fields.message ?? null,
      service: fields.service ?? null,
    },
    answer,
  });
  return { ...answer, repeated: false };
}
