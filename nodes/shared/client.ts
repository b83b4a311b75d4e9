import {
  sleep,
  type IDataObject,
  type IExecuteFunctions,
  type IHookFunctions,
  type IHttpRequestMethods,
  type IHttpRequestOptions,
  type ILoadOptionsFunctions,
} from 'n8n-workflow';

import { CallFailed, noAnswer, notLeadLoop, redirected, refusal } from './failure';

export const CREDENTIAL = 'leadLoopApi';

const TIMEOUT_MS = 60_000;
/** Longest wait for one Retry-After, and how often an unfinished twin of a request is asked for. */
const MAX_RETRY_AFTER_S = 10;
const MAX_IN_FLIGHT_TRIES = 6;

export type Caller = IExecuteFunctions | ILoadOptionsFunctions | IHookFunctions;

export interface ApiRequest {
  method: IHttpRequestMethods;
  /** Below /api, such as `/orders`. */
  path: string;
  query?: IDataObject;
  body?: IDataObject;
  /** Makes a repeated write take effect once. Every call that writes has one. */
  idempotencyKey?: string;
  /** How long the service itself may wait before it answers, on top of the usual limit. */
  waitsMs?: number;
}

export interface RetryPolicy {
  /** Requests in all, the first included. */
  tries: number;
  waitMs: number;
}

export interface Client {
  /** As shown in errors. */
  address: string;
  /** The answer's body; throws {@link CallFailed}. A 204 gives an empty object. */
  call(request: ApiRequest): Promise<IDataObject>;
}

interface FullAnswer {
  statusCode: number;
  headers?: IDataObject;
  body?: unknown;
}

/** The base URL without the blanks, slashes and "/api" that people add to its end. */
export function cleanBaseUrl(given: unknown): string {
  return String(given ?? '')
    .trim()
    .replace(/\/+$/, '')
    .replace(/\/api$/, '');
}

const isObject = (value: unknown): value is IDataObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function retryAfterMs(headers: IDataObject | undefined): number {
  const seconds = Number(headers?.['retry-after'] ?? 1);
  if (!Number.isFinite(seconds) || seconds < 0) return 1000;
  return Math.min(seconds, MAX_RETRY_AFTER_S) * 1000;
}

/** Query parameters that were given; blanks would only be dropped by the service. */
export function given(values: IDataObject): IDataObject {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([, value]) => value !== undefined && value !== null && value !== '',
    ),
  ) as IDataObject;
}

/**
 * The one way nodes speak to the service. A request whose twin is still running there (409
 * `in_flight`) is sent again after its Retry-After, under the same idempotency key.
 */
export async function connect(
  context: Caller,
  retry: RetryPolicy = { tries: 1, waitMs: 0 },
): Promise<Client> {
  const credential = await context.getCredentials(CREDENTIAL);
  const address = cleanBaseUrl(credential.baseUrl);

  const ask = async (request: ApiRequest): Promise<FullAnswer> => {
    const options: IHttpRequestOptions = {
      method: request.method,
      url: `${address}/api${request.path}`,
      headers:
        request.idempotencyKey === undefined ? {} : { 'Idempotency-Key': request.idempotencyKey },
      json: true,
      returnFullResponse: true,
      ignoreHttpStatusErrors: true,
      // n8n would send the API key on, and a POST without its body.
      disableFollowRedirect: true,
      timeout: TIMEOUT_MS + (request.waitsMs ?? 0),
    };
    if (request.query !== undefined) options.qs = given(request.query);
    if (request.body !== undefined) options.body = request.body;
    try {
      return (await context.helpers.httpRequestWithAuthentication.call(
        context,
        CREDENTIAL,
        options,
        // n8n would look the credential up and decrypt it again for each request.
        { credentialsDecrypted: { id: '', name: CREDENTIAL, type: CREDENTIAL, data: credential } },
      )) as FullAnswer;
    } catch (error) {
      return { statusCode: 0, body: error };
    }
  };

  const once = async (request: ApiRequest): Promise<IDataObject> => {
    for (let tries = 1; ; tries += 1) {
      const { statusCode, headers, body } = await ask(request);
      if (statusCode === 0) throw new CallFailed(noAnswer(body, address));
      if (statusCode === 204) return {};
      if (statusCode >= 300 && statusCode < 400) {
        throw new CallFailed(redirected(statusCode, address, headers?.location));
      }
      if (!isObject(body)) throw new CallFailed(notLeadLoop(statusCode, address));
      if (statusCode >= 200 && statusCode < 300) return body;
      if (typeof body.error !== 'string') throw new CallFailed(notLeadLoop(statusCode, address));
      const busy = statusCode === 409 && body.error === 'in_flight';
      if (!busy || tries === MAX_IN_FLIGHT_TRIES) throw new CallFailed(refusal(statusCode, body));
      await sleep(retryAfterMs(headers));
    }
  };

  return {
    address,
    async call(request) {
      for (let tries = 1; tries < retry.tries; tries += 1) {
        const tried = await once(request).then(
          (body) => ({ body }),
          (error: unknown) => ({ error }),
        );
        if ('body' in tried) return tried.body;
        if (!(tried.error instanceof CallFailed) || !tried.error.failure.passing) {
          return Promise.reject(tried.error as Error);
        }
        await sleep(retry.waitMs);
      }
      return once(request);
    },
  };
}
