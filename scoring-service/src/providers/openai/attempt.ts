import type OpenAI from 'openai';
import { classifyError, retryAfterMs } from './classify-error.js';
import { readCompletion } from './completion.js';
import type { AttemptResult } from './result.js';

type Body = OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;

/**
 * Sends one request and waits at most `timeoutMs` in all, body included (the SDK's own timeout ends
 * with the headers, so a body that drips would hang for ever). Never throws: when the deadline or
 * the caller's signal fires, it answers at once even if the socket has not noticed yet.
 */
export async function attempt<T>(
  client: OpenAI,
  body: Body,
  options: {
    parse: (value: unknown) => T | null;
    timeoutMs: number;
    signal: AbortSignal;
    nowMs: () => number;
  },
): Promise<AttemptResult<T>> {
  const failed = (error_class: 'timeout' | 'aborted') =>
    ({ ok: false, error_class, retryAfterMs: null }) as const;
  if (options.signal.aborted) return failed('aborted');

  const request = new AbortController();
  let stop: (result: AttemptResult<T>) => void = () => undefined;
  const stopped = new Promise<AttemptResult<T>>((resolve) => (stop = resolve));
  const end = (error_class: 'timeout' | 'aborted') => {
    stop(failed(error_class));
    request.abort();
  };
  const onAbort = () => end('aborted');
  const timer = setTimeout(() => end('timeout'), options.timeoutMs);
  options.signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([
      stopped,
      send(client, body, request.signal, options.parse, options.nowMs),
    ]);
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', onAbort);
  }
}

async function send<T>(
  client: OpenAI,
  body: Body,
  signal: AbortSignal,
  parse: (value: unknown) => T | null,
  nowMs: () => number,
): Promise<AttemptResult<T>> {
  try {
    const completion: unknown = await client.chat.completions.create(body, {
      signal,
      maxRetries: 0,
    });
    return readCompletion(completion, parse);
  } catch (error) {
    return {
      ok: false,
      error_class: classifyError(error),
      retryAfterMs: retryAfterMs(error, nowMs()),
    };
  }
}
