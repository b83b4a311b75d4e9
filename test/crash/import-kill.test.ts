import { createCli, look, type Cli } from '../support/cli.js';
import { createDatabase, DATABASES, type TestDatabase } from '../support/databases.js';
import { inconsistencies } from '../support/invariants.js';

const ROWS = 2000;
/** Every so many rows one is refused. */
const BAD = 97;

let cli: Cli;
beforeAll(() => {
  cli = createCli();
});
afterAll(() => cli.remove());

const isBad = (row: number): boolean => row % BAD === 0;

const FILES = {
  leads: [
    'ghl_contact_id,vertical,credit_score,funding_amount',
    ...Array.from({ length: ROWS }, (_, i) => `k${i},MCA,${isBad(i) ? 'high' : 720},50000`),
  ].join('\n'),
  brokers: [
    'name,email',
    ...Array.from({ length: ROWS }, (_, i) => `k${i},${isBad(i) ? 'wrong' : ''}`),
  ].join('\n'),
};

async function stored(database: TestDatabase, kind: 'leads' | 'brokers'): Promise<string[]> {
  return look(database, async (store) => {
    if (kind === 'brokers') {
      const rows = await store.db.selectFrom('brokers').select('name').execute();
      return rows.map((row) => row.name);
    }
    const rows = await store.db.selectFrom('source_events').select('raw').execute();
    // Every time that a row came in, also when it was found to be a duplicate.
    return rows.map((row) => (JSON.parse(row.raw) as { ghl_contact_id: string }).ghl_contact_id);
  });
}

const good = Array.from({ length: ROWS }, (_, i) => i).filter((i) => !isBad(i));
const byNumber = (a: string, b: string): number => Number(a.slice(1)) - Number(b.slice(1));

describe.each(DATABASES)('an import on %s that is killed', (name) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase(name);
  });
  afterEach(() => database.drop());

  test.each(['leads', 'brokers'] as const)(
    'takes and reports each row once, when %s are imported again and again until the end',
    async (kind) => {
      const file = cli.file(`${name}-${kind}.csv`, FILES[kind]);
      let kills = 0;
      let output = '';
      for (let code: number | null = null; code === null;) {
        const run = cli.start(database, 'import', kind, file);
        const cut = kills < 3 ? run.waitFor(/\d+ of 2000 rows/) : new Promise(() => undefined);
        // In the middle of the next batch, or of its commit.
        await Promise.race([cut.then(() => run.kill('SIGKILL')), run.exited]);
        ({ code } = await run.exited);
        kills += code === null ? 1 : 0;
        output = run.output();
        const found = await stored(database, kind);
        expect(new Set(found).size).toBe(found.length);
      }
      expect(kills).toBe(3);
      expect(output).toMatch(/Going on after row [1-9]/);
      expect(output).toContain(`${good.length} rows taken`);
      expect(output).toContain(`${ROWS - good.length} refused`);
      expect((await stored(database, kind)).sort(byNumber)).toEqual(good.map((i) => `k${i}`));
      const column = kind === 'leads' ? 'ghl_contact_id' : 'name';
      expect(
        cli.rows(`${name}-${kind}.csv.refused.csv`).map((row) => [row.refused_line, row[column]]),
      ).toEqual(
        Array.from({ length: ROWS }, (_, i) => i)
          .filter(isBad)
          .map((i) => [String(i + 2), `k${i}`]),
      );
      expect(await look(database, inconsistencies)).toEqual([]);
      const again = await cli.run(database, 'import', kind, file);
      expect(again.output).toContain('nothing to do');
    },
  );

  test('ends after the batch under way at Ctrl-C, says so, and goes on later', async () => {
    const file = cli.file(`${name}-stop.csv`, FILES.brokers);
    const run = cli.start(database, 'import', 'brokers', file);
    await run.waitFor(/\d+ of 2000 rows/);
    run.kill('SIGINT');
    expect(await run.exited).toEqual({ code: 130, signal: null });
    const [, row = ''] = /Stopped after row (\d+) of 2000/.exec(run.output()) ?? [];
    const before = await stored(database, 'brokers');
    expect(before).toHaveLength(good.filter((i) => i < Number(row)).length);

    const other = await cli.run(database, 'import', 'brokers', file, '--map', 'email=');
    expect(other).toMatchObject({ code: 1, output: expect.stringContaining('other options') });
    // The report may be moved away meanwhile: what it held is not made up.
    const rest = await cli.run(
      database,
      'import',
      'brokers',
      file,
      '--report',
      cli.path(`${name}-rest.csv`),
    );
    expect(rest.output).toContain(`Going on after row ${row}`);
    expect(rest.output).toContain('is gone');
    expect((await stored(database, 'brokers')).sort(byNumber)).toEqual(good.map((i) => `k${i}`));
    expect(cli.rows(`${name}-rest.csv`).map((one) => Number(one.refused_line) - 2)).toEqual(
      Array.from({ length: ROWS }, (_, i) => i).filter((i) => isBad(i) && i >= Number(row)),
    );
  });

  test('two processes with one file take each row once between them', async () => {
    const file = cli.file(`${name}-two.csv`, FILES.brokers);
    const runs = [1, 2].map((i) =>
      cli.start(database, 'import', 'brokers', file, '--report', cli.path(`${name}-two-${i}.csv`)),
    );
    await Promise.all(runs.map((run) => run.exited));
    const outputs = runs.map((run) => run.output());
    const won = outputs.filter((text) => text.includes('rows taken'));
    const lost = outputs.filter((text) => /by another process|nothing to do/.test(text));
    expect([won.length, lost.length]).toEqual([1, 1]);
    expect((await stored(database, 'brokers')).sort(byNumber)).toEqual(good.map((i) => `k${i}`));
  });
});
