/** Why a call gave no usable answer. */
export type ChatErrorClass =
  | 'timeout'
  | 'connection'
  | 'rate_limited'
  | 'quota_exhausted'
  | 'server_error'
  | 'auth'
  | 'bad_request'
  | 'refusal'
  | 'length'
  | 'content_filter'
  | 'invalid_json'
  | 'invalid_shape'
  | 'aborted';

export type Usage = { prompt_tokens: number; completion_tokens: number; total_tokens: number };

export type ChatFailure = {
  ok: false;
  error_class: ChatErrorClass;
  /** Whether the same request may succeed later. */
  retryable: boolean;
  /** Requests actually sent. */
  attempts: number;
  latency_ms: number;
};

export type ChatSuccess<T> = {
  ok: true;
  value: T;
  /** Null when the server counts no tokens. */
  usage: Usage | null;
  attempts: number;
  /** From the first attempt to the answer, waits included. */
  latency_ms: number;
};

export type ChatResult<T> = ChatSuccess<T> | ChatFailure;

/** Outcome of one attempt. `retryAfterMs` is what the server asked for, when it asked. */
export type AttemptResult<T> =
  | { ok: true; value: T; usage: Usage | null }
  | { ok: false; error_class: ChatErrorClass; retryAfterMs: number | null };

const RETRYABLE: ReadonlySet<ChatErrorClass> = new Set([
  'timeout',
  'connection',
  'rate_limited',
  'server_error',
  // A model that answered nonsense once usually answers properly when asked again.
  'invalid_json',
  'invalid_shape',
]);

/** Whether asking again with the same words can help; the rest needs a person or other words. */
export function isRetryable(errorClass: ChatErrorClass): boolean {
  return RETRYABLE.has(errorClass);
}
