import { iso } from '../../core/clock.js';
import { run, type Unit } from '../../db/unit.js';
import type { JobSource } from '../../jobs/source.js';
import type { TwilioClient } from '../../providers/twilio/index.js';
import { MESSAGES_CHANNEL } from '../deps.js';
import type { SendEmail } from '../send-email.js';
import type { SendSms } from '../send-sms.js';
import { claimMessages } from './claim.js';
import { completeMessages } from './complete.js';
import type { MessageJob, MessageResult } from './jobs.js';
import type { SenderDeps } from './settle.js';

export interface Transports {
  sendSms: SendSms;
  findMessages: TwilioClient['findMessages'];
  sendEmail: SendEmail;
}

/** Clocks of two machines differ: a text is searched for from a little before it was sent. */
const CLOCK_SKEW_MS = 60_000;

async function perform(job: MessageJob, transports: Transports): Promise<MessageResult> {
  switch (job.work) {
    case 'text':
      return {
        work: 'text',
        result: await transports.sendSms({ to: job.to, body: job.body, messageId: job.id }),
      };
    case 'email':
      return {
        work: 'email',
        result: await transports.sendEmail({
          to: job.to,
          subject: job.subject,
          body: job.body,
          messageId: job.id,
        }),
      };
    case 'search':
      return {
        work: 'search',
        result: await transports.findMessages({
          to: job.to,
          since: job.sendingAt - CLOCK_SKEW_MS,
        }),
      };
  }
}

/** The outbox of messages as work for the runner. */
export function createMessageSource(
  deps: SenderDeps,
  transports: Transports,
): JobSource<MessageJob, MessageResult> {
  return {
    name: 'messages',
    channel: MESSAGES_CHANNEL,
    claim: (request) => claimMessages(deps, request),
    /** A shutdown does not wait for a slow provider: the row stays `sending` and is searched for. */
    run: (job, signal) =>
      new Promise((resolve, reject) => {
        const stop = (): void => reject(new Error('stopping'));
        if (signal.aborted) {
          stop();
          return;
        }
        signal.addEventListener('abort', stop, { once: true });
        perform(job, transports)
          .then(resolve, reject)
          .finally(() => signal.removeEventListener('abort', stop));
      }),
    complete: (finished) => completeMessages(deps, finished),
    *giveBack(jobs): Unit<void> {
      const at = iso(deps.runtime.clock.now());
      for (const job of jobs) {
        const back =
          job.work === 'search'
            ? { claim_id: null, due_at: at }
            : { status: 'queued' as const, claim_id: null, sending_at: null, due_at: at };
        yield* run(
          deps.store.db
            .updateTable('messages')
            .set(back)
            .where('id', '=', job.id)
            .where('claim_id', '=', job.claimId),
        );
      }
    },
  };
}
