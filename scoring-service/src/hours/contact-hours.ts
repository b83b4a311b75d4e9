import { z } from 'zod';

import { datesOffSchema, timezoneSchema, weeklyWindowsSchema } from './schema.js';

export const CONTACT_HOURS_MODES = ['anytime', 'business_hours', 'custom'] as const;

/**
 * The fields of a broker that say when leads may be handed over. They carry no defaults, so that
 * `.partial()` of them stays a faithful PATCH; creation adds `CONTACT_HOURS_DEFAULTS`.
 */
export const contactHoursFields = {
  contact_hours: z.enum(CONTACT_HOURS_MODES, {
    error: `must be one of ${CONTACT_HOURS_MODES.join(', ')}`,
  }),
  custom_hours: weeklyWindowsSchema,
  weekend_pause: z.boolean({ error: 'must be true or false' }),
  dates_off: datesOffSchema,
  timezone: timezoneSchema,
};

/** What a broker has who says nothing; the time zone default is a setting of the service. */
export const CONTACT_HOURS_DEFAULTS = {
  contact_hours: 'anytime',
  custom_hours: [],
  weekend_pause: false,
  dates_off: [],
} satisfies Partial<z.input<z.ZodObject<typeof contactHoursFields>>>;

/** Why a complete set of contact hours contradicts itself, or null. For use in refinements. */
export function contactHoursProblem(
  hours: Pick<ContactHours, 'contact_hours' | 'custom_hours'>,
): string | null {
  return hours.contact_hours === 'custom' && hours.custom_hours.length === 0
    ? 'must hold at least one window when contact_hours is custom'
    : null;
}

const completeFields = z.object(contactHoursFields);

/** When a broker may be contacted, read on the wall clock of the broker's zone. */
export type ContactHours = z.output<typeof completeFields>;

/**
 * Complete contact hours, defaults filled in. `custom_hours` are kept but not used while
 * `contact_hours` is another mode, so that switching back loses nothing.
 */
export const contactHoursSchema = completeFields
  .extend({
    contact_hours: contactHoursFields.contact_hours.default(CONTACT_HOURS_DEFAULTS.contact_hours),
    custom_hours: weeklyWindowsSchema.default([]),
    weekend_pause: contactHoursFields.weekend_pause.default(CONTACT_HOURS_DEFAULTS.weekend_pause),
    dates_off: datesOffSchema.default([]),
  })
  .superRefine((hours, context) => {
    const problem = contactHoursProblem(hours);
    if (problem) context.addIssue({ code: 'custom', path: ['custom_hours'], message: problem });
  });
