import type { Job } from '../../jobs/source.js';
import type { FindMessagesResult } from '../../providers/twilio/index.js';
import type { CreateMessageResult } from '../../providers/twilio/index.js';
import type { MailResult } from '../send-email.js';

interface Base extends Job {
  claimId: string;
  to: string;
  body: string;
}

/** One message to be sent, or one to be searched for because nobody knows whether it was. */
export type MessageJob =
  | (Base & { work: 'text' })
  | (Base & { work: 'email'; subject: string })
  | (Base & { work: 'search'; sendingAt: number });

export type MessageResult =
  | { work: 'text'; result: CreateMessageResult }
  | { work: 'email'; result: MailResult }
  | { work: 'search'; result: FindMessagesResult };
