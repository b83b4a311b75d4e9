import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';

import { DATABASES } from '../support/databases.js';
import { startTestService } from '../support/service.js';

/** What work starts and does not end: the timers, by their number. */
async function timersLeftBy(work: () => Promise<void>): Promise<{ started: number; left: number }> {
  const inWork = new AsyncLocalStorage<true>();
  const running = new Set<number>();
  let started = 0;
  const hook = createHook({
    init(id, type) {
      if (type !== 'Timeout' || inWork.getStore() === undefined) return;
      started += 1;
      running.add(id);
    },
    destroy: (id) => void running.delete(id),
  }).enable();
  await inWork.run(true, work);
  // The end of a timer is told in the next turn of the event loop.
  await setImmediate();
  hook.disable();
  return { started, left: running.size };
}

describe.each(DATABASES)('a service on %s that has stopped', (name) => {
  test('leaves no timer behind, so that nothing holds it in memory', async () => {
    const { started, left } = await timersLeftBy(async () => {
      const service = await startTestService(name);
      service.service.start();
      await service.stop();
    });
    expect(started).toBeGreaterThan(0);
    expect(left).toBe(0);
  });
});
