import { z } from 'zod';

import { clearable } from '../businesses/business-schema.js';
import { flag, id, integer, text } from '../core/fields.js';

const secret = z
  .string({ error: 'must be text' })
  .trim()
  .min(16, 'must have at least 16 characters')
  .max(200, 'must have at most 200 characters');

const requiredFields = z
  .array(text(100), { error: 'must be a list of field names' })
  .max(100, 'must hold at most 100')
  .transform((names) => [...new Set(names)]);

export const createFormSchema = z.strictObject({
  form_id: text(200),
  name: text(200),
  business_id: id.optional(),
  required_fields: requiredFields.default([]),
  secret: secret.optional(),
});

export const updateFormSchema = z.strictObject({
  version: integer(1, Number.MAX_SAFE_INTEGER),
  name: text(200).optional(),
  business_id: id.optional(),
  required_fields: requiredFields.optional(),
  secret: clearable(secret),
  disabled: flag.optional().describe('While true, submissions are refused.'),
});

/** The secret itself is never shown again. */
export const formSchema = z.object({
  id,
  form_id: z.string(),
  name: z.string(),
  business_id: z.string(),
  required_fields: z.array(z.string()),
  has_secret: z.boolean(),
  disabled_at: z.string().nullable().describe('Since when its submissions are refused.'),
  version: z.number(),
  created_at: z.string(),
  updated_at: z.string(),
});

export type Form = z.output<typeof formSchema>;
export type CreateForm = z.output<typeof createFormSchema>;
export type UpdateForm = z.output<typeof updateFormSchema>;
