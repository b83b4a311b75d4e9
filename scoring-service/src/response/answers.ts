import { z } from 'zod';

import { acknowledgementSchema, type Acknowledgement } from '../messaging/message.js';

const nullable = z.string().nullable();

export const callAnswerSchema = z.object({
  lead_id: nullable,
  missed: z.boolean(),
  reason: z.string(),
  created: z.boolean(),
  task_id: nullable,
  acknowledgement: acknowledgementSchema,
});

export const formAnswerSchema = z.object({
  lead_id: z.string(),
  created: z.boolean(),
  task_id: z.string(),
  acknowledgement: acknowledgementSchema,
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
