import { errorFields, type Log } from './log.js';

/** Runs a task now and then until stopped; never twice at once, never ended by a fault. */
export function repeat(
  name: string,
  everyMs: number,
  task: () => Promise<unknown>,
  log: Log,
): { stop: () => Promise<void> } {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= task()
      .then(() => undefined)
      .catch((error: unknown) => log.warn(`${name} failed`, errorFields(error)))
      .finally(() => {
        running = undefined;
      });
  }, everyMs);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
