import { Worker } from 'node:worker_threads';

import type { LogFields } from '../../core/log.js';
import type { OpenOptions } from '../../db/open.js';
import type { BacktestReport } from './run.js';
import type { BacktestPlan, BacktestResult } from './types.js';

export interface ThreadInput {
  location: OpenOptions['location'];
  plan: BacktestPlan;
}

/** What a thread says. After a report it waits for an answer, whose content does not matter. */
export type FromThread =
  | { kind: 'report'; report: BacktestReport }
  | { kind: 'done'; result: BacktestResult }
  | { kind: 'unavailable' | 'failed'; error: LogFields };

/** How a run ended. `unavailable`: the database was away; `stopped`: by the signal. */
export type ThreadEnd =
  | { kind: 'done'; result: BacktestResult }
  | { kind: 'unavailable' | 'failed'; error: LogFields }
  | { kind: 'stopped' };

/** Runs a plan beside the main thread; what `take` rejects with ends the run and is thrown. */
export type RunInThread = (
  plan: BacktestPlan,
  take: (report: BacktestReport) => Promise<void>,
  signal: AbortSignal,
) => Promise<ThreadEnd>;

/** The compiled entry of the thread, beside this file. */
export const WORKER_SCRIPT = new URL('./worker.js', import.meta.url);

/** A run that outgrows this ends itself and not the service. */
const MAX_HEAP_MB = 1024;

/** Threads that read one database. The signal ends a thread at once: it only reads. */
export function createThreads(
  location: OpenOptions['location'],
  script: URL = WORKER_SCRIPT,
): RunInThread {
  return (plan, take, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        resolve({ kind: 'stopped' });
        return;
      }
      const workerData: ThreadInput = { location, plan };
      const worker = new Worker(script, {
        workerData,
        // What the process was started with (a build, in `npm start`) is not for threads.
        execArgv: [],
        resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
      });
      let settled = false;
      const settle = (how: () => void): void => {
        if (settled) return;
        settled = true;
        signal.removeEventListener('abort', stop);
        // Resolves when the thread is gone, so that a slot is free only then.
        void worker.terminate().then(how);
      };
      const stop = (): void => settle(() => resolve({ kind: 'stopped' }));
      const fail = (error: unknown): void => settle(() => reject(asError(error)));

      signal.addEventListener('abort', stop, { once: true });
      worker.on('message', (message: FromThread) => {
        if (settled) return;
        if (message.kind !== 'report') {
          settle(() => resolve(message));
          return;
        }
        take(message.report).then(() => {
          if (!settled) worker.postMessage(null);
        }, fail);
      });
      worker.on('error', fail);
      worker.on('exit', () => fail(new Error('The thread of a backtest ended without a result.')));
    });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
