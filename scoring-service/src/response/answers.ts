import { z } from 'zod';

import { acknowledgementSchema, type Acknowledgement } from '../messaging/message.js';

const nullable = z.string().nullable();

const callOutcomeSchema = z.object({
  lead_id: nullable,
  missed: z.boolean(),
  reason: z.string(),
  created: z.boolean(),
  task_id: nullable,
  acknowledgement: acknowledgementSchema,
});

const formOutcomeSchema = z.object({
  lead_id: z.string(),
  created: z.boolean(),
  task_id: z.string(),
  acknowledgement: acknowledgementSchema,
});

/** What was made of an event; kept with it, for its repetitions. */
export type CallOutcome = z.output<typeof callOutcomeSchema>;
export type FormOutcome = z.output<typeof formOutcomeSchema>;

/** The member of an answer that says whether its event is a repetition; `when` describes that. */
export const repeatedWhen = (when: string) =>
  z
    .boolean()
    .describe(
      `${when} Of several alike that come at once, exactly one has \`false\`. A replay under an Idempotency-Key answers as the first time.`,
    );

export const callAnswerSchema = callOutcomeSchema.extend({
  repeated: repeatedWhen(
    'Whether nothing new is said: this very event was taken in before, or the call is known to be missed and the event holds nothing that the caller said.',
  ),
});

export const formAnswerSchema = formOutcomeSchema.extend({
  repeated: repeatedWhen(
    'Whether this very submission was taken in before; then nothing was changed by it.',
  ),
});

export type CallAnswer = z.output<typeof callAnswerSchema>;
export type FormAnswer = z.output<typeof formAnswerSchema>;

/** Nothing is acknowledged, because nothing was missed (yet). */
export const NOT_MISSED: Acknowledgement = {
  status: 'skipped',
  reason_code: 'not_missed',
  message_id: null,
  send_at: null,
};
