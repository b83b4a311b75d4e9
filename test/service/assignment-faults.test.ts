import type { DeliveryPlanner } from '../../scoring-service/src/routing/assignment/ports.js';
import { DATABASES } from '../support/databases.js';
import { inconsistencies } from '../support/invariants.js';
import {
  aLead,
  createOrder,
  failInserts,
  openOutside,
  postLead,
  type IntakeBody,
  type Outside,
} from '../support/seed.js';
import { startTestService, type TestService } from '../support/service.js';

/** Throws while the lead whose first name is "Faulty" is being assigned. */
const faultyPlanner = (planner: DeliveryPlanner): DeliveryPlanner => ({
  ...planner,
  plan(assignment) {
    if (assignment.lead.first_name === 'Faulty') throw new Error('planning failed');
    return planner.plan(assignment);
  },
});

const faulty = { first_name: 'Faulty' };
const failed = {
  assignment: {
    status: 'unassigned',
    reason_code: 'assignment_error',
    reason: expect.stringMatching(/kept/),
  },
};

describe.each(DATABASES)('a fault while one lead is assigned, on %s', (database) => {
  let service: TestService;
  let order: { id: string };

  beforeAll(async () => {
    service = await startTestService(database, { wrapPlanner: faultyPlanner });
    order = await createOrder(service, { total_leads: 100 });
  });
  afterAll(() => service.stop());
  afterEach(async () => {
    expect(await inconsistencies(service.store)).toEqual([]);
  });

  test('keeps the lead, unassigned, with the reason, and in the queue', async () => {
    const answer = await postLead(service, 'alone', faulty);
    expect(answer).toMatchObject({ status: 200, body: failed });
    const lead = await service.get(`/api/leads/${answer.body.lead_id}`);
    expect(lead.body).toMatchObject({
      status: 'unassigned',
      assigned_order_id: null,
      assigned_at: null,
      decisions: [{ status: 'unassigned', order_id: null, reason_code: 'assignment_error' }],
    });
    const queue = await service.get<{ data: object[] }>(
      '/api/unassigned?reason_code=assignment_error',
    );
    expect(queue.body.data).toHaveLength(1);
    expect(await postLead(service, 'alone', faulty)).toMatchObject({
      body: { status: 'duplicate' },
    });
  });

  test('leaves its neighbours of the same batch alone, and the counts with them', async () => {
    const before = (await service.get<{ leads_delivered: number }>(`/api/orders/${order.id}`)).body;
    const answer = await service.post<{ results: IntakeBody[] }>('/api/leads/incoming/batch', {
      leads: [aLead('b-1'), aLead('b-2', faulty), aLead('b-3'), { vertical: 'MCA' }, aLead('b-4')],
    });
    const taken = { assignment: { status: 'assigned', order_id: order.id } };
    expect(answer).toMatchObject({
      status: 200,
      body: { results: [taken, failed, taken, { error: 'invalid_payload' }, taken] },
    });
    const after = (await service.get<{ leads_delivered: number }>(`/api/orders/${order.id}`)).body;
    expect(after.leads_delivered).toBe(before.leads_delivered + 3);
  });

  test('leaves requests alone that came at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_unused, index) =>
        postLead(service, `t-${index}`, index % 5 === 0 ? faulty : {}),
      ),
    );
    answers.forEach((answer, index) => {
      expect(answer).toMatchObject(
        index % 5 === 0
          ? { status: 200, body: failed }
          : { status: 200, body: { assignment: { status: 'assigned' } } },
      );
    });
  });

  test('does not take an update along: it is kept, and the lead waits', async () => {
    const created = await postLead(service, 'updated', {
      ...faulty,
      vertical: 'Nobody takes this',
    });
    const answer = await service.patch('/api/leads/update', {
      ghl_contact_id: 'updated',
      vertical: 'MCA',
    });
    expect(answer).toMatchObject({
      status: 200,
      body: { updated_fields: ['vertical'], ...failed },
    });
    const lead = await service.get(`/api/leads/${created.body.lead_id}`);
    expect(lead.body).toMatchObject({
      vertical: 'MCA',
      status: 'unassigned',
      assigned_order_id: null,
    });
  });

  test('does not end the retry of the other waiting leads', async () => {
    await postLead(service, 'waits-1', { ...faulty, vertical: 'Later' });
    const second = await postLead(service, 'waits-2', { vertical: 'Later' });
    await createOrder(service, { verticals: ['Later'] });
    await service.service.retriesIdle();
    const lead = await service.get(`/api/leads/${second.body.lead_id}`);
    expect(lead.body).toMatchObject({ status: 'assigned' });
  });
});

describe.each(DATABASES)('a write that fails for one lead, on %s', (database) => {
  let service: TestService;
  let outside: Outside;
  let order: { id: string };
  const counted = async () =>
    (await service.get<{ leads_delivered: number }>(`/api/orders/${order.id}`)).body
      .leads_delivered;

  beforeAll(async () => {
    service = await startTestService(database);
    outside = await openOutside(service.database);
    order = await createOrder(service, { total_leads: 100 });
  });
  afterAll(async () => {
    await outside.close();
    await service.stop();
  });
  afterEach(async () => {
    expect(await inconsistencies(service.store)).toEqual([]);
  });

  test('does not block the waiting leads behind it', async () => {
    const blocked = await postLead(service, 'blocked', { vertical: 'Soon' });
    const behind = await postLead(service, 'behind', { vertical: 'Soon' });
    const mend = await failInserts(
      outside,
      database,
      'decisions',
      `new.lead_id = '${String(blocked.body.lead_id)}'`,
    );
    await createOrder(service, { verticals: ['Soon'] });
    await service.service.retriesIdle();
    const statuses = async () =>
      Promise.all(
        [blocked, behind].map(
          async ({ body }) =>
            (await service.get<{ status: string }>(`/api/leads/${body.lead_id}`)).body.status,
        ),
      );
    expect(await statuses()).toEqual(['unassigned', 'assigned']);
    await mend();
    await createOrder(service, { verticals: ['Soon'] });
    await service.service.retriesIdle();
    expect(await statuses()).toEqual(['assigned', 'assigned']);
  });

  test('does not touch the others: the unit is rolled back and run again one by one', async () => {
    const mend = await failInserts(outside, database, 'leads', "new.first_name = 'Faulty'");
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_unused, index) =>
        postLead(service, `one-${index}`, index === 5 ? faulty : {}),
      ),
    );
    answers.forEach((answer, index) => {
      if (index === 5) {
        expect(answer).toMatchObject({ status: 503, body: { error: 'lead_not_stored' } });
        expect(answer.headers.get('retry-after')).not.toBeNull();
      } else {
        expect(answer).toMatchObject({ status: 200, body: { assignment: { status: 'assigned' } } });
      }
    });
    expect(await counted()).toBe(11);
    await mend();
    const again = await postLead(service, 'one-5', faulty);
    expect(again.body.assignment?.status).toBe('assigned');
  });

  test('in a batch is told at its place; the others are answered as ever', async () => {
    const mend = await failInserts(outside, database, 'leads', "new.first_name = 'Faulty'");
    const before = await counted();
    const leads = [aLead('batch-1'), aLead('batch-2', faulty), {}, aLead('batch-3')];
    const answer = await service.post('/api/leads/incoming/batch', { leads });
    const taken = { assignment: { status: 'assigned' } };
    expect(answer).toMatchObject({
      status: 200,
      body: { results: [taken, { error: 'lead_not_stored' }, { error: 'invalid_payload' }, taken] },
    });
    expect(await counted()).toBe(before + 2);
    await mend();
    const repeated = await service.post('/api/leads/incoming/batch', { leads });
    const duplicate = { status: 'duplicate' };
    expect(repeated).toMatchObject({
      status: 200,
      body: { results: [duplicate, taken, { error: 'invalid_payload' }, duplicate] },
    });
  });

  test('in a batch with an Idempotency-Key refuses the batch as a whole, and may be repeated', async () => {
    const mend = await failInserts(outside, database, 'leads', "new.first_name = 'Faulty'");
    const before = await counted();
    const send = () =>
      service.post(
        '/api/leads/incoming/batch',
        { leads: [aLead('key-1'), aLead('key-2', faulty)] },
        { headers: { 'idempotency-key': 'the-batch' } },
      );
    expect(await send()).toMatchObject({ status: 503, body: { error: 'lead_not_stored' } });
    expect(await counted()).toBe(before);
    await mend();
    const taken = { assignment: { status: 'assigned' } };
    expect(await send()).toMatchObject({ status: 200, body: { results: [taken, taken] } });
    expect((await send()).headers.get('idempotent-replayed')).toBe('true');
  });

  test('of its assignment keeps the lead: 200, unassigned', async () => {
    const mend = await failInserts(
      outside,
      database,
      'activity_log',
      "new.action = 'lead.assigned'",
    );
    const answer = await postLead(service, 'kept');
    expect(answer).toMatchObject({ status: 200, body: failed });
    await mend();
    const lead = await service.post(`/api/leads/${answer.body.lead_id}/reroute`);
    expect(lead).toMatchObject({ status: 200, body: { assignment: { status: 'assigned' } } });
  });

  test('forgets the versions of orders that were rolled back with it', async () => {
    const beginning = service.runtime.clock.now();
    const monthly = await createOrder(service, { verticals: ['Monthly'], order_type: 'monthly' });
    const mend = await failInserts(outside, database, 'leads', "new.first_name = 'Faulty'");
    // The unit starts the order's new month, which makes a version, reads it, and is rolled back.
    service.runtime.advance(40 * 86_400_000);
    expect(
      (await postLead(service, 'rolled-back', { ...faulty, vertical: 'Monthly' })).status,
    ).toBe(503);
    // As in another replica whose clock is behind: the same version now means something else.
    service.runtime.set(new Date(beginning).toISOString());
    const edited = await service.patch<{ version: number }>(`/api/orders/${monthly.id}`, {
      version: 1,
      verticals: ['Elsewhere'],
    });
    expect(edited.body.version).toBe(2);
    const answer = await postLead(service, 'after', { vertical: 'Monthly' });
    expect(answer.body.assignment).toMatchObject({ reason_code: 'vertical_mismatch' });
    await mend();
  });

  test('leaves what is remembered of the orders as it was: the next decisions are right', async () => {
    const scarce = await createOrder(service, { verticals: ['Scarce'], total_leads: 2 });
    const mend = await failInserts(outside, database, 'leads', "new.first_name = 'Faulty'");
    const take = (contact: string, over: Record<string, unknown> = {}) =>
      postLead(service, contact, { vertical: 'Scarce', ...over });
    for (let turn = 0; turn < 3; turn += 1) {
      expect((await take(`no-${turn}`, faulty)).status).toBe(503);
    }
    const simulated = await service.post<{ considered: { order_id: string; fill_rate: number }[] }>(
      '/api/routing/simulate',
      { lead: { vertical: 'Scarce', funding_amount: 1000 } },
    );
    expect(
      simulated.body.considered.find(({ order_id }) => order_id === scarce.id)?.fill_rate,
    ).toBe(0);
    const answers = [await take('yes-1'), await take('yes-2'), await take('yes-3')];
    expect(answers.map(({ body }) => body.assignment?.status)).toEqual([
      'assigned',
      'assigned',
      'unassigned',
    ]);
    await mend();
  });
});
