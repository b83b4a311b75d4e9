/**
 * The one error class of the service. `code` is what callers match on, `status` is the HTTP
 * status it becomes, `message` is a sentence for people, `details` names the fields.
 */
export class AppError extends Error {
  override readonly name = 'AppError';

  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
    readonly options: {
      details?: Record<string, unknown>;
      /** Seconds after which the caller may try again (429 and 503). */
      retryAfter?: number;
      /** Extra top-level members of the answer's body, for routes whose body is specified exactly. */
      body?: Record<string, unknown>;
      headers?: Record<string, string>;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
  }
}

export function notFound(what: string, id: string): AppError {
  return new AppError('not_found', 404, `No ${what} has the id ${id}.`);
}

export function conflict(
  code: string,
  message: string,
  details?: Record<string, unknown>,
): AppError {
  return new AppError(code, 409, message, { details });
}

/** A 409 for acting on a lead of which nothing tells any more who it is. */
export function erased(): AppError {
  return conflict(
    'erased',
    'The personal data of this lead was erased; nothing can be done for it.',
  );
}

/** A 409 for an edit made on an outdated copy; the caller reads again and decides. */
export function staleVersion(current: number): AppError {
  return new AppError(
    'stale_version',
    409,
    `Somebody changed this since you read it. Read it again (its version is now ${current}) and repeat the change.`,
    { details: { current_version: current } },
  );
}

/** A 400 that names each field and the rule it broke. */
export function invalid(
  details: Record<string, string>,
  code = 'validation_error',
  message = 'Some fields are not valid.',
): AppError {
  return new AppError(code, 400, message, { details });
}

/** The database is locked, away or overloaded: nothing was written, trying again is safe. */
export function unavailable(code: string, message: string, cause?: unknown): AppError {
  return new AppError(code, 503, message, { retryAfter: 2, cause });
}
