import type { CreateMessageResult, TwilioClient } from '../providers/twilio/index.js';

export interface Text {
  /** E.164. */
  to: string;
  body: string;
  /** The row that it is sent for: its status callbacks come back with this id. */
  messageId: string;
}

/** Who texts are sent from: one of the two. */
export interface Sender {
  from?: string;
  messagingServiceSid?: string;
}

export type SendSms = (text: Text) => Promise<CreateMessageResult>;

/**
 * The only way a text leaves: nothing else calls `createMessage`. It is called for rows that have
 * been committed as `sending`, never from a request, and repeats nothing by itself. Never throws.
 */
export function createSendSms(
  client: TwilioClient,
  sender: Sender,
  statusCallbackOf: (messageId: string) => string,
): SendSms {
  return ({ to, body, messageId }) =>
    client.createMessage({ to, body, ...sender, statusCallback: statusCallbackOf(messageId) });
}
