import { z } from 'zod';

/**
 * The rules for values that come from outside, written once. Schemas made of these stay plain
 * (string, number, union), so that the API description can be generated from them.
 */

const UNSAFE_TEXT = 'must not contain NUL characters or broken Unicode';

/** True for text that both databases can hold exactly. */
export function isStorableText(value: string): boolean {
  return !value.includes('\0') && value.isWellFormed();
}

/** Text of 1 to `max` characters after trimming. */
export function text(max: number) {
  return z
    .string({ error: 'must be text' })
    .trim()
    .min(1, 'must not be blank')
    .max(max, `must have at most ${max} characters`)
    .refine(isStorableText, UNSAFE_TEXT);
}

/** An e-mail address of at most 254 characters (RFC 5321). */
export const email = z
  .string({ error: 'must be text' })
  .trim()
  .max(254, 'must have at most 254 characters')
  .refine((value) => z.email().safeParse(value).success, 'must be a valid e-mail address');

/** A phone number as typed: 7 to 50 characters. */
export const phone = z
  .string({ error: 'must be text' })
  .trim()
  .min(7, 'must have at least 7 characters')
  .max(50, 'must have at most 50 characters')
  .refine(isStorableText, UNSAFE_TEXT);

/** A whole number in a range; a numeric string is taken too. */
export function integer(min: number, max: number) {
  const rule = `must be a whole number from ${min} to ${max}`;
  return z.union(
    [
      z.int(rule).min(min, rule).max(max, rule),
      z
        .string()
        .trim()
        .regex(/^-?\d{1,15}$/, rule)
        .transform(Number)
        .refine((value) => value >= min && value <= max, rule),
    ],
    { error: rule },
  );
}

const AMOUNT = /^\$?\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?$/;
const LARGEST_AMOUNT = 1e12;

/** An amount of money of 0 or more from a number or text; null for anything else. */
function readAmount(value: unknown): number | null {
  let amount: number;
  if (typeof value === 'number') amount = value;
  else if (typeof value === 'string') {
    const match = AMOUNT.exec(value.trim());
    if (match === null) return null;
    amount = Number((match[1] ?? '').replaceAll(',', '') + (match[2] ?? ''));
  } else return null;
  return Number.isFinite(amount) && amount >= 0 && amount <= LARGEST_AMOUNT ? amount : null;
}

/**
 * A positive amount of money from a number or from text such as "$50,000" or " 50000.50 "; null
 * for anything else (missing, zero, negative, exponent, hexadecimal, absurdly large).
 */
export function parseAmount(value: unknown): number | null {
  const amount = readAmount(value);
  return amount === 0 ? null : amount;
}

/** An amount of money that must be right: a positive number or its text. */
export const amount = z
  .union([z.number(), z.string()], {
    error: 'must be a positive amount such as 50000 or "$50,000"',
  })
  .refine(
    (value) => parseAmount(value) !== null,
    'must be a positive amount such as 50000 or "$50,000"',
  )
  .transform((value) => parseAmount(value) ?? 0);

/** A bound of a loan range: null, 0 or a positive amount. 0 and null both mean "no bound". */
export const loanBound = z
  .union([z.number(), z.string()], { error: 'must be an amount of 0 or more' })
  .refine((value) => readAmount(value) !== null, 'must be an amount of 0 or more')
  .transform((value) => readAmount(value) ?? 0);

/** In an edit: absent leaves the value as it is, null or a blank text clears it. */
export function clearable<T extends z.ZodType>(schema: T) {
  return z
    .preprocess(
      (value) => (typeof value === 'string' && value.trim() === '' ? null : value),
      z.nullable(schema),
    )
    .optional();
}

/** true or false; the texts "true" and "false" are taken too. */
export const flag = z.union(
  [z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')],
  { error: 'must be true or false' },
);

/** An id made by this service. */
export const id = z.uuid('must be an id (UUID)');

/** A moment with its offset, as milliseconds since the epoch. */
export const instant = z
  .string({ error: 'must be text' })
  .refine(
    (value) =>
      /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/.test(value) &&
      !Number.isNaN(Date.parse(value)),
    'must be an ISO 8601 moment with its offset, such as 2026-03-01T09:00:00Z',
  )
  .transform((value) => Date.parse(value));

/** Drops the members that are null or blank: for optional fields they mean the same as absent. */
export function withoutBlanks(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const kept: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[key];
    if (member === null || member === undefined) continue;
    if (typeof member === 'string' && member.trim() === '') continue;
    if (key === '__proto__') continue;
    kept[key] = member;
  }
  return kept;
}

/** For `safeParse`: without it a wrong type cannot be told from a missing value. */
export const REPORT_INPUT = { reportInput: true } as const;

/** What zod found (with {@link REPORT_INPUT}), as one sentence per field. */
export function fieldErrors(error: z.ZodError): Record<string, string> {
  const details: Record<string, string> = {};
  const add = (path: string, message: string): void => {
    // Not ??=, which would find what every object inherits (a field may be named constructor).
    if (!Object.hasOwn(details, path)) details[path] = message;
  };
  for (const issue of error.issues) {
    const path = issue.path.map(String).join('.');
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys)
        add(path === '' ? key : `${path}.${key}`, 'is not a known field');
    } else if (issue.code === 'invalid_type' && issue.input === undefined) {
      add(path === '' ? 'body' : path, 'is required');
    } else {
      add(path === '' ? 'body' : path, issue.message);
    }
  }
  return details;
}
