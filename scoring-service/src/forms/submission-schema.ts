import { z } from 'zod';

import { email, isStorableText, phone, text, withoutBlanks } from '../core/fields.js';
import { personal } from '../core/personal.js';

/** Form fields arrive as text; a number is its text, a list its first value. */
function asText(value: unknown): unknown {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'number' ? String(first) : first;
}

const field = <T extends z.ZodType>(schema: T) => z.preprocess(asText, schema.optional());

/** What a ticked box is, as browsers and form services send it. */
const TICKED = new Set(['true', 'on', 'yes', 'y', '1', 'checked']);

const box = z
  .unknown()
  .transform((value) =>
    TICKED.has(
      String(value ?? '')
        .trim()
        .toLowerCase(),
    ),
  )
  .meta({ type: 'boolean', description: 'true, or "true", "on", "yes", "1".' });

const evidence = z.unknown().optional();

export const submissionSchema = z.object({
  form_id: z.preprocess(asText, text(200)),
  form_version: z.union([text(100), z.number()]).optional(),
  submitted_at: text(100).optional(),
  submission_id: z.preprocess(asText, text(200).optional()),
  /** The fields below are known; any other is kept with the raw payload. */
  fields: z.looseObject(
    {
      name: field(personal(text(400))),
      first_name: field(personal(text(200))),
      last_name: field(personal(text(200))),
      company: field(personal(text(200))),
      business_name: field(personal(text(200))),
      email: field(personal(email)),
      phone: field(personal(phone)),
      message: field(
        personal(
          z
            .string({ error: 'must be text' })
            .max(20_000, 'must have at most 20000 characters')
            .refine(isStorableText, 'must not contain NUL characters or broken Unicode'),
        ),
      ),
      service: field(text(200)),
      postal_code: field(text(20)),
      state: field(text(100)),
      area: field(text(200)),
    },
    { error: 'must be an object' },
  ),
  consent: z
    .looseObject(
      {
        sms: box.optional(),
        email: box.optional(),
        text: evidence,
        ip: evidence,
        user_agent: evidence,
        url: evidence,
        certificate_url: evidence,
      },
      { error: 'must be an object' },
    )
    .optional(),
});

export type Submission = z.output<typeof submissionSchema>;

/** Blank members count as absent in the fields and in the consent, too. */
export function submissionBlanks(body: unknown): unknown {
  const kept = withoutBlanks(body);
  if (typeof kept !== 'object' || kept === null || Array.isArray(kept)) return kept;
  const { fields, consent, ...rest } = kept as Record<string, unknown>;
  return {
    ...rest,
    ...(fields === undefined ? {} : { fields: withoutBlanks(fields) }),
    ...(consent === undefined ? {} : { consent: withoutBlanks(consent) }),
  };
}
