import { z } from 'zod';

const DAYS = 'must be a whole number of days from 1 to 36500';

/** Days after which something goes; not set: it is kept. */
const days = z
  .string()
  .regex(/^\d{1,5}$/, DAYS)
  .transform(Number)
  .refine((value) => value >= 1 && value <= 36_500, DAYS)
  .optional();

/** How long what is kept for ever by default is kept. */
export const retentionSettings = {
  LEADS_RETENTION_DAYS: days,
  ROUTING_LOGS_RETENTION_DAYS: days,
  ACTIVITY_RETENTION_DAYS: days,
};
