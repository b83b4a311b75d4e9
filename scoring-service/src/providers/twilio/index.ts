export {
  type CreateMessageResult,
  type FindMessagesResult,
  type FoundMessage,
  type OutgoingText,
  type TwilioClient,
  type TwilioClientOptions,
  createTwilioClient,
} from './client.js';
export type { TwilioFailure } from './errors.js';
export {
  type CallHistory,
  type CallReason,
  type MissedCallDecision,
  type PrecedenceRow,
  decideMissedCall,
  missedCallPrecedence,
} from './missed-call.js';
export {
  type CallParams,
  type MessageParams,
  type StatusParams,
  callParamsSchema,
  messageParamsSchema,
  statusParamsSchema,
  withOlderNames,
} from './params.js';
export { type TwilioSigned, publicUrlOf, verifyTwilioSignature } from './signature.js';
