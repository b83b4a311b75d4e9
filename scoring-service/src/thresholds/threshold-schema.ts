import { z } from 'zod';

import { integer } from '../core/fields.js';
import {
  THRESHOLD_RULES,
  type ThresholdName,
  type ThresholdRule,
} from '../settings/threshold-rules.js';

/** A number as typed; blank or null = as it is without anybody's word. */
function limit({ min, max, integer: whole }: ThresholdRule) {
  const rule = `must be ${whole ? 'a whole number' : 'a number'} from ${min} to ${max}`;
  return z
    .preprocess(
      (value) => (typeof value === 'string' && value.trim() === '' ? null : value),
      z
        .union(
          [
            z.number(),
            z
              .string()
              .trim()
              .regex(/^\d{1,9}(\.\d{1,6})?$/, rule)
              .transform(Number),
          ],
          {
            error: rule,
          },
        )
        .refine(
          (value) => value >= min && value <= max && (!whole || Number.isInteger(value)),
          rule,
        )
        .nullable(),
    )
    .optional();
}

/** Absent = unchanged; null or blank = the default again. */
export const updateThresholdsSchema = z.strictObject({
  version: integer(0, Number.MAX_SAFE_INTEGER),
  ...(Object.fromEntries(
    Object.entries(THRESHOLD_RULES).map(([name, rule]) => [name, limit(rule)]),
  ) as Record<ThresholdName, ReturnType<typeof limit>>),
});

export type UpdateThresholds = z.output<typeof updateThresholdsSchema>;
