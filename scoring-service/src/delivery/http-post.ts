import { performance } from 'node:perf_hooks';

import { request } from 'undici';
import type { Dispatcher } from 'undici';

import { mergeHeaders } from '../core/extra-headers.js';
import type { PostResult } from './post-result.js';
import { readExcerpt } from './response-excerpt.js';
import { classifyTransportError, describeTransportError } from './transport-error.js';

export const DEFAULT_TIMEOUT_MS = 15_000;
export const DEFAULT_MAX_RESPONSE_BYTES = 4096;

export interface PostInput {
  url: string;
  /** The JSON text exactly as signed. */
  body: string;
  /** Where connections come from; the guarded agent in production. */
  agent: Dispatcher;
  /** Version of the service, for `User-Agent: LeadLoop/<version>`. */
  version: string;
  /** The signing headers. */
  headers: Readonly<Record<string, string>>;
  /** Headers of the broker, which never override ours. */
  extraHeaders?: Readonly<Record<string, string>>;
  /** For the whole exchange: name resolution, connection, headers and body. */
  timeoutMs?: number;
  maxResponseBytes?: number;
  /** Ends the attempt from outside (shutdown): `aborted`, which uses up no attempt. */
  signal?: AbortSignal;
  /** Milliseconds of a clock that never goes back. */
  monotonicNow?: () => number;
}

interface Deadline {
  signal: AbortSignal;
  /** What ended the exchange from our side, if anything did. */
  cause(): 'timeout' | 'aborted' | null;
  clear(): void;
}

function startDeadline(timeoutMs: number, outer: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  let cause: 'timeout' | 'aborted' | null = null;
  const end = (why: 'timeout' | 'aborted') => {
    cause ??= why;
    controller.abort();
  };
  const onAbort = () => {
    end('aborted');
  };
  const timer = setTimeout(end, timeoutMs, 'timeout');
  if (outer?.aborted) onAbort();
  outer?.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    cause: () => cause,
    clear() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', onAbort);
    },
  };
}

/** Header values may repeat; the first one counts. */
function firstValue(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

type Exchange = Omit<PostResult, 'duration_ms'>;

function failed(error_class: PostResult['error_class'], error_detail: string): Exchange {
  return {
    status: null,
    error_class,
    error_detail,
    response_excerpt: null,
    body_issue: null,
    retry_after: null,
  };
}

async function exchange(input: PostInput, deadline: Deadline): Promise<Exchange> {
  const url = URL.parse(input.url);
  if (!url || !/^https?:$/.test(url.protocol))
    return failed('invalid_request', 'not an http(s) URL');
  if (url.username || url.password) return failed('invalid_request', 'credentials in the URL');
  const ours = {
    ...input.headers,
    'content-type': 'application/json',
    // No compressed answers: an excerpt must not cost more memory than its own size.
    'accept-encoding': 'identity',
    'user-agent': `LeadLoop/${input.version}`,
  };
  try {
    const response = await request(url, {
      method: 'POST',
      dispatcher: input.agent,
      headers: mergeHeaders(ours, input.extraHeaders),
      body: input.body,
      signal: deadline.signal,
    });
    const maxBytes = input.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES;
    const excerpt = await readExcerpt(response.body, maxBytes, deadline.cause);
    return {
      status: response.statusCode,
      error_class: null,
      error_detail: null,
      response_excerpt: excerpt.text,
      body_issue: excerpt.issue,
      retry_after: firstValue(response.headers['retry-after']),
    };
  } catch (error) {
    const cause = deadline.cause();
    if (cause === 'timeout') return failed('timeout', 'no answer within the time limit');
    if (cause === 'aborted') return failed('aborted', 'ended by the service');
    return failed(classifyTransportError(error), describeTransportError(error));
  }
}

/**
 * Posts JSON once and tells what happened; never throws and never follows a redirect. At most
 * `maxResponseBytes` of the answer are kept, whatever its length or encoding; the connection is
 * gone when the promise settles. Once a status line has arrived the status stands, also when the
 * body then stalls or breaks (`body_issue`).
 */
export async function postJson(input: PostInput): Promise<PostResult> {
  const now = input.monotonicNow ?? (() => performance.now());
  const startedAt = now();
  const deadline = startDeadline(input.timeoutMs ?? DEFAULT_TIMEOUT_MS, input.signal);
  try {
    const result = await exchange(input, deadline);
    return { ...result, duration_ms: Math.max(0, Math.round(now() - startedAt)) };
  } finally {
    deadline.clear();
  }
}
