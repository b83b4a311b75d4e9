import http from 'node:http';

import twilio from 'twilio';
import type RequestClient from 'twilio/lib/base/RequestClient.js';

import { type TwilioFailure, failureOfAnswer, failureOfException } from './errors.js';

export interface TwilioClientOptions {
  accountSid: string;
  authToken: string;
  /** Where the API is, for a proxy or a fake ("http://127.0.0.1:4010"); null for Twilio itself. */
  baseUrl?: string | null;
  /** Milliseconds from the start of a request to the end of its answer. */
  timeoutMs: number;
}

export interface OutgoingText {
  to: string;
  body: string;
  /** One of the two: a number of ours, or a messaging service. */
  from?: string;
  messagingServiceSid?: string;
  statusCallback?: string;
}

export type CreateMessageResult =
  | { ok: true; sid: string; status: string; from: string | null }
  | { ok: false; error: TwilioFailure };

export interface FoundMessage {
  sid: string;
  to: string;
  body: string;
  status: string;
  error_code: number | null;
  /** Milliseconds since the epoch. */
  created_at: number;
}

export type FindMessagesResult =
  { ok: true; messages: FoundMessage[] } | { ok: false; error: TwilioFailure };

export interface TwilioClient {
  createMessage(text: OutgoingText): Promise<CreateMessageResult>;
  /** Texts sent to a number since a moment (milliseconds), newest first; at most 100 are looked at. */
  findMessages(query: { to: string; since: number }): Promise<FindMessagesResult>;
}

const LONGEST_ANSWER_BYTES = 1_000_000;
const MOST_LISTED = 100;

/** An answer other than 2xx, carried past the SDK, whose own errors drop the headers. */
class AnswerError extends Error {
  constructor(readonly failure: TwilioFailure) {
    super(failure.message);
  }
}

/**
 * The SDK's HTTP client with three changes: requests go to `baseUrl` when there is one; the time
 * limit covers the whole exchange (the SDK's counts silence, so an answer that drips in would
 * never end); connections are not kept, because a request that meets a connection the server has
 * just closed fails in a way that leaves open whether the text was accepted.
 */
class BoundedRequestClient extends twilio.RequestClient {
  readonly #baseUrl: URL | null;

  constructor(options: TwilioClientOptions) {
    super({ timeout: options.timeoutMs, keepAlive: false });
    this.#baseUrl = options.baseUrl == null ? null : new URL(options.baseUrl);
    this.axios.defaults.httpAgent = new http.Agent({ keepAlive: false });
    this.axios.interceptors.request.use((config) => ({
      ...config,
      signal: AbortSignal.timeout(options.timeoutMs),
      maxContentLength: LONGEST_ANSWER_BYTES,
    }));
  }

  override async request<TData>(options: RequestClient.RequestOptions<TData>) {
    const response = await super.request<TData>({ ...options, uri: this.#rehosted(options.uri) });
    if (response.statusCode < 200 || response.statusCode >= 300) {
      const headers: unknown = Reflect.get(response, 'headers');
      throw new AnswerError(failureOfAnswer(response.statusCode, response.body, headers));
    }
    return response;
  }

  #rehosted(uri: string): string {
    if (this.#baseUrl === null) return uri;
    const { pathname, search } = new URL(uri);
    return this.#baseUrl.origin + this.#baseUrl.pathname.replace(/\/+$/, '') + pathname + search;
  }
}

function failureOf(error: unknown): TwilioFailure {
  return error instanceof AnswerError ? error.failure : failureOfException(error);
}

/**
 * A client of Twilio's Messages API. Calls never throw: what went wrong comes back as a value that
 * says whether the text may have been accepted. Nothing is repeated here, because Twilio knows no
 * idempotency key: the caller decides, after `findMessages` for an ambiguous failure.
 */
export function createTwilioClient(options: TwilioClientOptions): TwilioClient {
  const sdk = twilio(options.accountSid, options.authToken, {
    httpClient: new BoundedRequestClient(options),
    accountSid: options.accountSid,
  });
  return {
    async createMessage(text) {
      try {
        const made = await sdk.messages.create(text);
        if (typeof made.sid !== 'string' || made.sid === '')
          return { ok: false, error: badAnswer() };
        return { ok: true, sid: made.sid, status: made.status, from: made.from ?? null };
      } catch (error) {
        // The SDK fails on a 2xx whose body is not JSON; the text has probably been accepted.
        return { ok: false, error: error instanceof SyntaxError ? badAnswer() : failureOf(error) };
      }
    },

    async findMessages({ to, since }) {
      try {
        // Not filtered by DateSent: a text that still waits at Twilio has none.
        const listed = await sdk.messages.list({ to, limit: MOST_LISTED, pageSize: MOST_LISTED });
        const messages = listed
          .map((message) => ({
            sid: message.sid,
            to: message.to,
            body: message.body,
            status: message.status,
            error_code: message.errorCode,
            created_at: message.dateCreated.getTime(),
          }))
          // Twilio's times are whole seconds.
          .filter(({ created_at }) => created_at >= Math.floor(since / 1000) * 1000);
        return { ok: true, messages };
      } catch (error) {
        return { ok: false, error: failureOf(error) };
      }
    },
  };
}

function badAnswer(): TwilioFailure {
  return {
    code: 'bad_answer',
    status: null,
    message: 'Twilio’s answer could not be read.',
    retryable: false,
    ambiguous: true,
    retry_after: null,
    opted_out: false,
  };
}
