import { z } from 'zod';

import {
  clearable,
  email,
  flag,
  id,
  integer,
  isStorableText,
  phone,
  text,
} from '../core/fields.js';
import {
  CONTACT_HOURS_DEFAULTS,
  contactHoursFields,
  contactHoursProblem,
} from '../hours/contact-hours.js';
import { extraHeadersSchema } from '../core/extra-headers.js';
import { personal } from '../core/personal.js';

const url = z
  .string({ error: 'must be text' })
  .trim()
  .max(2000, 'must have at most 2000 characters')
  .refine(
    (value) =>
      isStorableText(value) && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
    'must be an http or https URL',
  );

const fields = {
  name: text(200),
  company: text(200),
  email,
  phone,
  crm_webhook_url: url,
  crm_headers: extraHeadersSchema,
  rate_limit_per_minute: integer(1, 100_000),
  ...contactHoursFields,
  weekend_pause: flag,
};

export const createBrokerSchema = z
  .strictObject({
    name: fields.name,
    company: fields.company.optional(),
    email: fields.email.optional(),
    phone: fields.phone.optional(),
    assignment_status: z.enum(['active', 'paused']).default('active'),
    crm_webhook_url: fields.crm_webhook_url.optional(),
    crm_headers: fields.crm_headers.default({}),
    rate_limit_per_minute: fields.rate_limit_per_minute.optional(),
    contact_hours: fields.contact_hours.default(CONTACT_HOURS_DEFAULTS.contact_hours),
    custom_hours: fields.custom_hours.default([]),
    weekend_pause: fields.weekend_pause.default(CONTACT_HOURS_DEFAULTS.weekend_pause),
    dates_off: fields.dates_off.default([]),
    timezone: fields.timezone.optional(),
  })
  .superRefine((broker, context) => {
    const problem = contactHoursProblem(broker);
    if (problem !== null) {
      context.addIssue({ code: 'custom', path: ['custom_hours'], message: problem });
    }
  });

/** Absent = unchanged; null or blank clears a field that may be empty. */
export const updateBrokerSchema = z.strictObject({
  version: integer(1, Number.MAX_SAFE_INTEGER),
  name: fields.name.optional(),
  company: clearable(fields.company),
  email: clearable(fields.email),
  phone: clearable(fields.phone),
  crm_webhook_url: clearable(fields.crm_webhook_url),
  crm_headers: fields.crm_headers.optional(),
  rate_limit_per_minute: clearable(fields.rate_limit_per_minute),
  contact_hours: fields.contact_hours.optional(),
  custom_hours: fields.custom_hours.optional(),
  weekend_pause: fields.weekend_pause.optional(),
  dates_off: fields.dates_off.optional(),
  timezone: fields.timezone.optional(),
});

export const brokerSchema = z.object({
  id,
  name: personal(z.string()),
  company: z.string().nullable(),
  email: personal(z.string().nullable()),
  phone: personal(z.string().nullable()),
  assignment_status: z.enum(['active', 'paused']),
  crm_webhook_url: z.string().nullable(),
  crm_headers: z.record(z.string(), z.string()),
  rate_limit_per_minute: z.number().nullable(),
  ...contactHoursFields,
  deliveries_paused: z.boolean(),
  version: z.number(),
  created_at: z.string(),
  updated_at: z.string(),
});

export type Broker = z.output<typeof brokerSchema>;
export type CreateBroker = z.output<typeof createBrokerSchema>;
export type UpdateBroker = z.output<typeof updateBrokerSchema>;
