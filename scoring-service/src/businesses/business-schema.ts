import { z } from 'zod';

import { normalizePhone } from '../contact/index.js';
import { flag, id, integer, phone, text } from '../core/fields.js';
import { datesOffSchema, timezoneSchema, weeklyWindowsSchema } from '../hours/schema.js';
import { messageKinds, validateTemplate } from '../messaging/rules/index.js';

export const url = z
  .string({ error: 'must be text' })
  .trim()
  .max(2000, 'must have at most 2000 characters')
  .refine(
    (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
    'must be an http or https URL',
  );

/** Short texts, each once. */
export const textList = z
  .array(text(100), { error: 'must be a list of texts' })
  .max(200, 'must hold at most 200')
  .transform((values) => [...new Set(values)]);

export const quietSetting = z.enum(['defer', 'send'], { error: 'must be defer or send' });

const templates = z
  .partialRecord(z.enum(messageKinds), z.string(), { error: 'must be an object of texts by kind' })
  .superRefine((given, context) => {
    for (const kind of messageKinds) {
      const template = given[kind];
      if (template === undefined) continue;
      for (const { message } of validateTemplate(kind, template)) {
        context.addIssue({ code: 'custom', path: [kind], message });
      }
    }
  });

const fields = {
  name: text(100),
  phones: z.array(phone, { error: 'must be a list of phone numbers' }).max(100),
  timezone: timezoneSchema,
  hours: weeklyWindowsSchema,
  dates_off: datesOffSchema,
  callback_number: phone,
  booking_url: url,
  review_url: url,
  urgent_route: text(200),
  response_window_minutes: integer(1, 10_080),
  unclaimed_minutes: integer(1, 10_080),
  services: textList,
  service_areas: textList,
  vertical: z.enum(['dental', 'med_spa', 'generic'], {
    error: 'must be dental, med_spa or generic',
  }),
  templates,
  urgent_keywords: textList,
  missed_call_quiet_hours: quietSetting,
  qualification_enabled: flag,
  booking_link_enabled: flag,
  privacy_profile: z.enum(['standard', 'health'], { error: 'must be standard or health' }),
  default_owner_id: id,
  ghl_location_id: text(200),
};

export const createBusinessSchema = z.strictObject({
  name: fields.name,
  phones: fields.phones.default([]),
  timezone: fields.timezone.optional(),
  hours: fields.hours.optional(),
  dates_off: fields.dates_off.default([]),
  callback_number: fields.callback_number.optional(),
  booking_url: fields.booking_url.optional(),
  review_url: fields.review_url.optional(),
  urgent_route: fields.urgent_route.optional(),
  response_window_minutes: fields.response_window_minutes.default(30),
  unclaimed_minutes: fields.unclaimed_minutes.default(15),
  services: fields.services.default([]),
  service_areas: fields.service_areas.default([]),
  vertical: fields.vertical.default('generic'),
  templates: fields.templates.default({}),
  urgent_keywords: fields.urgent_keywords.default([]),
  missed_call_quiet_hours: fields.missed_call_quiet_hours.default('defer'),
  qualification_enabled: fields.qualification_enabled.default(false),
  booking_link_enabled: fields.booking_link_enabled.default(false),
  privacy_profile: fields.privacy_profile.default('standard'),
  default_owner_id: fields.default_owner_id.optional(),
  ghl_location_id: fields.ghl_location_id.optional(),
});

export const clearable = <T extends z.ZodType>(schema: T) =>
  z.union([z.literal('').transform(() => null), z.null(), schema]).optional();

/** Absent = unchanged; null or blank clears what may be empty. */
export const updateBusinessSchema = z.strictObject({
  version: integer(1, Number.MAX_SAFE_INTEGER),
  name: fields.name.optional(),
  phones: fields.phones.optional(),
  timezone: fields.timezone.optional(),
  hours: fields.hours.optional(),
  dates_off: fields.dates_off.optional(),
  callback_number: clearable(fields.callback_number),
  booking_url: clearable(fields.booking_url),
  review_url: clearable(fields.review_url),
  urgent_route: clearable(fields.urgent_route),
  response_window_minutes: fields.response_window_minutes.optional(),
  unclaimed_minutes: fields.unclaimed_minutes.optional(),
  services: fields.services.optional(),
  service_areas: fields.service_areas.optional(),
  vertical: fields.vertical.optional(),
  templates: fields.templates.optional(),
  urgent_keywords: fields.urgent_keywords.optional(),
  missed_call_quiet_hours: fields.missed_call_quiet_hours.optional(),
  qualification_enabled: fields.qualification_enabled.optional(),
  booking_link_enabled: fields.booking_link_enabled.optional(),
  privacy_profile: fields.privacy_profile.optional(),
  default_owner_id: clearable(fields.default_owner_id),
  ghl_location_id: clearable(fields.ghl_location_id),
});

const nullable = z.string().nullable();

export const businessSchema = z.object({
  id,
  name: z.string(),
  phones: z.array(z.string()),
  timezone: z.string(),
  hours: weeklyWindowsSchema,
  dates_off: z.array(z.string()),
  callback_number: nullable,
  booking_url: nullable,
  review_url: nullable,
  urgent_route: nullable,
  response_window_minutes: z.number(),
  unclaimed_minutes: z.number(),
  services: z.array(z.string()),
  service_areas: z.array(z.string()),
  vertical: z.enum(['dental', 'med_spa', 'generic']),
  templates: z.record(z.string(), z.string()),
  urgent_keywords: z.array(z.string()),
  missed_call_quiet_hours: z.enum(['defer', 'send']),
  qualification_enabled: z.boolean(),
  booking_link_enabled: z.boolean(),
  /** `health`: no free text goes to a model, only flags and signals found in it. */
  privacy_profile: z.enum(['standard', 'health']),
  default_owner_id: nullable,
  ghl_location_id: nullable,
  is_default: z.boolean(),
  /** Fields that the environment fixes; they cannot be changed here. */
  locked: z.array(z.string()),
  version: z.number(),
  created_at: z.string(),
  updated_at: z.string(),
});

export type Business = z.output<typeof businessSchema>;
export type CreateBusiness = z.output<typeof createBusinessSchema>;
export type UpdateBusiness = z.output<typeof updateBusinessSchema>;

/** A number in E.164, or undefined when it is none. */
export function toE164(input: string, defaultRegion: string): string | undefined {
  return normalizePhone(input, defaultRegion).e164 ?? undefined;
}
