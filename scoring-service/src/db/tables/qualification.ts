/** What set a qualification off. */
export type QualificationTrigger = 'missed_call' | 'form' | 'api';

/** Every result of qualifying a lead, in the order in which they came. */
export interface QualificationsTable {
  id: string;
  lead_id: string;
  business_id: string;
  job_id: string;
  source_event_id: string | null;
  trigger: QualificationTrigger;
  score: number;
  decision: 'book_now' | 'follow_up' | 'low_quality';
  reason: string;
  source: 'openai' | 'rules';
  model: string | null;
  prompt_version: string | null;
  rules_version: string | null;
  /** JSON objects; null = none. */
  disagreement: string | null;
  steering: string | null;
  /** Why the rules answered instead of the model. */
  fallback_reason: string | null;
  booking_url: string | null;
  latency_ms: number;
  prompt_tokens: number | null;
  completion_tokens: number | null;
  /** Millionths of a US dollar, by the prices in the settings. */
  cost_micro_usd: number | null;
  created_at: string;
}

/** An enquiry on its way to qualification, kept until nothing more is to be asked. */
export interface QualificationJobsTable {
  id: string;
  lead_id: string;
  business_id: string;
  source_event_id: string | null;
  /** Of a request with an Idempotency-Key: its repetitions find this job. */
  request_key: string | null;
  trigger: QualificationTrigger;
  /** Where the enquiry came from, as the scorers are told. */
  enquiry_source: string;
  /** What the person wrote or said. */
  message: string | null;
  /** Given with the request instead of the business's own. */
  vertical: string | null;
  /** JSON: what permits a message about it (messaging/decide.ts). */
  consent: string;
  /** The callback task that the enquiry has already. */
  task_id: string | null;
  /** The message with the booking link, once one was decided. */
  message_id: string | null;
  /** When the first result was saved. */
  qualified_at: string | null;
  /** Times the model was asked again. */
  repeats: number;
  /** What has to change before it is asked again. */
  waiting_for: 'provider_paused' | 'not_configured' | null;
  /** When the worker has to look at it; null = waiting, or nothing is left to do. */
  due_at: string | null;
  claim_id: string | null;
  created_at: string;
  updated_at: string;
}
