import { z } from 'zod';

import { email, flag, id, integer, phone, text } from '../core/fields.js';
import { clearable, quietSetting, textList } from './business-schema.js';

const fields = {
  name: text(200),
  phone,
  email,
  services: textList,
  areas: textList,
  on_duty: flag,
  alerts_by_text: flag,
  quiet_hours: quietSetting,
  position: integer(0, 1_000_000),
};

export const createStaffSchema = z.strictObject({
  business_id: id.optional(),
  name: fields.name,
  phone: fields.phone.optional(),
  email: fields.email.optional(),
  services: fields.services.default([]),
  areas: fields.areas.default([]),
  on_duty: fields.on_duty.default(true),
  alerts_by_text: fields.alerts_by_text.default(false),
  quiet_hours: fields.quiet_hours.default('defer'),
  position: fields.position.optional(),
});

export const updateStaffSchema = z.strictObject({
  version: integer(1, Number.MAX_SAFE_INTEGER),
  name: fields.name.optional(),
  phone: clearable(fields.phone),
  email: clearable(fields.email),
  services: fields.services.optional(),
  areas: fields.areas.optional(),
  on_duty: fields.on_duty.optional(),
  alerts_by_text: fields.alerts_by_text.optional(),
  quiet_hours: fields.quiet_hours.optional(),
  position: fields.position.optional(),
});

export const staffSchema = z.object({
  id,
  business_id: z.string(),
  name: z.string(),
  phone: z.string().nullable(),
  email: z.string().nullable(),
  services: z.array(z.string()),
  areas: z.array(z.string()),
  on_duty: z.boolean(),
  /** Alerts also go out as texts, beside the events. */
  alerts_by_text: z.boolean(),
  quiet_hours: z.enum(['defer', 'send']),
  /** Who is told first. */
  position: z.number(),
  version: z.number(),
  created_at: z.string(),
  updated_at: z.string(),
});

const ruleSchema = z.strictObject({
  id: text(100).optional(),
  services: textList.default([]),
  areas: textList.default([]),
  /** Null: whoever is on duty and takes the service and area. */
  owner_id: id.nullable().default(null),
});

/** The whole table at once; the first rule that fits decides. */
export const putOwnershipRulesSchema = z.strictObject({
  business_id: id.optional(),
  version: integer(0, Number.MAX_SAFE_INTEGER).optional(),
  rules: z.array(ruleSchema, { error: 'must be a list of rules' }).max(500),
});

export const ownershipRulesSchema = z.object({
  business_id: z.string(),
  version: z.number(),
  rules: z.array(
    z.object({
      id: z.string(),
      services: z.array(z.string()),
      areas: z.array(z.string()),
      owner_id: z.string().nullable(),
    }),
  ),
});

export type Staff = z.output<typeof staffSchema>;
export type CreateStaff = z.output<typeof createStaffSchema>;
export type UpdateStaff = z.output<typeof updateStaffSchema>;
export type OwnershipRules = z.output<typeof ownershipRulesSchema>;
export type PutOwnershipRules = z.output<typeof putOwnershipRulesSchema>;
