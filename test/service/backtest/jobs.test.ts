import {
  createThreads,
  type RunInThread,
} from '../../../scoring-service/src/routing/backtest/thread.js';
import type { BacktestReport } from '../../../scoring-service/src/routing/backtest/run.js';
import {
  askForBacktest,
  backtest,
  BACKTEST,
  BACKTESTS,
  readBacktest,
  readDifferences,
} from '../../support/backtests.js';
import { buildService, type Build } from '../../support/build.js';
import { createDatabase, DATABASES, type TestDatabase } from '../../support/databases.js';
import { testRuntime, type TestRuntime } from '../../support/runtime.js';
import { createOrder, postLead } from '../../support/seed.js';
import { startTestService, type TestService } from '../../support/service.js';

let build: Build;
beforeAll(() => {
  build = buildService();
});
afterAll(() => build.remove());

const FROM = { from: '2026-03-01T00:00:00Z' };
const DAY = 86_400_000;

/** One run that a test holds. */
interface Held {
  /** What the run reports; resolves when it was taken. */
  report(report: Partial<BacktestReport>): Promise<void>;
  /** Lets it go on for real. */
  release(): void;
  /** Fails as a thread that crashed does. */
  crash(): void;
  /** Resolves when the run was told to stop. */
  stopped: Promise<void>;
  isStopped(): boolean;
}

/** Threads that begin only when a test lets them. */
function heldThreads() {
  const held: Held[] = [];
  let told: (() => void)[] = [];
  const threads =
    (location: TestDatabase['location']): RunInThread =>
    (plan, take, signal) =>
      new Promise((resolve, reject) => {
        const stopped = new Promise<void>((tell) =>
          signal.addEventListener('abort', () => {
            tell();
            resolve({ kind: 'stopped' });
          }),
        );
        held.push({
          report: (report) => {
            const taken = take({ leadsDone: 0, leadsTotal: 0, differences: [], ...report });
            taken.catch(reject);
            return taken;
          },
          release: () =>
            void createThreads(location, build.backtestScript)(plan, take, signal).then(
              resolve,
              reject,
            ),
          crash: () => reject(new Error('a thread crashed on +12025550123')),
          stopped,
          isStopped: () => signal.aborted,
        });
        for (const tell of told) tell();
        told = [];
      });
  return {
    threads,
    begun: () => held.length,
    /** The n-th run, once it has begun. */
    async run(n: number): Promise<Held> {
      for (;;) {
        const one = held[n];
        if (one !== undefined) return one;
        await new Promise<void>((resolve) => told.push(resolve));
      }
    },
  };
}

describe.each(DATABASES)('a backtest as a job on %s', (name) => {
  let database: TestDatabase;
  let runtime: TestRuntime;
  let held: ReturnType<typeof heldThreads>;
  let service: TestService;
  const open = (threads = held.threads) =>
    startTestService(name, { database, runtime, runBacktest: threads });

  beforeEach(async () => {
    database = await createDatabase(name);
    runtime = testRuntime();
    held = heldThreads();
    service = await open();
    await createOrder(service, { total_leads: 3 });
    for (let i = 0; i < 5; i += 1) {
      runtime.advance(1000);
      await postLead(service, `lead-${i}`);
    }
    runtime.advance(1000);
  });
  afterEach(async () => {
    await service.stop();
    await database.drop();
  });

  test('waits, runs and is done; its progress is read meanwhile', async () => {
    const asked = await service.post(BACKTEST, FROM);
    expect(asked.headers.get('location')).toBe(`${BACKTESTS}/${String(asked.body.id)}`);
    const id = String(asked.body.id);
    expect(asked.body).toMatchObject({
      runs: 0,
      started_at: null,
      progress: { leads_total: null },
    });
    const done = service.service.backtest();
    const run = await held.run(0);
    await run.report({ leadsDone: 2, leadsTotal: 8 });
    expect(await readBacktest(service, id)).toMatchObject({
      status: 'running',
      runs: 1,
      progress: { leads_done: 2, leads_total: 8, share: 0.25 },
      result: null,
    });
    expect(await service.get(`${BACKTESTS}/${id}/differences`)).toMatchObject({
      status: 409,
      body: { error: 'not_done' },
    });
    run.release();
    await done;
    expect(await readBacktest(service, id)).toMatchObject({
      status: 'done',
      progress: { leads_done: 5, leads_total: 5, share: 1 },
      result: { leads: 5, differences: { total: 0 } },
    });
    const list = await service.get<{ data: { id: string }[] }>(BACKTESTS);
    expect(list.body.data).toMatchObject([{ id, status: 'done' }]);
    expect(list.body.data[0]).not.toHaveProperty('result');
  });

  test('two run at a time, the others wait for their turn', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      ids.push((await askForBacktest(service, FROM)).id);
      runtime.advance(1);
    }
    const done = service.service.backtest();
    const first = await held.run(0);
    await held.run(1);
    const statuses = async () =>
      Promise.all(ids.map(async (id) => (await readBacktest(service, id)).status));
    expect(await statuses()).toEqual(['running', 'running', 'waiting']);
    first.release();
    const third = await held.run(2);
    expect((await statuses())[0]).toBe('done');
    expect(held.begun()).toBe(3);
    third.release();
    (await held.run(1)).release();
    await done;
    expect(await statuses()).toEqual(['done', 'done', 'done']);
  });

  test('that runs is cancelled: its thread ends and its slot is free', async () => {
    const { id } = await askForBacktest(service, FROM);
    const waiting = await askForBacktest(service, FROM);
    const done = service.service.backtest();
    const run = await held.run(0);
    await held.run(1);
    await run.report({ leadsDone: 1, leadsTotal: 5 });
    const answer = await service.call('DELETE', `${BACKTESTS}/${id}`);
    expect(answer).toMatchObject({ status: 200, body: { id, status: 'cancelled' } });
    expect(run.isStopped()).toBe(true);
    await expect(run.report({ leadsDone: 2, leadsTotal: 5 })).rejects.toThrow();
    expect(await service.call('DELETE', `${BACKTESTS}/${id}`)).toMatchObject({ status: 200 });
    (await held.run(1)).release();
    await done;
    expect(await readBacktest(service, id)).toMatchObject({ status: 'cancelled', result: null });
    expect(await readBacktest(service, waiting.id)).toMatchObject({ status: 'done' });
    expect(await service.call('DELETE', `${BACKTESTS}/${waiting.id}`)).toMatchObject({
      status: 409,
      body: { error: 'already_ended' },
    });
    const nobody = '00000000-0000-7000-8000-000000000000';
    expect(await service.call('DELETE', `${BACKTESTS}/${nobody}`)).toMatchObject({ status: 404 });
  });

  test('that waits is cancelled before it begins', async () => {
    const { id } = await askForBacktest(service, FROM);
    await service.call('DELETE', `${BACKTESTS}/${id}`);
    await service.service.backtest();
    expect(held.begun()).toBe(0);
    expect((await readBacktest(service, id)).status).toBe('cancelled');
  });

  test('is run again from its beginning after the service was stopped', async () => {
    const { id } = await askForBacktest(service, FROM);
    void service.service.backtest();
    const run = await held.run(0);
    await run.report({ leadsDone: 4, leadsTotal: 5 });
    await service.stop();
    await run.stopped;
    service = await open();
    expect(await readBacktest(service, id)).toMatchObject({ status: 'waiting' });
    const done = service.service.backtest();
    (await held.run(1)).release();
    await done;
    expect(await readBacktest(service, id)).toMatchObject({
      status: 'done',
      runs: 2,
      result: { leads: 5 },
    });
  });

  test('of a process that died is run again once its claim ends; what comes late is refused', async () => {
    const order = await createOrder(service, { verticals: ['SBA'] });
    const { id } = await askForBacktest(service, {
      ...FROM,
      compare_with: 'history',
      changes: [{ order_id: order.id, priority: 'high', verticals: ['MCA'] }],
    });
    const forgotten = service.service.backtest();
    const dead = await held.run(0);
    const outcome = { status: 'assigned', order_id: 'x', reason_code: null } as const;
    const difference = (position: number) => ({
      position,
      lead_id: `late-${position}`,
      arrived_at: '2026-03-01T00:00:00.000Z',
      kind: 'changed_winner' as const,
      baseline: outcome,
      proposed: outcome,
    });
    await dead.report({ leadsDone: 1, leadsTotal: 5, differences: [difference(1), difference(9)] });

    const heir = await open((location) => createThreads(location, build.backtestScript));
    await heir.service.backtest();
    expect((await readBacktest(heir, id)).status).toBe('running');
    runtime.advance(61_000);
    await heir.service.backtest();
    expect(await readBacktest(heir, id)).toMatchObject({ status: 'done', runs: 2 });
    const differences = await readDifferences(heir, id);
    expect(differences).toHaveLength(5);
    expect(JSON.stringify(differences)).not.toContain('late');

    await expect(
      dead.report({ leadsDone: 2, leadsTotal: 5, differences: [difference(3)] }),
    ).rejects.toThrow();
    await forgotten;
    expect(await readBacktest(heir, id)).toMatchObject({ status: 'done', runs: 2 });
    // What the dead run had written is swept up.
    await heir.service.forgetOldBacktests();
    const kept = await heir.store.db.selectFrom('backtest_differences').select('run').execute();
    expect(kept.map((row) => row.run)).toEqual([2, 2, 2, 2, 2]);
    await heir.stop();
  });

  test('that ends its process again and again is given up, and says so', async () => {
    const { id } = await askForBacktest(service, FROM);
    const dead: TestService[] = [];
    for (let lapse = 0; lapse < 3; lapse += 1) {
      const process = await open();
      dead.push(process);
      void process.service.backtest();
      await held.run(lapse);
      runtime.advance(61_000);
    }
    const heir = await open();
    await heir.service.backtest();
    expect(await readBacktest(heir, id)).toMatchObject({
      status: 'failed',
      runs: 3,
      error: { code: 'interrupted', message: expect.stringContaining('given up') },
    });
    expect(held.begun()).toBe(3);
    for (const process of [heir, ...dead]) await process.stop();
  });

  test('that crashes fails alone, and neither its answer nor the log says more than it may', async () => {
    const lines: string[] = [];
    const write = (message: string, fields?: object): void =>
      void lines.push(JSON.stringify({ message, ...fields }));
    const log = { info: write, warn: write, error: write, debug: write };
    const other = await startTestService(name, {
      database,
      runtime,
      log,
      runBacktest: held.threads,
    });
    const { id } = await askForBacktest(other, FROM);
    const done = other.service.backtest();
    (await held.run(0)).crash();
    await done;
    expect(await readBacktest(other, id)).toMatchObject({
      status: 'failed',
      error: { code: 'backtest_failed' },
    });
    expect(lines.join('\n')).toContain(id);
    expect(lines.join('\n')).not.toContain('2025550123');
    await other.stop();
  });

  test('is forgotten seven days after its end, with its differences', async () => {
    const [order] = (await service.get<{ data: { id: string }[] }>('/api/orders')).body.data;
    const real = await open((location) => createThreads(location, build.backtestScript));
    const { job } = await backtest(real, {
      ...FROM,
      changes: [{ order_id: order?.id, total_leads: 1 }],
    });
    expect(job.result?.differences.total).toBeGreaterThan(0);
    runtime.advance(7 * DAY - 1);
    await real.service.forgetOldBacktests();
    expect((await readBacktest(real, job.id)).status).toBe('done');
    runtime.advance(1);
    await real.service.forgetOldBacktests();
    expect(await real.get(`${BACKTESTS}/${job.id}`)).toMatchObject({ status: 404 });
    const left = await real.store.db.selectFrom('backtest_differences').selectAll().execute();
    expect(left).toEqual([]);
    await real.stop();
  });

  test('is asked for once with one Idempotency-Key, and not when twenty wait', async () => {
    const options = { headers: { 'idempotency-key': 'once' } };
    const first = await service.post(BACKTEST, FROM, options);
    const again = await service.post(BACKTEST, FROM, options);
    expect(again.body).toEqual(first.body);
    for (let i = 1; i < 20; i += 1) await askForBacktest(service, FROM);
    expect(await service.post(BACKTEST, FROM)).toMatchObject({
      status: 429,
      body: { error: 'too_many_backtests' },
    });
  });

  test('needs the scope operate to be asked for, and read to be read', async () => {
    const key = await service.post<{ token: string }>('/api/api-keys', {
      name: 'reader',
      scopes: ['read'],
    });
    const { id } = await askForBacktest(service, FROM);
    const options = { key: key.body.token };
    expect((await service.post(BACKTEST, FROM, options)).status).toBe(403);
    expect((await service.call('DELETE', `${BACKTESTS}/${id}`, undefined, options)).status).toBe(
      403,
    );
    expect((await service.get(`${BACKTESTS}/${id}`, options)).status).toBe(200);
  });
});

describe('two replicas on one PostgreSQL', () => {
  test('run a backtest once, and each hears when it is cancelled at the other', async () => {
    const database = await createDatabase('postgres');
    const runtime = testRuntime();
    const held = heldThreads();
    const open = () =>
      startTestService('postgres', { database, runtime, runBacktest: held.threads });
    const [one, two] = [await open(), await open()];
    const { id } = await askForBacktest(one, FROM);
    one.service.start();
    two.service.start();
    const run = await held.run(0);
    await Promise.all([one, two].map(({ service }) => service.retriesIdle()));
    expect(held.begun()).toBe(1);
    const other = await two.call('DELETE', `${BACKTESTS}/${id}`);
    expect(other.status).toBe(200);
    expect((await one.call('DELETE', `${BACKTESTS}/${id}`)).status).toBe(200);
    await run.stopped;
    await one.stop();
    await two.stop();
    await database.drop();
  });
});
