/**
 * SQLite's write lane: functions run one after another, first in, first out, each in its own
 * turn of the event loop so that reads and sockets are served in between.
 */
export interface Lane {
  push<T>(task: () => T | Promise<T>): Promise<T>;
  size(): number;
  /** Resolves when everything pushed so far has run. */
  drain(): Promise<void>;
}

export function createLane(): Lane {
  const queue: (() => Promise<void>)[] = [];
  let head = 0;
  let running = false;
  let idle: (() => void)[] = [];

  const next = (): void => {
    const task = queue[head];
    if (task === undefined) {
      queue.length = 0;
      head = 0;
      running = false;
      for (const wake of idle) wake();
      idle = [];
      return;
    }
    head += 1;
    if (head > 1024) {
      queue.splice(0, head);
      head = 0;
    }
    void task().then(() => setImmediate(next));
  };

  return {
    push<T>(task: () => T | Promise<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        queue.push(async () => {
          try {
            resolve(await task());
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        });
        if (!running) {
          running = true;
          setImmediate(next);
        }
      });
    },
    size: () => queue.length - head,
    drain: () =>
      running
        ? new Promise((resolve) => {
            idle.push(resolve);
          })
        : Promise.resolve(),
  };
}
