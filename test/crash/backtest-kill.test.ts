import { createThreads } from '../../scoring-service/src/routing/backtest/thread.js';
import { BACKTEST, BACKTESTS, readBacktest, type BacktestJob } from '../support/backtests.js';
import { buildService, type Build } from '../support/build.js';
import { createDatabase, DATABASES } from '../support/databases.js';
import { seedManyLeads } from '../support/many-leads.js';
import { startNode } from '../support/process.js';
import { testRuntime } from '../support/runtime.js';
import { ADMIN_KEY, startTestService } from '../support/service.js';

let build: Build;
beforeAll(() => {
  build = buildService();
});
afterAll(() => build.remove());

const LEADS = 40_000;

describe.each(DATABASES)('kill -9 in the middle of a backtest on %s', (name) => {
  test('leaves it to the next start, which runs it whole', async () => {
    const database = await createDatabase(name);
    const seeding = await startTestService(name, { database });
    await seedManyLeads(seeding, LEADS);
    await seeding.stop();

    const process = startNode([build.bin, 'serve'], {
      DATABASE_URL: database.url,
      LEADLOOP_ADMIN_KEY: ADMIN_KEY,
      PORT: '0',
      LOG_LEVEL: 'silent',
    });
    const [, address = ''] = await process.waitFor(/listens on (http:\S+)/);
    const call = async (method: string, path: string, body?: unknown): Promise<BacktestJob> => {
      const response = await fetch(`${address}${path}`, {
        method,
        headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      return (await response.json()) as BacktestJob;
    };
    const { id } = await call('POST', BACKTEST, { from: '2026-01-01T00:00:00Z' });
    let job: BacktestJob;
    do job = await call('GET', `${BACKTESTS}/${id}`);
    while (job.progress.leads_done === 0);
    process.kill('SIGKILL');
    await process.exited;
    expect(job).toMatchObject({ status: 'running', progress: { leads_total: LEADS } });
    expect(job.progress.share).toBeLessThan(1);

    const runtime = testRuntime(new Date(Date.now() + 120_000).toISOString());
    const next = await startTestService(name, {
      database,
      runtime,
      runBacktest: (location) => createThreads(location, build.backtestScript),
    });
    expect((await readBacktest(next, id)).status).toBe('running');
    await next.service.backtest();
    const done = await readBacktest(next, id);
    expect(done).toMatchObject({ status: 'done', runs: 2, result: { leads: LEADS } });
    const { n } = await next.store.db
      .selectFrom('backtest_differences')
      .select((select) => select.fn.countAll<number>().as('n'))
      .where('backtest_id', '=', id)
      .where('run', '=', 2)
      .executeTakeFirstOrThrow();
    expect(Number(n)).toBe(done.result?.differences.total);
    await next.stop();
    await database.drop();
  });
});
