import { z } from 'zod';

/** Blank and null mean absent; a value of another type in an unimportant field is absent too. */
const optionalText = z
  .string()
  .transform((text) => text.trim().toWellFormed())
  .transform((text) => (text === '' ? null : text))
  .nullish()
  .transform((text) => text ?? null)
  .catch(null);

const uri = z.string().trim().min(1).max(500);
const optionalUri = z.preprocess((value) => (value === '' ? null : value), uri.nullish());

const scheduledEvent = z.looseObject({
  uri: optionalUri,
  name: optionalText,
  start_time: z.iso.datetime({ offset: true }).nullish().catch(null),
});

/** An invitee resource, as `invitee.created` and `invitee.canceled` carry it. */
export const inviteePayload = z.looseObject({
  uri,
  event: optionalUri,
  email: optionalText,
  name: optionalText,
  first_name: optionalText,
  last_name: optionalText,
  text_reminder_number: optionalText,
  rescheduled: z.boolean().nullish(),
  old_invitee: optionalUri,
  new_invitee: optionalUri,
  tracking: z.looseObject({ utm_content: optionalText }).nullish().catch(null),
  scheduled_event: scheduledEvent.nullish(),
});
export type InviteePayload = z.output<typeof inviteePayload>;

/**
 * A no-show: Calendly documents the invitee resource with `no_show` filled; the no-show resource
 * itself (its own `uri`, the invitee's in `invitee`) is understood as well.
 */
export const noShowPayload = z.union([
  z
    .looseObject({ invitee: uri })
    .transform(({ invitee, ...rest }) => ({ ...rest, uri: invitee }))
    .pipe(inviteePayload),
  inviteePayload,
]);

export const webhookEnvelope = z.looseObject({
  event: z.string().min(1).max(100),
  created_at: z.iso.datetime({ offset: true }).nullish().catch(null),
  payload: z.unknown(),
});
