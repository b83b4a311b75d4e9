import { z } from 'zod';

/** A number within bounds, from the text of an environment variable. */
export const number = (fallback: number, rule: { min: number; max: number; integer?: boolean }) =>
  z
    .string()
    .default(String(fallback))
    .transform(Number)
    .refine(
      (value) =>
        Number.isFinite(value) &&
        value >= rule.min &&
        value <= rule.max &&
        (rule.integer !== true || Number.isInteger(value)),
      `must be ${rule.integer === true ? 'a whole number' : 'a number'} from ${rule.min} to ${rule.max}`,
    );

/** true or false, from the text of an environment variable. */
export const flag = (fallback: boolean) =>
  z
    .string()
    .default(fallback ? 'true' : 'false')
    .refine((value) => /^(true|false|1|0|yes|no)$/i.test(value), 'must be true or false')
    .transform((value) => /^(true|1|yes)$/i.test(value));
