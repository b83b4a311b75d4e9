import type { NextFunction, Request, Response } from 'express';

import { AppError } from '../core/errors.js';
import { errorFields, type Log } from '../core/log.js';
import type { Reply } from './reply.js';

/** The answer for an error of ours. */
export function errorReply(error: AppError): Reply {
  const { body, details, headers, retryAfter } = error.options;
  return {
    status: error.status,
    body: {
      error: error.code,
      message: error.message,
      ...(details === undefined ? {} : { details }),
      ...body,
    },
    headers: {
      ...headers,
      ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }),
    },
  };
}

/** Faults of the HTTP library's parsers, by their type, in our words. */
function fromParser(error: unknown): AppError | null {
  const type = (error as { type?: unknown }).type;
  const limit = (error as { limit?: unknown }).limit;
  switch (type) {
    case 'entity.parse.failed':
      return new AppError('invalid_json', 400, 'The body is not valid JSON.');
    case 'entity.too.large':
      return new AppError(
        'payload_too_large',
        413,
        `The body is larger than ${String(limit)} bytes.`,
      );
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new AppError('unsupported_media_type', 415, 'Send the body as JSON in UTF-8.');
    case 'request.aborted':
    case 'request.size.invalid':
      return new AppError('incomplete_body', 400, 'The body did not arrive whole.');
    default:
      return isBrokenCompression(error)
        ? new AppError('invalid_encoding', 400, 'The body is not what its Content-Encoding says.')
        : null;
  }
}

function isBrokenCompression(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && /^(Z_|ERR_BROTLI|ERR__ERROR_FORMAT)/.test(code);
}

/** Any error as one of ours. What is not ours becomes a 500 that says nothing. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const known = fromParser(error);
  if (known !== null) return known;
  if (error instanceof URIError || (error as { status?: unknown }).status === 400) {
    return new AppError('bad_request', 400, 'The address cannot be decoded.');
  }
  return new AppError(
    'internal_error',
    500,
    'Something went wrong here. The request can be repeated.',
    {
      cause: error,
    },
  );
}

export function send(response: Response, reply: Reply): void {
  if (reply.headers !== undefined) response.set(reply.headers);
  if (reply.text !== undefined) {
    response.status(reply.status).set('Content-Type', reply.text.type).end(reply.text.content);
    return;
  }
  if (reply.body === undefined) {
    response.status(reply.status).end();
    return;
  }
  const text = JSON.stringify(reply.body);
  response
    .status(reply.status)
    .set('Content-Type', 'application/json; charset=utf-8')
    .set('Content-Length', String(Buffer.byteLength(text)))
    .end(text);
}

/** The one place that turns errors into HTTP. */
export function errorHandler(log: Log) {
  return (thrown: unknown, request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) {
      next(thrown);
      return;
    }
    const error = toAppError(thrown);
    if (error.status >= 500) {
      log.error(error.code, {
        request_id: response.locals.requestId as string | undefined,
        ...errorFields(error.cause ?? error),
      });
    }
    send(response, errorReply(error));
  };
}
