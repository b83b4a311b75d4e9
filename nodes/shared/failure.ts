import type { IDataObject } from 'n8n-workflow';

/** Why a call gave no usable answer: what happened, and what the reader can do about it. */
export interface Failure {
  /** HTTP status, or null when no answer came. */
  status: number | null;
  /** The service's code, or one of ours for faults on the way. snake_case. */
  code: string;
  /** What happened, without a full stop, fit to follow "Item 3: ". */
  what: string;
  /** What to do now, as sentences. */
  advice: string;
  details?: IDataObject;
  /** The same request may succeed later. */
  passing: boolean;
}

/** Thrown by the client; the runner turns it into an item's error or a node's error. */
export class CallFailed extends Error {
  constructor(readonly failure: Failure) {
    super(failure.what);
    this.name = 'CallFailed';
  }
}

const DOCKER_HINT =
  'Inside a container "localhost" is the container itself: use http://host.docker.internal:4100 or the name of the service in the same Docker network.';

const NO_ANSWER: Record<string, { code: string; what: string; advice: string }> = {
  ECONNREFUSED: {
    code: 'connection_refused',
    what: 'refused the connection',
    advice: `Check that the LeadLoop service is running and that the credential's base URL is right. ${DOCKER_HINT}`,
  },
  ENOTFOUND: {
    code: 'host_not_found',
    what: 'could not be found',
    advice: `Check the host name in the credential's base URL. ${DOCKER_HINT}`,
  },
  EAI_AGAIN: {
    code: 'host_not_found',
    what: 'could not be found',
    advice: `Check the host name in the credential's base URL. ${DOCKER_HINT}`,
  },
  ETIMEDOUT: {
    code: 'timeout',
    what: 'did not answer in time',
    advice:
      'Check the load and the log of the service. Running the node again is safe: a repeated request takes effect once.',
  },
  ECONNRESET: {
    code: 'connection_lost',
    what: 'closed the connection before it answered',
    advice:
      'Check the log of the service. Running the node again is safe: a repeated request takes effect once.',
  },
};

const SAME_AS: Record<string, string> = {
  ECONNABORTED: 'ETIMEDOUT',
  ESOCKETTIMEDOUT: 'ETIMEDOUT',
  UND_ERR_CONNECT_TIMEOUT: 'ETIMEDOUT',
  EHOSTUNREACH: 'ECONNREFUSED',
  ENETUNREACH: 'ECONNREFUSED',
  EPIPE: 'ECONNRESET',
};

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/;

/** The first error code in an error and what it wraps. */
function errorCode(error: unknown): string {
  let current = error as { code?: unknown; cause?: unknown; message?: unknown } | undefined;
  for (let depth = 0; depth < 6 && typeof current === 'object' && current !== null; depth += 1) {
    if (typeof current.code === 'string' && /^[A-Z][A-Z_]+$/.test(current.code))
      return current.code;
    current = current.cause as typeof current;
  }
  return '';
}

/** For a request to which no answer came. */
export function noAnswer(error: unknown, address: string): Failure {
  const code = errorCode(error);
  const known = NO_ANSWER[SAME_AS[code] ?? code];
  if (known !== undefined) {
    return {
      status: null,
      code: known.code,
      what: `LeadLoop at ${address} ${known.what}`,
      advice: known.advice,
      passing: true,
    };
  }
  if (CERTIFICATE.test(code)) {
    return {
      status: null,
      code: 'certificate_refused',
      what: `The certificate of LeadLoop at ${address} is not trusted`,
      advice:
        'Install a certificate that n8n trusts, or turn on "Ignore SSL Issues" in the LeadLoop credential.',
      passing: false,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    status: null,
    code: 'request_failed',
    what: `LeadLoop at ${address} could not be asked: ${message}`,
    advice: "Check the LeadLoop credential's base URL and the network between n8n and the service.",
    passing: true,
  };
}

/** For an answer that is not the JSON the service speaks. */
export function notLeadLoop(status: number, address: string): Failure {
  return {
    status,
    code: 'unexpected_answer',
    what: `${address} answered with status ${status} and something that is not LeadLoop's JSON`,
    advice:
      "Check the credential's base URL: it must be the address of the LeadLoop service itself, without /api, and no proxy may stand in front of it that answers in its place.",
    passing: status >= 500,
  };
}

/** For an answer that sends the caller elsewhere. The API key is not sent on, nor is any data. */
export function redirected(status: number, address: string, location: unknown): Failure {
  const target = typeof location === 'string' && location !== '' ? location : 'another address';
  return {
    status,
    code: 'redirected',
    what: `${address} answered with status ${status} and points to ${target}`,
    advice:
      "Put the address of the LeadLoop service itself into the credential's base URL, with https:// where it asks for that.",
    passing: false,
  };
}

const ADVICE: Record<number, string> = {
  400: 'Correct the fields named here and run the node again.',
  401: 'Check the API key in the LeadLoop credential: it may be mistyped or revoked.',
  403: 'Choose a credential whose API key has this scope, or create such a key in LeadLoop.',
  404: 'Check the ID: it may belong to another LeadLoop service or environment.',
  409: 'Read the record again and decide anew.',
  413: 'Send fewer or smaller items at once.',
  422: 'The node sent another body under the key of an earlier request of this execution. Run the workflow as a new execution.',
  429: 'Send fewer items at once, or turn on "Retry On Fail" in the settings of the node.',
};

const SERVER_ADVICE =
  'Check the log of the LeadLoop service. Running the node again is safe: a repeated request takes effect once.';

/** `details` of a refusal as "field rule; field rule". */
function fieldList(details: unknown): string {
  if (typeof details !== 'object' || details === null || Array.isArray(details)) return '';
  return Object.entries(details)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    .map(([field, rule]) => `${field} ${rule}`)
    .join('; ');
}

/** For the service's own error body, `{error, message?, details?}`. */
export function refusal(status: number, body: IDataObject): Failure {
  const code = String(body.error);
  const sentence = typeof body.message === 'string' ? body.message.replace(/\.$/, '') : code;
  const fields = status === 400 ? fieldList(body.details) : '';
  return {
    status,
    code,
    what: fields === '' ? sentence : `${sentence}: ${fields}`,
    advice:
      ADVICE[status] ?? (status >= 500 ? SERVER_ADVICE : 'Correct the request and run it again.'),
    ...(typeof body.details === 'object' && body.details !== null
      ? { details: body.details as IDataObject }
      : {}),
    passing: status === 429 || status >= 500,
  };
}

/** For JSON that is not what this call answers with, such as one of a newer service. */
export function unknownAnswer(expected: string, found: unknown): Failure {
  return {
    status: 200,
    code: 'unexpected_answer',
    what: `LeadLoop answered without ${expected} (${String(found)})`,
    advice:
      "Update n8n-nodes-leadloop, and check that the credential's base URL points at a LeadLoop service.",
    passing: false,
  };
}

/** For an input item or a parameter that cannot be sent at all. */
export function unusable(what: string, advice: string): Failure {
  return { status: null, code: 'invalid_parameter', what, advice, passing: false };
}

/** Any error as a failure; what is not a call's is a parameter or an expression that went wrong. */
export function asFailure(error: unknown): Failure {
  if (error instanceof CallFailed) return error.failure;
  const message = error instanceof Error ? error.message : String(error);
  return unusable(message, 'Check the parameters of the node and the expressions in them.');
}

/** A value, or why it could not be had. */
export function attempt<T>(work: () => T): { value: T } | { failure: Failure } {
  try {
    return { value: work() };
  } catch (error) {
    return { failure: asFailure(error) };
  }
}
