import { EventEmitter } from 'node:events';

import { unavailable } from '../../../scoring-service/src/core/errors.js';
import { silentLog } from '../../../scoring-service/src/core/log.js';
import type { Store } from '../../../scoring-service/src/db/store.js';
import type { Unit } from '../../../scoring-service/src/db/unit.js';
import { createRunner, type RunnerOptions } from '../../../scoring-service/src/jobs/runner.js';
import type {
  ClaimRequest,
  Finished,
  Job,
  JobSource,
} from '../../../scoring-service/src/jobs/source.js';

/** A store whose units touch nothing, and that can be made to fail. */
function emptyStore() {
  const bus = new EventEmitter();
  const faults: Error[] = [];
  const store = {
    unit: async <T>(make: () => Unit<T>): Promise<T> => {
      await Promise.resolve();
      const fault = faults.shift();
      if (fault !== undefined) throw fault;
      const step = make().next();
      if (step.done !== true) throw new Error('A query in a test without a database.');
      return step.value;
    },
    listen: (channel: string, callback: () => void) => {
      bus.on(channel, callback);
      return () => bus.off(channel, callback);
    },
  } as unknown as Store;
  return { store, faults, notify: () => bus.emit('work') };
}

/** Work kept in memory: ids to claim, and a switch for when each ends. */
function workbench(options: Partial<RunnerOptions> = {}) {
  const { store, faults, notify } = emptyStore();
  const waiting: Job[] = [];
  const claims: ClaimRequest[] = [];
  const completed: string[][] = [];
  const given: string[] = [];
  const ended = new Map<string, (result: string) => void>();
  const poisoned = new Set<string>();
  const started = new EventEmitter();
  let claimHook = (): void => undefined;
  const source: JobSource<Job, string> = {
    name: 'work',
    channel: 'work',
    // eslint-disable-next-line require-yield
    *claim(request) {
      claims.push(request);
      claimHook();
      return { jobs: waiting.splice(0, request.limit), more: false, nextDueAt: null };
    },
    run: (job, signal) =>
      new Promise((resolve, reject) => {
        if (job.id.startsWith('broken')) {
          reject(new Error('broken'));
          return;
        }
        ended.set(job.id, resolve);
        signal.addEventListener('abort', () => resolve('aborted'));
        started.emit('job', job.id);
      }),
    // eslint-disable-next-line require-yield
    *complete(finished: readonly Finished<Job, string>[]) {
      if (finished.some(({ job }) => poisoned.has(job.id))) throw new Error('poison');
      completed.push(finished.map(({ job, result }) => `${job.id} ${result}`));
    },
    // eslint-disable-next-line require-yield
    *giveBack(jobs) {
      given.push(...jobs.map((job) => job.id));
    },
  };
  let ids = 0;
  const runner = createRunner(
    source,
    {
      store,
      clock: { now: () => 1000 },
      newId: () => `claim-${(ids += 1)}`,
      log: silentLog,
    },
    { concurrency: 4, leaseMs: 60_000, ...options },
  );
  const begun = (id: string): Promise<void> =>
    new Promise((resolve) => {
      if (ended.has(id)) resolve();
      else started.on('job', (other) => other === id && resolve());
    });
  return {
    runner,
    faults,
    notify,
    claims,
    completed,
    given,
    poisoned,
    begun,
    onClaim: (hook: () => void) => {
      claimHook = hook;
    },
    add: (...names: string[]) => waiting.push(...names.map((id) => ({ id, group: id[0] ?? '' }))),
    end: (id: string, result = 'done') => ended.get(id)?.(result),
    isRunning: (id: string) => ended.has(id),
  };
}

describe('the runner', () => {
  test('claims under a fresh id with a lease, and never more than there are slots', async () => {
    const bench = workbench();
    bench.add('a1', 'a2', 'b1', 'b2', 'b3');
    const idle = bench.runner.tick();
    await bench.begun('b2');
    expect(bench.isRunning('b3')).toBe(false);
    expect(bench.claims[0]).toMatchObject({ at: 1000, leaseUntil: 61_000, limit: 4 });
    for (const id of ['a1', 'a2', 'b1']) bench.end(id);
    await bench.begun('b3');
    expect(new Set(bench.claims.map((claim) => claim.claimId)).size).toBe(bench.claims.length);
    // b2 still runs: at most three slots were free.
    expect(bench.claims.at(-1)?.limit).toBeLessThanOrEqual(3);
    bench.end('b2');
    bench.end('b3');
    await idle;
    expect(bench.completed.flat().sort()).toEqual(
      ['a1', 'a2', 'b1', 'b2', 'b3'].map((id) => `${id} done`),
    );
  });

  test('a notification wakes it without a tick', async () => {
    const bench = workbench();
    bench.runner.start();
    await bench.runner.idle();
    bench.add('a1');
    bench.notify();
    await bench.begun('a1');
    bench.end('a1');
    await bench.runner.idle();
    expect(bench.completed).toEqual([['a1 done']]);
    await bench.runner.stop();
  });

  test('ends that come together are written together', async () => {
    const bench = workbench({ concurrency: 16 });
    bench.add('a1', 'a2', 'a3', 'a4');
    const idle = bench.runner.tick();
    await bench.begun('a4');
    for (const id of ['a1', 'a2', 'a3', 'a4']) bench.end(id);
    await idle;
    expect(bench.completed).toHaveLength(1);
  });

  test('a result is kept while the database is away, and written afterwards', async () => {
    const bench = workbench();
    bench.add('a1');
    const idle = bench.runner.tick();
    await bench.begun('a1');
    bench.faults.push(unavailable('database_busy', 'busy'), unavailable('database_busy', 'busy'));
    bench.end('a1');
    await idle;
    expect(bench.completed).toEqual([['a1 done']]);
  });

  test('a result that cannot be written does not take its neighbours along', async () => {
    const bench = workbench();
    bench.poisoned.add('a2');
    bench.add('a1', 'a2', 'a3');
    const idle = bench.runner.tick();
    await bench.begun('a3');
    for (const id of ['a1', 'a2', 'a3']) bench.end(id);
    await idle;
    expect(bench.completed).toEqual([['a1 done'], ['a3 done']]);
  });

  test('a job that breaks frees its slot', async () => {
    const bench = workbench({ concurrency: 1 });
    bench.add('broken', 'a1');
    const idle = bench.runner.tick();
    await bench.begun('a1');
    bench.end('a1');
    await idle;
    expect(bench.completed).toEqual([['a1 done']]);
  });

  test('stopping claims nothing more and waits for what is under way', async () => {
    const bench = workbench({ concurrency: 1 });
    bench.add('a1', 'a2');
    bench.runner.start();
    await bench.begun('a1');
    const stopped = bench.runner.stop();
    bench.end('a1');
    await stopped;
    expect(bench.completed).toEqual([['a1 done']]);
    expect(bench.isRunning('a2')).toBe(false);
  });

  test('stopping ends what takes too long, and writes that end', async () => {
    const bench = workbench({ stopWithinMs: 1 });
    bench.add('a1');
    bench.runner.start();
    await bench.begun('a1');
    await bench.runner.stop();
    expect(bench.completed).toEqual([['a1 aborted']]);
  });

  test('what was claimed while it was being stopped is given back', async () => {
    const bench = workbench();
    bench.add('a1', 'a2');
    let stopped: Promise<void> | undefined;
    bench.onClaim(() => {
      stopped ??= bench.runner.stop();
    });
    bench.runner.start();
    await bench.runner.idle();
    await stopped;
    expect(bench.given).toEqual(['a1', 'a2']);
    expect(bench.isRunning('a1')).toBe(false);
  });
});
