import { DATABASES } from '../support/databases.js';
import { apiLogs, comparable, inconsistencies, viewLogs } from '../support/invariants.js';
import { createOrder, execute, failInserts, openOutside, postLead } from '../support/seed.js';
import { startTestService, type TestService, type TestServiceOptions } from '../support/service.js';

const expectSame = async (service: TestService, leadId: string): Promise<void> => {
  expect(comparable(await viewLogs(service.store, leadId))).toEqual(
    comparable(await apiLogs(service, leadId)),
  );
};

describe.each(DATABASES)('routing logs on %s', (database) => {
  let running: TestService[] = [];
  const start = async (options?: TestServiceOptions): Promise<TestService> => {
    const service = await startTestService(database, options);
    running.unshift(service);
    return service;
  };
  afterEach(async () => {
    // The first one started owns the database, and so goes last.
    for (const service of running) await service.stop();
    running = [];
  });

  test('say how the orders stood at each lead, across restarts and beside another process', async () => {
    const first = await start();
    const orders: { id: string }[] = [];
    for (const total of [40, 60, 80]) {
      orders.push(await createOrder(first, { total_leads: total }));
    }
    const beside = await start({ database: first.database });
    const leads: string[] = [];
    const take = async (service: TestService): Promise<void> => {
      leads.push((await postLead(service, `contact-${leads.length}`)).body.lead_id);
    };
    for (let n = 0; n < 12; n += 1) await take(n % 3 === 0 ? beside : first);
    const again = await start({ database: first.database });
    for (let n = 0; n < 12; n += 1) await take(again);

    const delivered = new Map(orders.map(({ id }) => [id, 0]));
    const total = new Map([40, 60, 80].map((places, n) => [orders[n]?.id ?? '', places]));
    for (const lead of leads) {
      await expectSame(first, lead);
      const entries = await apiLogs(first, lead);
      for (const { order_id, fill_rate } of entries) {
        expect(fill_rate).toBe((delivered.get(order_id) ?? 0) / (total.get(order_id) ?? 0));
      }
      const won = entries.find(({ selected }) => selected)?.order_id ?? '';
      delivered.set(won, (delivered.get(won) ?? NaN) + 1);
    }
    expect([...delivered.values()].reduce((sum, count) => sum + count, 0)).toBe(24);
    expect(await inconsistencies(first.store)).toEqual([]);
  });

  test('a decision that could not be written takes no snapshot of later ones along', async () => {
    const service = await start();
    const outside = await openOutside(service.database);
    await createOrder(service);
    const mend = await failInserts(outside, database, 'decisions', "new.status = 'assigned'");
    const lost = await postLead(service, 'lost');
    await mend();
    await outside.close();
    expect(lost.body.assignment?.reason_code).toBe('assignment_error');
    const { lead_id } = (await postLead(service, 'kept')).body;
    await expectSame(service, lead_id);
    expect(await inconsistencies(service.store)).toEqual([]);
  });

  test('decisions stored before there were snapshots are read as they were', async () => {
    const service = await start();
    const won = await createOrder(service, { credit_score_min: 600, total_leads: 8 });
    const lost = await createOrder(service, { verticals: ['SBA'] });
    const { lead_id } = (await postLead(service, 'old')).body;
    const listed = JSON.stringify([
      [won.id, 1, won.broker_id],
      [lost.id, 1, lost.broker_id],
    ]);
    const rows = JSON.stringify([
      [0, 2, 6, 1772323200000, 0.25, 19.2, 22.5, 10, 10, 0, 0, 61.7],
      [8, 0, 10, null, 0],
    ]);
    await execute(
      service.store,
      `insert into considered_sets (id, signature, orders, created_at) values ('old', 'old', '${listed}', 'then')`,
      `update decisions set set_id = 'old', snapshot_id = null, changes = null, rows = '${rows}'`,
    );
    await expectSame(service, lead_id);
    expect(await apiLogs(service, lead_id)).toMatchObject([
      {
        order_id: won.id,
        selected: true,
        fill_rate: 0.25,
        score: { credit_fit: 19.2, capacity: 22.5, tier_match: 10, loan_fit: 10, total: 61.7 },
      },
      { order_id: lost.id, eligible: false, failed_filters: ['vertical_mismatch'] },
    ]);
  });
});
