import OpenAI from 'openai';
import type { ChatErrorClass } from './result.js';

/** Turns whatever the SDK threw into a class; never throws itself. Unknown errors count as `connection`. */
export function classifyError(error: unknown): ChatErrorClass {
  if (error instanceof OpenAI.APIConnectionTimeoutError) return 'timeout';
  if (error instanceof OpenAI.APIUserAbortError) return 'aborted';
  if (error instanceof OpenAI.APIConnectionError) return 'connection';
  if (error instanceof OpenAI.APIError && typeof error.status === 'number') {
    return classOfStatus(error.status, error.code ?? null);
  }
  // The SDK lets the JSON parser's own error through when a body is not JSON.
  if (error instanceof SyntaxError) return 'invalid_json';
  return 'connection';
}

function classOfStatus(status: number, code: string | null): ChatErrorClass {
  if (code === 'content_filter') return 'content_filter';
  if (code === 'insufficient_quota') return 'quota_exhausted';
  if (status === 401 || status === 403) return 'auth';
  if (status === 429) return 'rate_limited';
  if (status === 408 || status === 409 || status >= 500) return 'server_error';
  return 'bad_request';
}

/**
 * How long the server asks to wait, in milliseconds: `retry-after-ms`, else `retry-after` in
 * seconds or as an HTTP date read against `nowMs` (RFC 9110 §10.2.3). Null when absent or unreadable.
 */
export function retryAfterMs(error: unknown, nowMs: number): number | null {
  if (!(error instanceof OpenAI.APIError) || error.headers === undefined) return null;
  const inMs = Number.parseFloat(error.headers.get('retry-after-ms') ?? '');
  if (inMs >= 0) return inMs;
  const text = error.headers.get('retry-after')?.trim() ?? '';
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - nowMs);
}
