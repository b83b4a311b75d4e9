import { pino, type Logger as PinoLogger } from 'pino';

/**
 * What may be logged. An allow-list: fields not named here do not compile, so that no phone,
 * e-mail, name or message text can slip in.
 */
export interface LogFields {
  request_id?: string;
  method?: string;
  /** The route's pattern, never the path with its query. */
  route?: string;
  status?: number;
  duration_ms?: number;
  key_id?: string;
  code?: string;
  lead_id?: string;
  order_id?: string;
  broker_id?: string;
  delivery_id?: string;
  message_id?: string;
  task_id?: string;
  job_id?: string;
  provider?: string;
  component?: string;
  count?: number;
  attempt?: number;
  error_name?: string;
  error_code?: string;
  /** The places in our code, without the message (messages may quote data). */
  stack?: string;
}

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
}

/** The stack after the message, whose own lines may look like places. */
function placesOf({ stack, message }: Error): string | undefined {
  const at = message === '' ? -1 : (stack?.indexOf(message) ?? -1);
  return at === -1 ? stack : stack?.slice(at + message.length);
}

/** What of an error may be logged: its class, its code and the places, not its message. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error_name: typeof error };
  const code = (error as { code?: unknown }).code;
  return {
    error_name: error.name,
    error_code: typeof code === 'string' ? code : undefined,
    stack: placesOf(error)
      ?.split('\n')
      .filter((line) => /^\s+at /.test(line))
      .slice(0, 8)
      .map((line) => line.trim())
      .join(' | '),
  };
}

/** JSON lines on standard output. */
export function createLog(level: string): Log & { flush: () => void } {
  const destination = pino.destination({ dest: 1, sync: false, minLength: 4096 });
  const logger: PinoLogger = pino({ level, base: { service: 'leadloop' } }, destination);
  const timer = setInterval(() => destination.flush(), 1000).unref();
  return {
    info: (message, fields) => logger.info(fields ?? {}, message),
    warn: (message, fields) => logger.warn(fields ?? {}, message),
    error: (message, fields) => logger.error(fields ?? {}, message),
    debug: (message, fields) => logger.debug(fields ?? {}, message),
    flush: () => {
      clearInterval(timer);
      try {
        destination.flushSync();
      } catch {
        // Nothing was buffered, or the stream is gone: there is nobody left to tell.
      }
    },
  };
}

export const silentLog: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  debug: () => undefined,
};
