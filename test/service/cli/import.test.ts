import { createCli, look, type Cli } from '../../support/cli.js';
import { createDatabase, DATABASES, type TestDatabase } from '../../support/databases.js';
import { inconsistencies } from '../../support/invariants.js';
import { failInserts, openOutside } from '../../support/seed.js';
import { ADMIN_KEY } from '../../support/service.js';

let cli: Cli;
beforeAll(() => {
  cli = createCli();
});
afterAll(() => cli.remove());

const BROKERS = 'name,email\nExample Funding,desk@example.com\n';
const ORDERS =
  'broker,name,verticals,total_leads\nExample Funding,MCA leads,MCA; Term loan,1000000\n';

const leads = (count: number, prefix = 'c'): string =>
  [
    'ghl_contact_id,phone,vertical,credit_score,funding_amount',
    ...Array.from({ length: count }, (_, i) => `${prefix}${i},,MCA,720,"$50,000"`),
    '',
  ].join('\n');

const brokersOf = (database: TestDatabase) =>
  look(database, (store) => store.db.selectFrom('brokers').selectAll().orderBy('id').execute());
const ordersOf = (database: TestDatabase) =>
  look(database, (store) => store.db.selectFrom('orders').selectAll().orderBy('id').execute());
const leadsOf = (database: TestDatabase) =>
  look(database, (store) => store.db.selectFrom('leads').selectAll().orderBy('id').execute());

describe.each(DATABASES)('leadloop import on %s', (name) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase(name);
  });
  afterEach(() => database.drop());

  const imported = (kind: string, file: string, ...more: string[]) =>
    cli.run(database, 'import', kind, file, ...more);

  async function withOrders(): Promise<void> {
    expect((await imported('brokers', cli.file('b.csv', BROKERS))).code).toBe(0);
    expect((await imported('orders', cli.file('o.csv', ORDERS))).code).toBe(0);
  }

  test('brokers, orders and leads go the way that the API goes', async () => {
    await withOrders();
    const [broker] = await brokersOf(database);
    const [order] = await ordersOf(database);
    expect(order).toMatchObject({
      broker_id: broker?.id,
      verticals: '["MCA","Term loan"]',
      leads_remaining: 1_000_000,
    });
    const file = cli.file(
      'way.csv',
      [
        'ghl_contact_id,First Name,email,phone,vertical,credit_score,funding_amount',
        'w1,Ann,ann@example.com,202-555-0123,MCA,720,"$50,000"',
        'w2,Ann,ANN@example.com,+12025550123,MCA,720,50000',
        'w1,,,,MCA,720,50000',
        'w3,Bob,,,MCA,500,50000',
        'w4,Cy,,,SBA,720,50000',
      ].join('\n'),
    );
    const { code, output } = await imported('leads', file, '--source', 'old crm', '--hold');
    expect(output).toContain('5 rows taken');
    for (const part of ['1 assigned', '2 duplicate', '1 rejected', '1 unassigned', '0 refused'])
      expect(output).toContain(part);
    expect(code).toBe(0);
    const stored = await leadsOf(database);
    expect(stored.map((lead) => [lead.ghl_contact_id, lead.status, lead.source])).toEqual([
      ['w1', 'assigned', 'old crm'],
      ['w3', 'rejected', 'old crm'],
      ['w4', 'unassigned', 'old crm'],
    ]);
    expect(stored[0]).toMatchObject({
      first_name: 'Ann',
      assigned_order_id: order?.id,
      delivery_hold: 1,
      phone_key: '+12025550123',
    });
    const kept = await look(database, (store) =>
      store.db.selectFrom('source_events').selectAll().orderBy('id').execute(),
    );
    expect(kept).toHaveLength(5);
    expect(new Set(kept.map((event) => event.provider))).toEqual(new Set(['import']));
    expect(JSON.parse(kept.find((event) => event.kind === 'intake')?.raw ?? '')).toMatchObject({
      'First Name': 'Ann',
      funding_amount: '$50,000',
    });
    expect(await look(database, inconsistencies)).toEqual([]);
  });

  test('names each refused row by line, field and rule; the corrected report is imported as it is', async () => {
    const file = cli.file(
      'refused.csv',
      [
        'name,email,notes,dates_off',
        'Good,good@example.com,x,2026-12-25; 2026-12-26',
        '"Two',
        'lines",wrong,x,',
        '"=HYPERLINK(""http://x.example"")",also wrong,"a ""quote""",',
        ',a@example.com,x,2026-02-30',
        'Short,b@example.com',
      ].join('\r\n'),
    );
    const { code, output } = await imported('brokers', file, '--map', 'notes=');
    expect(code).toBe(1);
    expect(output).toContain('1 row taken (1 created), 4 refused');
    expect(output).toContain('line 3: email must be a valid e-mail address');
    expect(output).not.toContain('also wrong');
    const report = cli.rows('refused.csv.refused.csv');
    expect(
      report.map((row) => [row.refused_line, row.refused_field, row.refused_rule, row.name]),
    ).toEqual([
      ['3', 'email', 'must be a valid e-mail address', 'Two\r\nlines'],
      ['5', 'email', 'must be a valid e-mail address', `'=HYPERLINK("http://x.example")`],
      ['6', 'name; dates_off.0', 'is required; must be a date that exists', ''],
      ['7', 'row', 'has 2 columns where the header has 4', 'Short'],
    ]);
    expect(report[1]?.notes).toBe('a "quote"');

    const mended = cli
      .read('refused.csv.refused.csv')
      .replace(',wrong,', ',two@example.com,')
      .replace(',also wrong,', ',formula@example.com,');
    const again = await imported('brokers', cli.file('mended.csv', mended), '--map', 'notes=');
    expect(again.output).toContain('2 rows taken (2 created), 2 refused');
    expect((await brokersOf(database)).map((broker) => broker.name)).toEqual([
      'Good',
      'Two\r\nlines',
      '=HYPERLINK("http://x.example")',
    ]);
  });

  test('an order is refused whose broker is unknown, or named by a name that several have', async () => {
    await imported('brokers', cli.file('twins.csv', 'name\nTwin\nTwin\nOnly\n'));
    const only = (await brokersOf(database)).find((broker) => broker.name === 'Only');
    const file = cli.file(
      'named.csv',
      [
        'broker,broker_id,name,verticals,total_leads,loan_min,loan_max',
        `,${only?.id},by id,All,5,,`,
        'Only,00000000-0000-7000-8000-000000000000,by name,All,5,,',
        `${only?.id},,by id in broker,All,5,,`,
        'Twin,,twin,All,5,,',
        'Nobody,,nobody,All,5,,',
        ',,none,All,5,,',
        'Only,,range,All,5,200,100',
      ].join('\n'),
    );
    expect((await imported('orders', file)).code).toBe(1);
    expect((await ordersOf(database)).map((order) => order.name).sort()).toEqual([
      'by id',
      'by id in broker',
      'by name',
    ]);
    expect(
      cli.rows('named.csv.refused.csv').map((row) => [row.refused_field, row.refused_rule]),
    ).toEqual([
      ['broker', 'is the name of several brokers; give broker_id instead'],
      ['broker', 'names no broker'],
      ['broker_id', 'is required, or broker with a name'],
      ['loan_min', 'must not be above loan_max'],
    ]);
  });

  test('a dry run refuses what the import refuses, and changes nothing', async () => {
    const file = cli.file('dry.csv', 'name,email\nGood,\nBad,wrong\n');
    const dry = await imported('brokers', file, '--dry-run');
    expect(dry.code).toBe(1);
    expect(dry.output).toContain('dry run');
    expect(await brokersOf(database)).toEqual([]);
    const orders = cli.file(
      'dry-o.csv',
      'broker,name,verticals,total_leads\nGood,x,All,5\nOther,y,All,5\n',
    );
    await imported('brokers', file);
    expect((await imported('orders', orders, '--dry-run')).output).toContain('1 refused');
    expect(await ordersOf(database)).toEqual([]);
    const real = await imported('orders', orders);
    expect(real.output).toContain('1 row taken (1 created), 1 refused');
    expect(await ordersOf(database)).toHaveLength(1);
  });

  test('a finished file is not imported again unless asked to', async () => {
    const file = cli.file('once.csv', BROKERS);
    await imported('brokers', file);
    const second = await imported('brokers', file);
    expect(second).toMatchObject({ code: 0, output: expect.stringContaining('nothing to do') });
    expect(await brokersOf(database)).toHaveLength(1);
    expect((await imported('brokers', file, '--again')).code).toBe(0);
    expect(await brokersOf(database)).toHaveLength(2);
  });

  test('a row that cannot be stored is refused alone', async () => {
    await withOrders();
    const outside = await openOutside(database);
    for (const [kind, table, column, content] of [
      ['leads', 'leads', 'ghl_contact_id', leads(5, 'poison').replaceAll('poison3', 'evil')],
      ['brokers', 'brokers', 'name', 'name\none\nevil\ntwo\n'],
    ] as const) {
      const mend = await failInserts(outside, name, table, `new.${column} = 'evil'`);
      const { code, output } = await imported(kind, cli.file(`poison-${kind}.csv`, content));
      await mend();
      expect(code).toBe(1);
      expect(output).toContain('1 refused');
      expect(cli.rows(`poison-${kind}.csv.refused.csv`)).toMatchObject([
        { refused_rule: 'could not be stored' },
      ]);
    }
    await outside.close();
    expect((await leadsOf(database)).map((lead) => lead.ghl_contact_id)).toEqual(
      [0, 1, 2, 4].map((i) => `poison${i}`),
    );
    expect((await brokersOf(database)).map((broker) => broker.name)).toEqual([
      'Example Funding',
      'one',
      'two',
    ]);
    expect(await look(database, inconsistencies)).toEqual([]);
  });

  test('no row is kept whose import cannot be kept with it', async () => {
    const outside = await openOutside(database);
    const mend = await failInserts(outside, name, 'activity_log', "new.subject_type = 'import'");
    const file = cli.file('unkept.csv', BROKERS);
    const failed = await imported('brokers', file);
    expect(failed.code).toBe(1);
    expect(failed.output).not.toContain('taken');
    const failedLeads = await imported('leads', cli.file('unkept-leads.csv', leads(3)));
    expect(failedLeads.code).toBe(1);
    expect(await brokersOf(database)).toEqual([]);
    expect(await leadsOf(database)).toEqual([]);
    await mend();
    await outside.close();
    expect((await imported('brokers', file)).output).toContain('1 row taken');
    expect(await brokersOf(database)).toHaveLength(1);
  });

  test('hostile text is stored as it is or refused, and never reaches the terminal', async () => {
    const escape = '\u001b]0;owned\u0007\u001b[31m';
    const bidi = 'abc\u202Egnp.exe';
    const file = cli.file(
      'hostile.csv',
      [
        `ghl_contact_id,first_name,ai_call_notes,"${escape}"`,
        `h1,"=cmd|'/C calc'!A0",${bidi},x`,
        `h2,a\u0000b,,x`,
        `h3,ok,,"a\u0000b"`,
        `h4,ok,${'x'.repeat(50_001)},x`,
        `h5,"'=quoted",${escape},x`,
        `${escape},ok,,x`,
      ].join('\n'),
    );
    const unknown = await imported('leads', file);
    expect(unknown.code).toBe(1);
    expect(unknown.output).toContain('is no field');
    expect(unknown.output).not.toContain('\u001b');
    const { output } = await imported('leads', file, '--map', `${escape}=`);
    expect(output).not.toContain('\u001b');
    expect(output).not.toContain('\u202e');
    expect(
      cli
        .rows('hostile.csv.refused.csv')
        .map((row) => [row.refused_line, row.refused_field, row.refused_rule]),
    ).toEqual([
      ['3', 'first_name', 'must not contain NUL characters'],
      ['4', 'row', 'must not contain NUL characters'],
      ['5', 'ai_call_notes', 'must have at most 50000 characters'],
    ]);
    const stored = await leadsOf(database);
    expect(stored.map((lead) => [lead.first_name, lead.ai_call_notes])).toEqual([
      ["=cmd|'/C calc'!A0", bidi],
      ['=quoted', escape],
      ['ok', null],
    ]);
  });

  test('imports while a service on the same database takes leads; waiting leads fit new orders', async () => {
    await cli.run(database, 'import', 'brokers', cli.file('b2.csv', BROKERS));
    // An order, so that a lead waits instead of being rejected.
    await imported('orders', cli.file('o2.csv', ORDERS.replace('MCA; Term loan', 'SBA')));
    const served = await cli.serve(database);
    const post = async (contact: string) => {
      const answer = await fetch(`${served.address}/api/leads/incoming`, {
        method: 'POST',
        headers: { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' },
        body: JSON.stringify({
          ghl_contact_id: contact,
          vertical: 'MCA',
          credit_score: 720,
          funding_amount: 50_000,
        }),
      });
      return answer.status;
    };
    expect(await post('early')).toBe(200);
    const importing = cli.start(
      database,
      'import',
      'leads',
      cli.file('beside.csv', leads(1500, 'beside')),
    );
    let over = false;
    void importing.exited.then(() => {
      over = true;
    });
    const statuses: number[] = [];
    for (let i = 0; !over; i += 1) statuses.push(await post(`live${i}`));
    expect((await importing.exited).code).toBe(0);
    expect(new Set(statuses)).toEqual(new Set([200]));
    const before = await leadsOf(database);
    expect(before).toHaveLength(1501 + statuses.length);
    expect(new Set(before.map((lead) => lead.status))).toEqual(new Set(['unassigned']));

    expect((await imported('orders', cli.file('o3.csv', ORDERS))).code).toBe(0);
    const after = await leadsOf(database);
    expect(new Set(after.map((lead) => lead.status))).toEqual(new Set(['assigned']));
    expect(await post('late')).toBe(200);
    served.kill('SIGTERM');
    await served.exited;
    expect((await leadsOf(database)).at(-1)).toMatchObject({
      ghl_contact_id: 'late',
      status: 'assigned',
    });
    expect(await look(database, inconsistencies)).toEqual([]);
  });
});

describe('leadloop import of a file that cannot be read', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase('sqlite');
  });
  afterAll(() => database.drop());

  test.each<[string, string | Uint8Array, RegExp]>([
    ['nothing in it', '', /is empty: its first line must name the columns/],
    ['blank lines only', '\n\n', /is empty/],
    [
      'Latin-1',
      Buffer.from('name,email\nOne,\nCafé,\n', 'latin1'),
      /not UTF-8: see line 3\. Save it as "CSV UTF-8"/,
    ],
    ['UTF-16', Buffer.from('\ufeffname\nOne\n', 'utf16le'), /UTF-16/],
    [
      'an open quote',
      'name\nOne\n"Two\nThree\n',
      /a quote is opened and never closed \(near line \d\)/,
    ],
    ['a stray quote', 'name\nOne\n5" pipe\n', /a quote stands where none may .*\(near line 3\)/],
    [
      'a row of a megabyte',
      `name\nOne\n${'x'.repeat(1_100_000)}\n`,
      /near line 3 is longer than 1 MB/,
    ],
    ['other separators', 'name;email\nOne;\n', /--delimiter/],
    ['a column twice', 'name,Name\nOne,Two\n', /name and Name are both name/],
    ['a typing error', 'name,emial\nOne,\n', /emial is no field \(did you mean email\?\)/],
    ['a column without a name', 'name,,email\nOne,,\n', /a column has no name/],
  ])('%s: says so, and takes nothing', async (what, content, said) => {
    const file = cli.file(`unreadable-${what.replaceAll(' ', '-')}.csv`, content);
    const { code, output } = await cli.run(database, 'import', 'brokers', file);
    expect(output).toMatch(said);
    expect(code).toBe(1);
    expect(output).not.toMatch(/at .*\.js:\d+/);
    expect(await brokersOf(database)).toEqual([]);
  });

  test('no such file, a folder, wrong options: says so', async () => {
    const file = cli.file('fine.csv', BROKERS);
    for (const [args, said] of [
      [['brokers', cli.path('missing.csv')], /There is no file/],
      [['brokers', cli.path('.')], /is not a file/],
      [['brokers', file, '--map', 'email'], /must be "Column=field"/],
      [['brokers', file, '--map', 'Emial=email'], /there is no column Emial/],
      [['brokers', file, '--delimiter', 'x'], /--delimiter must be/],
      [['brokers', file, '--report', file], /--report must be another file/],
      [['people', file], /unknown command/],
    ] as const) {
      const { code, output } = await cli.run(database, 'import', ...args);
      expect(output).toMatch(said);
      expect(code).toBe(1);
    }
    const precious = cli.file('precious.txt', 'mine');
    const refused = await cli.run(database, 'import', 'brokers', file, '--report', precious);
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('is no report') });
    expect(cli.read('precious.txt')).toBe('mine');
    expect(await brokersOf(database)).toEqual([]);
  });

  test('what Excel writes is read: BOM, CRLF, semicolons, TRUE, blank rows', async () => {
    const file = cli.file(
      'excel.csv',
      '\ufeffName;Weekend Pause;Company\r\nExcel;TRUE;"a;b"\r\n;;\r\n\r\n',
    );
    const { code } = await cli.run(database, 'import', 'brokers', file, '--delimiter', ';');
    expect(code).toBe(0);
    const [broker] = await brokersOf(database);
    expect(broker).toMatchObject({ name: 'Excel', company: 'a;b' });
    expect(JSON.parse(broker?.contact_hours ?? '')).toMatchObject({ weekend_pause: true });
  });
});
