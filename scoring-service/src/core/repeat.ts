import { errorFields, type Log } from './log.js';

/**
 * Runs a task now and then until stopped; never twice at once, never ended by a fault. The first
 * time is after `everyMs`, or now: what is seldom done would never be by a service that is often
 * started.
 */
export function repeat(
  name: string,
  everyMs: number,
  task: () => Promise<unknown>,
  log: Log,
  { now = false }: { now?: boolean } = {},
): { stop: () => Promise<void> } {
  let running: Promise<void> | undefined;
  const run = (): void => {
    running ??= task()
      .then(() => undefined)
      .catch((error: unknown) => log.warn(`${name} failed`, errorFields(error)))
      .finally(() => {
        running = undefined;
      });
  };
  const timer = setInterval(run, everyMs);
  timer.unref();
  if (now) run();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
