/** Why Twilio did not take a message, or why we cannot know. */
export interface TwilioFailure {
  /** Twilio's error code ("21610"), or ours: `timeout`, `connection`, `bad_answer`, `http_503`. */
  code: string;
  /** The HTTP status; null when there was no answer. */
  status: number | null;
  /** For staff and logs; holds no phone number and no text. */
  message: string;
  /** Certainly not accepted, and the same request may succeed later. */
  retryable: boolean;
  /** It may have been accepted: search for it before anything else, never send it again. */
  ambiguous: boolean;
  /** Seconds Twilio asked us to wait (429 and 503), when it said. */
  retry_after: number | null;
  /** The recipient opted out at Twilio (error 21610): suppress the number. */
  opted_out: boolean;
}

/** Failures before a connection existed: nothing can have been accepted. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'ENETDOWN',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

const TIMEOUTS = new Set(['ECONNABORTED', 'ETIMEDOUT', 'ERR_CANCELED', 'ESOCKETTIMEDOUT']);

function property(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null
    ? (error as Record<string, unknown>)[name]
    : undefined;
}

function retryAfterOf(headers: unknown): number | null {
  const value = Number(property(headers, 'retry-after'));
  return Number.isFinite(value) && value > 0 ? Math.min(value, 3600) : null;
}

const failure = (part: Partial<TwilioFailure> & Pick<TwilioFailure, 'code' | 'message'>) => ({
  status: null,
  retryable: false,
  ambiguous: false,
  retry_after: null,
  opted_out: false,
  ...part,
});

/**
 * Classifies an HTTP answer other than 2xx. An error object with Twilio's code is Twilio's own
 * refusal: not accepted, worth repeating for 429 and 5xx. A 5xx without one comes from something
 * in between, which may have passed the request on; only 503 says that it was not handled.
 */
export function failureOfAnswer(status: number, body: unknown, headers: unknown): TwilioFailure {
  const code = property(body, 'code');
  const isTwilio = typeof code === 'number' || (typeof code === 'string' && /^\d+$/.test(code));
  const retryable = status === 429 || status === 503 || (status >= 500 && isTwilio);
  return failure({
    code: isTwilio ? String(code) : `http_${status}`,
    status,
    message: isTwilio
      ? `Twilio refused with error ${code}.`
      : `HTTP ${status} instead of an answer.`,
    retryable,
    ambiguous: status >= 500 && !retryable,
    retry_after: retryAfterOf(headers),
    opted_out: String(code) === '21610',
  });
}

/** Classifies a request that ended without a usable answer. */
export function failureOfException(error: unknown): TwilioFailure {
  const code = String(property(error, 'code') ?? property(property(error, 'cause'), 'code') ?? '');
  if (NOT_CONNECTED.has(code)) {
    return failure({ code: 'connection', message: `No connection (${code}).`, retryable: true });
  }
  if (TIMEOUTS.has(code)) {
    return failure({ code: 'timeout', message: 'No answer in time.', ambiguous: true });
  }
  const detail = /^[A-Z][A-Z0-9_]{2,40}$/.test(code) ? ` (${code})` : '';
  return failure({
    code: 'connection',
    message: `The connection broke${detail}.`,
    ambiguous: true,
  });
}
