import { isNativeError } from 'node:util/types';

import type { TransportError } from './post-result.js';

/** Codes of Node, OpenSSL and undici, by what they mean to a person looking at an attempt. */
const BY_CODE: Readonly<Record<string, TransportError>> = {
  EGRESS_REFUSED: 'egress_refused',
  DNS_FAILED: 'dns',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ECONNREFUSED: 'connection_refused',
  ECONNRESET: 'connection_reset',
  ECONNABORTED: 'connection_reset',
  EPIPE: 'connection_reset',
  UND_ERR_SOCKET: 'connection_reset',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_OVERFLOW: 'protocol',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'protocol',
  UND_ERR_INVALID_ARG: 'invalid_request',
  EPROTO: 'tls',
  // The agent was closed while the request waited.
  UND_ERR_CLOSED: 'aborted',
  UND_ERR_DESTROYED: 'aborted',
  // What runs out on this machine is no fault of the receiver.
  EMFILE: 'local_failure',
  ENFILE: 'local_failure',
  ENOBUFS: 'local_failure',
  ENOMEM: 'local_failure',
};

const TLS_CODE =
  /^(?:ERR_TLS_|ERR_SSL_|CERT_|CRL_|UNABLE_TO_|(?:DEPTH_ZERO_)?SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/;

function codeOf(error: unknown): string {
  return isNativeError(error) && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}

/** The error of the last address tried, the most telling one when several failed. */
function lastOfSeveral(error: Error): unknown {
  return 'errors' in error && Array.isArray(error.errors)
    ? (error.errors as unknown[]).at(-1)
    : null;
}

function classOfCode(code: string): TransportError | null {
  if (Object.hasOwn(BY_CODE, code)) return BY_CODE[code] ?? null;
  if (TLS_CODE.test(code)) return 'tls';
  return code.startsWith('HPE_') ? 'protocol' : null;
}

/**
 * The class of an error that a request ended with. Looks inside the error of an attempt on several
 * addresses, and at causes. What nobody recognises is `unknown`, which counts: an attempt that never
 * counts would be repeated without end.
 */
export function classifyTransportError(error: unknown): TransportError {
  let current: unknown = error;
  for (let depth = 0; depth < 5 && isNativeError(current); depth++) {
    const last = lastOfSeveral(current);
    if (last) return classifyTransportError(last);
    const found = classOfCode(codeOf(current));
    if (found) return found;
    // undici 8 leaves the code of its parser errors undefined.
    if (current.name === 'HTTPParserError') return 'protocol';
    current = current.cause;
  }
  return 'unknown';
}

/** A short reason for people: code and first line of the message, at most 200 characters. */
export function describeTransportError(error: unknown): string {
  const message = isNativeError(error) ? error.message : String(error);
  const code = codeOf(error);
  const [line = ''] = message.split('\n');
  return (code && !line.includes(code) ? `${code}: ${line}` : line).slice(0, 200);
}
