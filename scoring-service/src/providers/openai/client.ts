import OpenAI from 'openai';
import { attempt } from './attempt.js';
import { cappedFetch } from './capped-fetch.js';
import { isRetryable, type AttemptResult, type ChatResult } from './result.js';

export type OpenAiSettings = {
  apiKey: string;
  /** Chat Completions base, version path included. */
  baseUrl?: string;
  model?: string;
  temperature?: number;
  maxTokens?: number;
  /** For one attempt in all: connecting, headers and body. */
  timeoutMs?: number;
  /** Wait before the second attempt when the server asks for none; ± 50 % by `random`. */
  retryDelayMs?: number;
  /** A longer `Retry-After` than this ends the call at once instead of holding the enquiry. */
  maxRetryAfterMs?: number;
};

export const OPENAI_DEFAULTS = {
  baseUrl: 'https://api.openai.com/v1',
  model: 'gpt-4o-mini',
  temperature: 0.3,
  maxTokens: 300,
  timeoutMs: 8000,
  retryDelayMs: 300,
  maxRetryAfterMs: 2000,
} as const;

const MAX_RESPONSE_BYTES = 256 * 1024;
/** One request and one retry. */
const MAX_ATTEMPTS = 2;

export type ChatQuestion<T> = {
  messages: { role: 'system' | 'user'; content: string }[];
  /** A strict JSON schema: every property required, `additionalProperties: false` throughout. */
  schema: { name: string; schema: Record<string, unknown> };
  /** Checks the decoded JSON; null refuses it. The server's promise of a shape is not trusted. */
  parse: (value: unknown) => T | null;
};

export type OpenAiChat = {
  readonly model: string;
  /** Asks once, and once more when that may help. Never throws; see ChatResult. */
  ask<T>(question: ChatQuestion<T>, options?: { signal?: AbortSignal }): Promise<ChatResult<T>>;
};

/**
 * A client for OpenAI's Chat Completions and the servers that speak it. Nothing is read from the
 * environment but `OPENAI_CUSTOM_HEADERS`, which the SDK always honours; nothing is logged; the
 * SDK's own retries are off. The longest call lasts 2 × timeoutMs + max(1.5 × retryDelayMs, maxRetryAfterMs).
 */
export function createOpenAiChat(
  settings: OpenAiSettings,
  deps: { nowMs?: () => number; random?: () => number } = {},
): OpenAiChat {
  const config = { ...OPENAI_DEFAULTS, ...withoutUndefined(settings) };
  const nowMs = deps.nowMs ?? Date.now;
  const random = deps.random ?? Math.random;
  const client = new OpenAI({
    apiKey: settings.apiKey,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: config.baseUrl,
    maxRetries: 0,
    // Our own deadline ends the attempt; this one only has to be later.
    timeout: config.timeoutMs + 1000,
    logLevel: 'off',
    fetch: cappedFetch(MAX_RESPONSE_BYTES),
  });

  return {
    model: config.model,
    async ask(question, { signal = new AbortController().signal } = {}) {
      const started = nowMs();
      const body: OpenAI.Chat.ChatCompletionCreateParamsNonStreaming = {
        model: config.model,
        temperature: config.temperature,
        // Not max_completion_tokens: compatible servers know this name.
        max_tokens: config.maxTokens,
        messages: question.messages,
        response_format: { type: 'json_schema', json_schema: { ...question.schema, strict: true } },
      };
      for (let attempts = 1; ; attempts++) {
        const result = await attempt(client, body, {
          parse: question.parse,
          timeoutMs: config.timeoutMs,
          signal,
          nowMs,
        });
        const latency_ms = Math.max(0, Math.round(nowMs() - started));
        if (result.ok) {
          return { ok: true, value: result.value, usage: result.usage, attempts, latency_ms };
        }
        const wait = attempts < MAX_ATTEMPTS ? waitBeforeRetry(result) : null;
        if (wait === null || !(await pause(wait, signal))) {
          const { error_class } = result;
          return {
            ok: false,
            error_class,
            retryable: isRetryable(error_class),
            attempts,
            latency_ms,
          };
        }
      }
    },
  };

  function waitBeforeRetry(result: AttemptResult<unknown> & { ok: false }): number | null {
    if (!isRetryable(result.error_class)) return null;
    if (result.retryAfterMs === null) return config.retryDelayMs * (0.5 + random());
    return result.retryAfterMs <= config.maxRetryAfterMs ? result.retryAfterMs : null;
  }
}

/** Waits, and tells whether the wait was completed: false as soon as `signal` fires. */
function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const finish = (completed: boolean) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(completed);
    };
    const onAbort = () => finish(false);
    const timer = setTimeout(() => finish(true), ms);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}
