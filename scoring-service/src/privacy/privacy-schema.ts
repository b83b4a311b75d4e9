import { z } from 'zod';

import { email, id, phone, text } from '../core/fields.js';

const MOST_LEADS = 100;

const someone = {
  lead_ids: z
    .array(id, { error: 'must be a list of lead ids' })
    .min(1, 'must name 1 to 100 leads')
    .max(MOST_LEADS, 'must name 1 to 100 leads')
    .optional(),
  phone: phone.meta({ pii: true }).optional(),
  email: email.meta({ pii: true }).optional(),
};

const NAMED = { error: 'lead_ids, phone or email is required', path: ['lead_ids'] };

/** Whose data is meant: given leads, or everything that a phone number or an e-mail leads to. */
export const personSchema = z
  .object(someone)
  .refine((given) => Object.values(given).some((value) => value !== undefined), NAMED);

export const erasureSchema = z
  .object({
    ...someone,
    reason: text(500)
      .meta({ description: 'Kept in the activity log; must not say who the person is.' })
      .optional(),
  })
  .refine(
    ({ lead_ids, phone, email }) => [lead_ids, phone, email].some((value) => value !== undefined),
    NAMED,
  );

export type PersonQuery = z.output<typeof personSchema>;
export type ErasureRequest = z.output<typeof erasureSchema>;

const rows = z.array(z.record(z.string(), z.unknown()));

export const personExportSchema = z.object({
  exported_at: z.string(),
  lead_ids: z.array(z.string()),
  phones: z.array(z.string()).meta({ pii: true }),
  emails: z.array(z.string()).meta({ pii: true }),
  /** Rows by table; tables without any are left out. */
  data: z.record(z.string(), rows).meta({ pii: true }),
});

export type PersonExport = z.output<typeof personExportSchema>;

export const erasureResultSchema = z.object({
  erased_at: z.string(),
  lead_ids: z.array(z.string()),
  /** Rows changed or deleted, by table. */
  rows: z.record(z.string(), z.number()),
  cancelled: z.object({ deliveries: z.number(), messages: z.number(), tasks: z.number() }),
  /** Suppressions that stay, so that the person is not messaged again. */
  suppressions_kept: z.number(),
  /** Who else has the data and has to be told. */
  also_held_by: z.object({
    brokers: z.array(
      z.object({ broker_id: z.string(), name: z.string(), delivery_id: z.string() }),
    ),
    twilio_message_sids: z.array(z.string()),
    calendly_invitee_uris: z.array(z.string()),
  }),
});

export type ErasureResult = z.output<typeof erasureResultSchema>;
