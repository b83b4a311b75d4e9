import { DATABASES } from '../support/databases.js';
import { inconsistencies } from '../support/invariants.js';
import { aLead, createBroker, createOrder, postLead } from '../support/seed.js';
import { startTestService, type TestService } from '../support/service.js';

interface OrderBody {
  id: string;
  version: number;
  status: string;
  completed_by: string | null;
  leads_delivered: number;
  leads_remaining: number;
}

/** One service, or two replicas over one database; calls go to them in turn. */
const SETUPS = [
  ...DATABASES.map((database) => ({ name: database as string, database, replicas: 1 })),
  { name: 'two services over one PostgreSQL', database: 'postgres' as const, replicas: 2 },
];

describe.each(SETUPS)('at the same time, on $name', ({ database, replicas }) => {
  let services: TestService[];
  let contacts = 0;
  const contact = (): string => `race-${(contacts += 1)}`;
  const one = (index: number): TestService => {
    const service = services[index % services.length];
    if (service === undefined) throw new Error('No service was started.');
    return service;
  };

  beforeAll(async () => {
    const first = await startTestService(database);
    services = [first];
    for (let index = 1; index < replicas; index += 1) {
      services.push(await startTestService(database, { database: first.database }));
    }
  });
  afterAll(async () => {
    // The first one drops the database.
    for (const service of [...services].reverse()) await service.stop();
  });
  afterEach(async () => {
    for (const service of services) await service.service.retriesIdle();
    expect(await inconsistencies(one(0).store)).toEqual([]);
  });

  const readOrder = async (id: string): Promise<OrderBody> =>
    (await one(0).get<OrderBody>(`/api/orders/${id}`)).body;

  test('two posts of one id make one lead and one duplicate', async () => {
    await createOrder(one(0));
    for (let round = 0; round < 10; round += 1) {
      const id = contact();
      const answers = await Promise.all([postLead(one(0), id), postLead(one(1), id)]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(answers.filter(({ body }) => body.status === 'duplicate')).toHaveLength(1);
      expect(answers[0]?.body.lead_id).toBe(answers[1]?.body.lead_id);
    }
  });

  test('posts of one person under different ids make one lead', async () => {
    const person = { email: 'Pat@Example.com', phone: '+1 202 555 0123' };
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_unused, index) =>
        postLead(one(index), contact(), {
          ...person,
          phone: index % 2 === 0 ? person.phone : '(202) 555-0123',
        }),
      ),
    );
    expect(answers.filter(({ body }) => body.status !== 'duplicate')).toHaveLength(1);
    expect(new Set(answers.map(({ body }) => body.lead_id)).size).toBe(1);
  });

  test('200 posts compete for an order with three places: three get one', async () => {
    const order = await createOrder(one(0), { verticals: ['Scarce'], total_leads: 3 });
    await createOrder(one(0), { verticals: ['Other'] });
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_unused, index) =>
        postLead(one(index), contact(), { vertical: 'scarce' }),
      ),
    );
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const assigned = answers.filter(({ body }) => body.assignment?.status === 'assigned');
    expect(assigned.map(({ body }) => body.assignment?.order_id)).toEqual(Array(3).fill(order.id));
    const rest = answers.filter(({ body }) => body.assignment?.status === 'unassigned');
    expect(new Set(rest.map(({ body }) => body.assignment?.reason_code))).toEqual(
      new Set(['vertical_mismatch']),
    );
    expect(rest).toHaveLength(197);
    expect(await readOrder(order.id)).toMatchObject({
      status: 'completed',
      completed_by: 'system',
      leads_delivered: 3,
      leads_remaining: 0,
    });
  });

  test('batches and single posts of the same leads make each lead once', async () => {
    const ids = Array.from({ length: 30 }, contact);
    const batch = (index: number) =>
      one(index).post<{ results: { lead_id: string }[] }>('/api/leads/incoming/batch', {
        leads: ids.map((id) => aLead(id)),
      });
    const [batches, singles] = await Promise.all([
      Promise.all([batch(0), batch(1)]),
      Promise.all(ids.map((id, index) => postLead(one(index), id))),
    ]);
    ids.forEach((_id, index) => {
      const known = new Set([
        ...batches.map(({ body }) => body.results[index]?.lead_id),
        singles[index]?.body.lead_id,
      ]);
      expect(known.size).toBe(1);
    });
  });

  test('two people assign one waiting lead: one succeeds, one is told', async () => {
    const orders = [
      await createOrder(one(0), { verticals: ['By hand'] }),
      await createOrder(one(0), { verticals: ['By hand'] }),
    ];
    for (let round = 0; round < 5; round += 1) {
      const lead = await postLead(one(0), contact(), { vertical: 'Nobody takes this' });
      expect(lead.body.assignment?.status).toBe('unassigned');
      const answers = await Promise.all(
        orders.map((order, index) =>
          one(index).post(`/api/leads/${lead.body.lead_id}/assign`, { order_id: order.id }),
        ),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      const refused = answers.find(({ status }) => status === 409);
      expect(refused?.body.error).toBe('already_assigned');
    }
  });

  test('two people take the last place by hand: one succeeds', async () => {
    const order = await createOrder(one(0), { verticals: ['By hand'], total_leads: 1 });
    const leads = await Promise.all(
      [0, 1].map((index) => postLead(one(index), contact(), { vertical: 'Nobody takes this' })),
    );
    const answers = await Promise.all(
      leads.map((lead, index) =>
        one(index).post(`/api/leads/${lead.body.lead_id}/assign`, { order_id: order.id }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await readOrder(order.id)).toMatchObject({ leads_delivered: 1, status: 'completed' });
  });

  test('two people edit one order: one succeeds, one is told that it is stale', async () => {
    const order = await createOrder(one(0));
    const answers = await Promise.all(
      [20, 30].map((total_leads, index) =>
        one(index).patch(`/api/orders/${order.id}`, { version: order.version, total_leads }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.error).toBe('stale_version');
  });

  test('no lead goes to an order after its pause was answered', async () => {
    const order = await createOrder(one(0), { verticals: ['Paused'], total_leads: 1000 });
    let paused = false;
    const late: string[] = [];
    const posting = Promise.all(
      Array.from({ length: 40 }, async (_unused, index) => {
        for (let turn = 0; turn < 3; turn += 1) {
          const after = paused;
          const answer = await postLead(one(index), contact(), { vertical: 'Paused' });
          if (after && answer.body.assignment?.order_id === order.id)
            late.push(answer.body.lead_id);
        }
      }),
    );
    await postLead(one(0), contact(), { vertical: 'Paused' });
    expect((await one(1).post(`/api/orders/${order.id}/pause`)).status).toBe(200);
    paused = true;
    await posting;
    expect(late).toEqual([]);
  });

  test('pauses, edits and reassignments beside intake keep every count right', async () => {
    const broker = await createBroker(one(0), { crm_webhook_url: 'https://crm.example.com/leads' });
    const orders = await Promise.all(
      [5, 40, 40].map((total_leads) =>
        createOrder(one(0), { verticals: ['Busy'], total_leads, broker_id: broker.id }),
      ),
    );
    const statuses = new Set<number>();
    const note = <T extends { status: number }>(answer: T): T => {
      statuses.add(answer.status);
      return answer;
    };
    const orderAt = (index: number): string => orders[index % orders.length]?.id ?? '';
    await Promise.all([
      ...Array.from({ length: 12 }, async (_unused, index) => {
        for (let turn = 0; turn < 6; turn += 1) {
          const lead = note(await postLead(one(index), contact(), { vertical: 'Busy' }));
          const verb = lead.body.assignment?.status === 'assigned' ? 'reassign' : 'assign';
          note(
            await one(index + turn).post(`/api/leads/${lead.body.lead_id}/${verb}`, {
              order_id: orderAt(index + turn),
            }),
          );
        }
      }),
      ...orders.map(async ({ id }, index) => {
        for (let turn = 0; turn < 8; turn += 1) {
          note(await one(turn).post(`/api/orders/${id}/${turn % 2 === 0 ? 'pause' : 'resume'}`));
          const { version } = await readOrder(id);
          const change =
            turn % 3 === 0 ? { bonus_mode: turn % 2 === 0 } : { total_leads: 20 + turn };
          note(await one(index + turn).patch(`/api/orders/${id}`, { version, ...change }));
        }
      }),
      (async () => {
        for (let turn = 0; turn < 6; turn += 1) {
          note(
            await one(turn).post(
              `/api/brokers/${broker.id}/${turn % 2 === 0 ? 'pause' : 'resume'}`,
            ),
          );
        }
      })(),
    ]);
    expect([...statuses].filter((status) => ![200, 400, 409].includes(status))).toEqual([]);
  });
});
