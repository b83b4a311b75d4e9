import fc from 'fast-check';

import { DATABASES } from '../support/databases.js';
import { apiLogs, comparable, inconsistencies, viewLogs } from '../support/invariants.js';
import { aLead, createBroker, createOrder, emptyTables, type IntakeBody } from '../support/seed.js';
import { startTestService, type Answer, type TestService } from '../support/service.js';

/** One step of a random life of the service. Numbers choose among what exists by then. */
const lead = fc.record({
  credit_score: fc.constantFrom(null, 590, 620, 679, 680, 790),
  funding_amount: fc.constantFrom(null, 4000, 50_000.5, 900_000),
  vertical: fc.constantFrom(null, 'MCA', 'sba'),
  person: fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
});
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('intake' as const), lead }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('batch' as const),
      leads: fc.array(lead, { maxLength: 5 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('update' as const), which: fc.nat(30), lead }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('assign' as const, 'reassign' as const),
      which: fc.nat(30),
      order: fc.nat(3),
      override: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reroute' as const), which: fc.nat(30) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('status' as const),
      order: fc.nat(3),
      verb: fc.constantFrom('pause', 'resume', 'resume', 'complete'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('edit' as const),
      order: fc.nat(3),
      change: fc.constantFrom<Record<string, unknown>>(
        { total_leads: 1 },
        { total_leads: 4 },
        { total_leads: 9 },
        { bonus_mode: true },
        { bonus_mode: false },
        { priority: 'high' },
        { credit_score_min: 680 },
        { credit_score_min: null, loan_max: 60_000 },
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('broker' as const),
      broker: fc.nat(1),
      verb: fc.constantFrom('pause', 'resume', 'resume'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      days: fc.constantFrom(0.01, 1, 20, 45),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('job' as const) }) },
);

describe.each(DATABASES)('whatever is done in whatever order, on %s', (database) => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService(database, { env: { TIMEZONE: 'America/New_York' } });
  });
  afterAll(() => service.stop());

  test('counts, decisions, queue and routing logs agree with each other', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }),
        async (steps) => {
          run += 1;
          await emptyTables(service.store);
          const problems = await live(service, `run-${run}`, steps);
          expect(problems).toEqual([]);
          expect(await inconsistencies(service.store)).toEqual([]);
          for (const { id } of await service.store.db.selectFrom('leads').select('id').execute()) {
            expect(comparable(await viewLogs(service.store, id))).toEqual(
              comparable(await apiLogs(service, id)),
            );
          }
        },
      ),
      { numRuns: 14, seed: 20260310, endOnFailure: true },
    );
  });
});

describe.each(DATABASES)('an order with more leads than places, on %s', (database) => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService(database);
  });
  afterAll(() => service.stop());

  test('can still be edited; without bonus mode it is completed', async () => {
    const order = await createOrder(service, { total_leads: 1, bonus_mode: true });
    for (const contact of ['over-1', 'over-2', 'over-3']) {
      const answer = await service.post<IntakeBody>('/api/leads/incoming', aLead(contact));
      expect(answer.body.assignment?.order_id).toBe(order.id);
    }
    const edit = async (change: Record<string, unknown>) => {
      const path = `/api/orders/${order.id}`;
      const { version } = (await service.get<{ version: number }>(path)).body;
      return service.patch(path, { version, ...change });
    };
    expect(await edit({ name: 'Renamed' })).toMatchObject({
      status: 200,
      body: { leads_delivered: 3 },
    });
    expect(await edit({ bonus_mode: false })).toMatchObject({
      status: 200,
      body: { status: 'completed', completed_by: 'system', leads_remaining: 0 },
    });
    expect(await edit({ priority: 'high' })).toMatchObject({ status: 200 });
    expect((await edit({ total_leads: 2 })).status).toBe(400);
    expect(await edit({ total_leads: 4 })).toMatchObject({
      status: 200,
      body: { status: 'active', leads_remaining: 1 },
    });
    expect(await inconsistencies(service.store)).toEqual([]);
  });
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Does the steps; the answers that no step may get. */
async function live(service: TestService, run: string, steps: readonly Step[]): Promise<string[]> {
  const brokers = [
    await createBroker(service, { crm_webhook_url: 'https://crm.example.com/leads' }),
    await createBroker(service),
  ];
  const orders = [
    await createOrder(service, {
      broker_id: brokers[0]?.id,
      order_type: 'monthly',
      total_leads: 2,
    }),
    await createOrder(service, { broker_id: brokers[0]?.id, verticals: ['All'], total_leads: 3 }),
    await createOrder(service, {
      broker_id: brokers[1]?.id,
      verticals: ['SBA'],
      order_type: 'monthly',
    }),
    await createOrder(service, {
      broker_id: brokers[1]?.id,
      credit_score_min: 680,
      total_leads: 5,
    }),
  ];
  const leads: string[] = [];
  const contacts: string[] = [];
  const problems: string[] = [];
  const body = (given: { person: number }) => {
    const { person, ...fields } = given;
    const contact = `${run}-${contacts.length}-${person}`;
    contacts.push(contact);
    return aLead(contact, {
      ...fields,
      email: person < 3 ? `person${person}@example.com` : null,
      phone: person < 3 ? `+1 202 555 010${person}` : null,
    });
  };
  const allow = (what: string, answer: Answer<unknown>, ...statuses: number[]): void => {
    if (!statuses.includes(answer.status)) {
      problems.push(`${what} answered ${answer.status} ${JSON.stringify(answer.body)}`);
    }
  };

  const act = async (it: Step): Promise<void> => {
    switch (it.do) {
      case 'intake': {
        const answer = await service.post<IntakeBody>('/api/leads/incoming', body(it.lead));
        allow(it.do, answer, 200);
        leads.push(answer.body.lead_id);
        return;
      }
      case 'batch': {
        if (it.leads.length === 0) return;
        const answer = await service.post<{ results: IntakeBody[] }>('/api/leads/incoming/batch', {
          leads: it.leads.map(body),
        });
        allow(it.do, answer, 200);
        leads.push(...answer.body.results.map((result) => result.lead_id));
        return;
      }
      case 'update': {
        const { person: _person, ...fields } = it.lead;
        const answer = await service.patch('/api/leads/update', {
          ...fields,
          ghl_contact_id: contacts[it.which % contacts.length] ?? 'nobody',
        });
        allow(it.do, answer, 200, 404);
        return;
      }
      case 'assign':
      case 'reassign': {
        const id = leads[it.which % leads.length];
        if (id === undefined) return;
        const answer = await service.post(`/api/leads/${id}/${it.do}`, {
          order_id: orders[it.order]?.id,
          override_capacity: it.override,
        });
        allow(it.do, answer, 200, 409);
        return;
      }
      case 'reroute': {
        const id = leads[it.which % leads.length];
        if (id !== undefined)
          allow(it.do, await service.post(`/api/leads/${id}/reroute`), 200, 409);
        return;
      }
      case 'status':
        allow(
          it.do,
          await service.post(`/api/orders/${orders[it.order]?.id}/${it.verb}`),
          200,
          409,
        );
        return;
      case 'edit': {
        const path = `/api/orders/${orders[it.order]?.id}`;
        const { version } = (await service.get<{ version: number }>(path)).body;
        const first = await service.patch(path, { version, ...it.change });
        // A month that began meanwhile makes what was read stale; what is read then is not.
        allow(it.do, first, 200, 400, 409);
        if (first.status === 409) {
          const again = (await service.get<{ version: number }>(path)).body.version;
          allow(it.do, await service.patch(path, { version: again, ...it.change }), 200, 400);
        }
        return;
      }
      case 'broker':
        allow(it.do, await service.post(`/api/brokers/${brokers[it.broker]?.id}/${it.verb}`), 200);
        return;
      case 'wait':
        service.runtime.advance(it.days * 86_400_000);
        return;
      case 'job':
        await service.service.resetDueOrders();
    }
  };
  for (const it of steps) {
    await act(it);
    await service.service.retriesIdle();
  }
  return problems;
}
