import { parentPort, workerData } from 'node:worker_threads';

import { AppError } from '../../core/errors.js';
import { errorFields } from '../../core/log.js';
import { openReader } from '../../db/reader.js';
import { runBacktest } from './run.js';
import type { FromThread, ThreadInput } from './thread.js';

/** The thread's own end of `thread.ts`: one run on a read-only handle, then it ends. */
async function main(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('This file runs as a worker thread.');
  const { location, plan } = workerData as ThreadInput;
  const post = (message: FromThread): void => port.postMessage(message);
  const reader = openReader(location);
  try {
    const result = await runBacktest(reader, plan, (report) => {
      const taken = new Promise<void>((resolve) => port.once('message', () => resolve()));
      post({ kind: 'report', report });
      return taken;
    });
    post({ kind: 'done', result });
  } catch (error) {
    // Errors lose their class on the way to the other thread, so they are told in words.
    const away = error instanceof AppError && error.status === 503;
    post({ kind: away ? 'unavailable' : 'failed', error: errorFields(error) });
  } finally {
    await reader.close();
  }
}

await main();
