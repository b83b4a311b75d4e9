import { z } from 'zod';

import { amount, email, integer, parseAmount, phone, text, withoutBlanks } from '../core/fields.js';
import { personal } from '../core/personal.js';

const NAME = 200;
const NOTES = 50_000;

const fields = {
  ghl_contact_id: text(255),
  first_name: personal(text(NAME)),
  last_name: personal(text(NAME)),
  business_name: personal(text(NAME)),
  email: personal(email),
  phone: personal(phone),
  state: text(100),
  vertical: text(100),
  credit_score: integer(300, 850),
  funding_purpose: personal(text(2000)),
  ai_call_notes: personal(text(NOTES)),
  ai_call_status: text(200),
};

/** `POST /leads/incoming`: only the contact id is required; unknown fields stay in the raw payload. */
export const incomingLeadSchema = z.object({
  ghl_contact_id: fields.ghl_contact_id,
  vertical: fields.vertical.optional(),
  first_name: fields.first_name.optional(),
  last_name: fields.last_name.optional(),
  business_name: fields.business_name.optional(),
  email: fields.email.optional(),
  phone: fields.phone.optional(),
  credit_score: fields.credit_score.optional(),
  funding_amount: z
    .unknown()
    .transform(parseAmount)
    .meta({
      description:
        'A positive amount, also as text such as "$50,000". Anything else is stored as missing and rejected with invalid_loan_amount.',
    })
    .optional(),
  funding_purpose: fields.funding_purpose.optional(),
  state: fields.state.optional(),
  ai_call_notes: fields.ai_call_notes.optional(),
  ai_call_status: fields.ai_call_status.optional(),
});

export type IncomingLead = z.output<typeof incomingLeadSchema>;

/** Fields that only routing sets. */
export const PROTECTED_FIELDS = [
  'assigned_broker_id',
  'assigned_order_id',
  'assigned_at',
  'status',
] as const;

const isProtected = z.never({ error: 'is set by routing and cannot be changed here' }).optional();

/** `PATCH /leads/update`: absent, null and blank leave a field as it is; a blank e-mail clears it. */
export const updateLeadSchema = z.object({
  ghl_contact_id: fields.ghl_contact_id,
  first_name: fields.first_name.optional(),
  last_name: fields.last_name.optional(),
  email: z
    .union([z.literal(''), fields.email], { error: 'must be a valid e-mail address or ""' })
    .optional(),
  phone: fields.phone.optional(),
  business_name: fields.business_name.optional(),
  vertical: fields.vertical.optional(),
  credit_score: fields.credit_score.optional(),
  funding_amount: amount.optional(),
  funding_purpose: fields.funding_purpose.optional(),
  state: fields.state.optional(),
  ai_call_notes: fields.ai_call_notes.optional(),
  ai_call_status: fields.ai_call_status.optional(),
  assigned_broker_id: isProtected,
  assigned_order_id: isProtected,
  assigned_at: isProtected,
  status: isProtected,
});

/** Drops blanks as everywhere, but keeps `email: ""` (clears it) and protected names (refused). */
export function updateBlanks(body: unknown): unknown {
  const kept = withoutBlanks(body);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return kept;
  const given = body as Record<string, unknown>;
  const result = { ...(kept as Record<string, unknown>) };
  if (typeof given.email === 'string' && given.email.trim() === '') result.email = '';
  for (const name of PROTECTED_FIELDS) if (name in given) result[name] = given[name] ?? 'null';
  return result;
}

export type UpdateLead = z.output<typeof updateLeadSchema>;

/** The same by id, on the copy that somebody saw. */
export const editLeadSchema = updateLeadSchema
  .omit({ ghl_contact_id: true })
  .extend({ version: integer(1, Number.MAX_SAFE_INTEGER) });

export type EditLead = z.output<typeof editLeadSchema>;

const nullable = z.string().nullable();

/** A qualification as far as a lead shows it. */
export const qualificationSummarySchema = z.object({
  id: z.string(),
  score: z.number(),
  decision: z.enum(['book_now', 'follow_up', 'low_quality']),
  reason: personal(z.string()),
  source: z.enum(['openai', 'rules']),
  model: nullable,
  prompt_version: nullable,
  at: z.string(),
});

export type QualificationSummary = z.output<typeof qualificationSummarySchema>;

export const leadSchema = z.object({
  id: z.string(),
  kind: z.enum(['distribution', 'response']),
  status: z.enum(['assigned', 'unassigned', 'rejected', 'open', 'closed']),
  first_name: personal(nullable),
  last_name: personal(nullable),
  name: personal(nullable),
  business_name: personal(nullable),
  email: personal(nullable),
  phone: personal(nullable),
  state: nullable,
  vertical: nullable,
  credit_score: z.number().nullable(),
  funding_amount: z.number().nullable(),
  funding_purpose: personal(nullable),
  ghl_contact_id: nullable,
  ai_call_notes: personal(nullable),
  ai_call_status: nullable,
  assigned_broker_id: nullable,
  assigned_order_id: nullable,
  assigned_at: nullable,
  rejection_reason: nullable,
  business_id: nullable,
  /** The newest result of qualifying it; every result is in its timeline. */
  qualification: qualificationSummarySchema.nullable(),
  /** The newest booking link, whichever qualification it came from. */
  booking_url: personal(nullable),
  /** When its personal data was erased. */
  erased_at: nullable,
  source: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  version: z.number(),
});

export type Lead = z.output<typeof leadSchema>;
