export const messageStatuses = [
  'queued',
  'deferred',
  'sending',
  'sent',
  'delivered',
  'undelivered',
  'failed',
  'skipped',
  'unknown',
] as const;

export type MessageStatus = (typeof messageStatuses)[number];

/** Where a message may go from each status. Nothing leaves a final status. */
const NEXT: Readonly<Record<MessageStatus, readonly MessageStatus[]>> = {
  queued: ['deferred', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'skipped'],
  deferred: ['queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'skipped'],
  sending: ['sent', 'delivered', 'undelivered', 'failed', 'unknown'],
  unknown: ['sent', 'delivered', 'undelivered', 'failed'],
  sent: ['delivered', 'undelivered', 'failed'],
  delivered: [],
  undelivered: [],
  failed: [],
  skipped: [],
};

/**
 * Twilio's message statuses in our words. Whatever Twilio reports, it has the message: everything
 * before delivery is `sent`, so that any callback resolves a row left at `sending` or `unknown`.
 * `received` and `receiving` belong to inbound texts and are not here.
 */
const FROM_TWILIO: Readonly<Record<string, MessageStatus>> = {
  accepted: 'sent',
  scheduled: 'sent',
  queued: 'sent',
  sending: 'sent',
  sent: 'sent',
  delivered: 'delivered',
  read: 'delivered',
  partially_delivered: 'delivered',
  undelivered: 'undelivered',
  failed: 'failed',
  canceled: 'failed',
};

/** Our status for a Twilio `MessageStatus`; null for one that we do not know. */
export function fromTwilioStatus(status: string): MessageStatus | null {
  const known = status.trim().toLowerCase();
  return Object.hasOwn(FROM_TWILIO, known) ? (FROM_TWILIO[known] ?? null) : null;
}

export interface StatusStep {
  status: MessageStatus;
  changed: boolean;
}

/**
 * The status after hearing `incoming`: forward only, so late and repeated callbacks change
 * nothing. Putting a refused message back in the queue is not a step of this machine.
 */
export function advanceStatus(current: MessageStatus, incoming: MessageStatus): StatusStep {
  const changed = NEXT[current].includes(incoming);
  return { status: changed ? incoming : current, changed };
}

/** True when nothing can change the status any more. */
export function isFinalStatus(status: MessageStatus): boolean {
  return NEXT[status].length === 0;
}
