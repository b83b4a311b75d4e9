/** What can keep a request from getting an HTTP status at all. */
export type TransportError =
  | 'timeout'
  | 'connection_refused'
  | 'connection_reset'
  | 'unreachable'
  | 'dns'
  | 'tls'
  | 'egress_refused'
  | 'protocol'
  | 'invalid_request'
  /** Ended by the service itself, for example at shutdown. */
  | 'aborted'
  /** This machine ran out of something. */
  | 'local_failure'
  | 'unknown';

/**
 * What happened to the response body after the status line; it never decides the outcome.
 * `truncated`: reading stopped at the cap, more may have followed.
 */
export type BodyIssue = 'truncated' | 'timeout' | 'broken' | 'aborted';

/** The outcome of one POST. Exactly one of `status` and `error_class` is set. */
export interface PostResult {
  status: number | null;
  error_class: TransportError | null;
  /** A short technical reason for people; never a secret, never the body. */
  error_detail: string | null;
  /** The start of the response as text, NULs removed; null when no response came. */
  response_excerpt: string | null;
  body_issue: BodyIssue | null;
  /** The `Retry-After` header as received. */
  retry_after: string | null;
  /** From the call to the result, in whole milliseconds of a monotonic clock. */
  duration_ms: number;
}
