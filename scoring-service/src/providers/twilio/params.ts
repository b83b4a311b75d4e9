import { z } from 'zod';

/** Absent, null and blank mean the same; a repeated parameter counts by its first value. */
const optional = z.preprocess((value) => {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof first === 'number') return String(first);
  return typeof first === 'string' && first.trim() !== '' ? first.trim() : undefined;
}, z.string().max(4000).optional());

const personal = optional.meta({ pii: true });

const required = (name: string) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? value.trim() : value),
    z
      .string({ error: `${name} is required` })
      .min(1, `${name} is required`)
      .max(200),
  );

/** A voice callback: status callbacks, `<Dial action>`, recording and transcription callbacks. */
export const callParamsSchema = z.object({
  CallSid: required('CallSid'),
  ParentCallSid: optional,
  AccountSid: optional,
  From: personal,
  To: personal,
  Called: personal,
  ForwardedFrom: personal,
  CallerName: personal,
  Direction: optional,
  CallStatus: optional,
  DialCallStatus: optional,
  DialCallSid: optional,
  AnsweredBy: optional,
  RecordingSid: optional,
  RecordingUrl: optional,
  RecordingSource: optional,
  TranscriptionSid: optional,
  TranscriptionText: personal,
  TranscriptionUrl: optional,
  FromState: optional,
  FromZip: optional,
  FromCountry: optional,
  CallDuration: optional,
  Timestamp: optional,
});

export type CallParams = z.infer<typeof callParamsSchema>;

/** An inbound text. `Body` keeps its line breaks; a picture alone has an empty one. */
export const messageParamsSchema = z.object({
  MessageSid: required('MessageSid'),
  From: required('From').meta({ pii: true }),
  To: required('To').meta({ pii: true }),
  Body: z.preprocess(
    (value) => (typeof value === 'string' ? value : ''),
    z.string().max(20_000).meta({ pii: true }),
  ),
  NumMedia: z.preprocess((value) => Number(value) || 0, z.number().int().min(0)),
  MessagingServiceSid: optional,
  /** STOP, START or HELP when Twilio's own opt-out handling already answered. */
  OptOutType: optional,
  FromState: optional,
  FromZip: optional,
  FromCountry: optional,
});

export type MessageParams = z.infer<typeof messageParamsSchema>;

/** A delivery report of a text that we sent. */
export const statusParamsSchema = z.object({
  MessageSid: required('MessageSid'),
  MessageStatus: required('MessageStatus').transform((value) => value.toLowerCase()),
  To: personal,
  From: personal,
  ErrorCode: z.preprocess((value) => {
    const code = typeof value === 'string' ? Number(value.trim()) : value;
    return typeof code === 'number' && Number.isInteger(code) && code > 0 ? code : undefined;
  }, z.number().int().optional()),
});

export type StatusParams = z.infer<typeof statusParamsSchema>;

/** Older names that Twilio still sends beside, or instead of, the newer ones. */
export function withOlderNames(params: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return {
    ...params,
    MessageSid: params.MessageSid ?? params.SmsSid ?? params.SmsMessageSid,
    MessageStatus: params.MessageStatus ?? params.SmsStatus,
  };
}
