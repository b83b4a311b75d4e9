import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { buildService, type Build } from '../../support/build.js';
import { DATABASES } from '../../support/databases.js';
import { runNode } from '../../support/process.js';
import { createOrder, postLead, rowCounts } from '../../support/seed.js';
import { startTestService, type TestService } from '../../support/service.js';

let build: Build;
let folder: string;
beforeAll(() => {
  build = buildService();
  folder = mkdtempSync(join(tmpdir(), 'leadloop-backtest-'));
});
afterAll(() => {
  build.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(DATABASES)('leadloop backtest on %s', (name) => {
  let service: TestService;
  let order: string;
  const command = (...args: string[]) =>
    runNode([build.bin, 'backtest', ...args], {
      DATABASE_URL: service.database.url,
      TIMEZONE: 'America/New_York',
    });

  beforeEach(async () => {
    service = await startTestService(name);
    order = (await createOrder(service, { name: 'The order', total_leads: 10 })).id;
    for (const credit_score of [610, 700, 640]) {
      service.runtime.advance(1000);
      await postLead(service, `lead-${credit_score}`, { credit_score });
    }
  });
  afterEach(() => service.stop());

  test('says in lines what would have changed, and changes nothing', async () => {
    const before = await rowCounts(service.store);
    const { code, output } = await command(
      ...['--from', '2026-03-10', '--to', '2026-03-11'],
      ...['--change', `${order}:credit_score_min=650`],
    );
    expect(output).toMatch(/^3 leads from 2026-03-10T04:00:00.000Z up to 2026-03-11T04:00:00.000Z/);
    expect(output).toMatch(/^assigned +3 +1$/m);
    expect(output).toMatch(/2 leads go another way: 0 to another order, 0 newly assigned, 2 newly/);
    expect(output).toMatch(/^The order +3 +1 +1\/10 active$/m);
    expect(output).toContain('accepted or returned cannot be replayed');
    expect(code).toBe(0);
    expect(await rowCounts(service.store)).toEqual(before);
    expect(await service.store.db.selectFrom('backtests').selectAll().execute()).toEqual([]);
  });

  test('takes a request from a file, prints JSON, and writes the differences', async () => {
    const request = join(folder, `${name}.json`);
    const found = join(folder, `${name}.jsonl`);
    const orders = [{ id: 'mine', verticals: ['MCA'], total_leads: 2 }];
    writeFileSync(request, JSON.stringify({ from: '2026-03-10T00:00:00Z', orders }));
    const { code, output } = await command(
      ...['--file', request, '--compare-with', 'history', '--differences', found, '--json'],
    );
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      request: { compare_with: 'history', orders: 1 },
      limits: expect.any(Array),
      result: { differences: { total: 3, changed_winner: 2, newly_unassigned: 1 } },
    });
    const lines = readFileSync(found, 'utf8').trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { position: number }).position)).toEqual([
      1, 2, 3,
    ]);
  });

  test('says where a request is wrong', async () => {
    const [missing, unknown, shape, none] = await Promise.all([
      command(),
      command(
        '--from',
        '2026-03-01',
        '--change',
        '00000000-0000-7000-8000-000000000000:loan_min=1',
      ),
      command('--from', '2026-03-01', '--change', 'x'),
      runNode([build.bin, 'backtest', '--from', '2026-03-01'], {
        DATABASE_URL: `sqlite:${join(folder, 'none.db')}`,
      }),
    ]);
    expect(missing).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^ {2}from: is required$/m),
    });
    expect(unknown.output).toMatch(/^ {2}changes\.0\.order_id: names no order$/m);
    expect(unknown.code).toBe(1);
    expect(shape).toMatchObject({ code: 1, output: expect.stringContaining('ORDER:FIELD=VALUE') });
    expect(none).toMatchObject({ code: 1, output: expect.stringContaining('no database at') });
    for (const { output } of [missing, unknown, shape, none])
      expect(output).not.toMatch(/at .*\.js:\d+/);
  });
});
