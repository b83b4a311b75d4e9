import { z } from 'zod';

import { email, flag, id, text } from '../core/fields.js';
import { personal } from '../core/personal.js';
import type { QualificationsTable } from '../db/tables/qualification.js';
import type { QualificationSummary } from '../leads/lead-schema.js';
import { DECISIONS } from './decision.js';

const nullable = z.string().nullable();

/** A lead that exists, or what is known of a new one. Fields that are not known here are ignored. */
export const qualifyRequestSchema = z
  .object({
    lead_id: id.optional(),
    name: personal(text(400)).optional(),
    first_name: personal(text(200)).optional(),
    last_name: personal(text(200)).optional(),
    phone: personal(text(50)).optional(),
    email: personal(email).optional(),
    source: text(100).optional(),
    message: personal(text(20_000)).optional(),
    vertical: text(100).optional(),
    business_id: id.optional(),
    consent: z
      .object({ sms: flag.optional(), email: flag.optional() })
      .optional()
      .describe('What a new lead agreed to; without it no booking link is sent to it.'),
  })
  .superRefine((given, context) => {
    if (given.lead_id !== undefined) return;
    const told = [given.name, given.first_name, given.last_name, given.phone, given.email];
    if (told.some((part) => part !== undefined)) return;
    context.addIssue({
      code: 'custom',
      path: ['lead_id'],
      message: 'is required, or a name, phone or email of a new lead',
    });
  });

export type QualifyRequest = z.output<typeof qualifyRequestSchema>;

export const qualificationAnswerSchema = z.object({
  lead_id: z.string(),
  qualification_id: z.string(),
  score: z.number(),
  decision: z.enum(DECISIONS),
  reason: z.string(),
  source: z.enum(['openai', 'rules']),
  model: nullable,
  prompt_version: nullable,
  /** Why the rules answered; null when the model did. */
  fallback_reason: nullable,
  /** The rules answered: the model is asked again when that may help. */
  requalify: z.boolean(),
  booking_url: personal(nullable),
  task_id: nullable,
  message_id: nullable,
});

export type QualificationAnswer = z.output<typeof qualificationAnswerSchema>;

/** What a lead shows of its newest qualification. */
export function toSummary(row: QualificationsTable): QualificationSummary {
  return {
    id: row.id,
    score: row.score,
    decision: row.decision,
    reason: row.reason,
    source: row.source,
    model: row.model,
    prompt_version: row.prompt_version,
    at: row.created_at,
  };
}
