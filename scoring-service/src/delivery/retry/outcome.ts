import type { PostResult, TransportError } from '../post-result.js';

/** Why an attempt failed, as stored and shown. */
export type AttemptError =
  | TransportError
  | 'redirect'
  | 'gone'
  | 'rate_limited'
  | 'client_error'
  | 'server_error'
  | 'unexpected_status';

/** What an attempt came to. */
export interface AttemptOutcome {
  success: boolean;
  /** False once no further attempt may follow by itself. */
  retryable: boolean;
  /** False when the failure was ours: it uses up no attempt and says nothing about the receiver. */
  counted: boolean;
  error_class: AttemptError | null;
  /** The HTTP status, where one came. */
  status: number | null;
}

function errorOfStatus(status: number): AttemptError | null {
  if (status >= 200 && status <= 299) return null;
  if (status >= 300 && status <= 399) return 'redirect';
  if (status === 410) return 'gone';
  if (status === 429) return 'rate_limited';
  if (status >= 400 && status <= 499) return 'client_error';
  if (status >= 500 && status <= 599) return 'server_error';
  return 'unexpected_status';
}

/**
 * Judges one attempt. Only 2xx is success; a redirect is a failure; 410 ends the delivery; every
 * other failure may be tried again, because addresses, certificates and rules get repaired.
 * The status alone decides: a receiver that answered 2xx has the lead even if its body stalls,
 * and sending it again would be a duplicate.
 */
export function classifyOutcome(
  result: Pick<PostResult, 'status' | 'error_class'>,
): AttemptOutcome {
  const { status } = result;
  if (status !== null) {
    const error = errorOfStatus(status);
    return {
      success: error === null,
      retryable: error !== null && error !== 'gone',
      counted: true,
      error_class: error,
      status,
    };
  }
  const error = result.error_class ?? 'unknown';
  const ours = error === 'aborted' || error === 'local_failure';
  return { success: false, retryable: true, counted: !ours, error_class: error, status: null };
}
