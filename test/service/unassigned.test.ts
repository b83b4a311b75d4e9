import {
  intake,
  leadOf,
  makeBroker,
  makeOrder,
  readLead,
  readOrder,
  readPages,
  wipe,
} from '../support/builders.js';
import { DATABASES } from '../support/databases.js';
import { startTestService, type TestService } from '../support/service.js';

const HOUR_MS = 3_600_000;

interface QueueEntry {
  lead: { id: string };
  reason_code: string;
  reason: string;
  queued_at: string;
  last_tried_at: string;
  tries: number;
}

const queueOf = async (service: TestService, query = 'limit=200') =>
  (await readPages<QueueEntry>(service, `/api/unassigned?${query}`)).flat();

describe.each(DATABASES)('the unassigned queue on %s', (database) => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService(database);
  });
  afterEach(() => wipe(service));
  afterAll(() => service.stop());

  const isAssigned = async (leadId: string) => {
    await service.service.retriesIdle();
    return (await readLead(service, leadId)).status === 'assigned';
  };
  const edit = async (orderId: string, fields: Record<string, unknown>) => {
    const { version } = await readOrder(service, orderId);
    const answer = await service.patch(`/api/orders/${orderId}`, { version, ...fields });
    expect(answer.status).toBe(200);
  };

  test('lists waiting leads, oldest first, with why and since when', async () => {
    await makeOrder(service, { verticals: ['SBA'], loan_min: 1000 });
    const first = await intake(service);
    service.runtime.advance(1000);
    const second = await intake(service, { vertical: 'SBA', funding_amount: 1 });
    const queue = await queueOf(service);
    expect(queue).toMatchObject([
      {
        lead: { id: first.lead_id, status: 'unassigned' },
        reason_code: 'vertical_mismatch',
        reason: 'no matching order for vertical',
        queued_at: '2026-03-10T15:00:00.000Z',
        last_tried_at: '2026-03-10T15:00:00.000Z',
        tries: 1,
      },
      { lead: { id: second.lead_id }, reason_code: 'loan_below_minimum' },
    ]);
    expect(await queueOf(service, 'reason_code=loan_below_minimum')).toEqual([queue[1]]);
    expect(await queueOf(service, 'reason_code=other')).toEqual([]);
  });

  test('a lead that came early and had to wait only later stands behind, and is tried behind', async () => {
    const early = await intake(service, { ghl_contact_id: 'early', funding_amount: null });
    await makeOrder(service, { verticals: ['SBA'] });
    service.runtime.advance(1000);
    const first = await intake(service);
    service.runtime.advance(1000);
    await service.patch('/api/leads/update', { ghl_contact_id: 'early', funding_amount: 5000 });
    expect((await queueOf(service)).map((entry) => entry.lead.id)).toEqual([
      first.lead_id,
      early.lead_id,
    ]);
    await makeOrder(service, { total_leads: 1 });
    expect((await queueOf(service)).map((entry) => entry.lead.id)).toEqual([early.lead_id]);
  });

  test('is paged without gap or repetition, leads of one moment included', async () => {
    await makeOrder(service, { verticals: ['SBA'] });
    const sent: string[] = [];
    for (let batch = 0; batch < 3; batch += 1) {
      const answer = await service.post<{ results: { lead_id: string }[] }>(
        '/api/leads/incoming/batch',
        { leads: Array.from({ length: 20 }, () => leadOf()) },
      );
      sent.push(...answer.body.results.map((result) => result.lead_id));
      service.runtime.advance(1000);
    }
    for (const limit of [200, 20, 7]) {
      expect((await queueOf(service, `limit=${limit}`)).map((entry) => entry.lead.id)).toEqual(
        sent,
      );
    }
  });

  describe('a waiting lead is tried again when', () => {
    test('an order is created', async () => {
      await makeOrder(service, { verticals: ['SBA'] });
      const { lead_id } = await intake(service);
      expect(await isAssigned(lead_id)).toBe(false);
      const order = await makeOrder(service);
      expect(await isAssigned(lead_id)).toBe(true);
      expect(await readOrder(service, order.id)).toMatchObject({ leads_delivered: 1 });
    });

    test('an order is resumed', async () => {
      await makeOrder(service, { verticals: ['SBA'] });
      const order = await makeOrder(service, { status: 'paused' });
      const { lead_id } = await intake(service);
      expect(await isAssigned(lead_id)).toBe(false);
      await service.post(`/api/orders/${order.id}/resume`);
      expect(await isAssigned(lead_id)).toBe(true);
    });

    test("an order's total is raised", async () => {
      await makeOrder(service, { verticals: ['SBA'] });
      const order = await makeOrder(service, { total_leads: 1 });
      await intake(service);
      const { lead_id } = await intake(service);
      expect(await isAssigned(lead_id)).toBe(false);
      await edit(order.id, { total_leads: 2 });
      expect(await isAssigned(lead_id)).toBe(true);
    });

    test('bonus mode is turned on', async () => {
      await makeOrder(service, { verticals: ['SBA'] });
      const order = await makeOrder(service, { total_leads: 1 });
      await intake(service);
      const { lead_id } = await intake(service);
      await edit(order.id, { bonus_mode: true });
      expect(await isAssigned(lead_id)).toBe(true);
      expect(await readOrder(service, order.id)).toMatchObject({
        status: 'active',
        leads_delivered: 2,
        leads_remaining: 0,
      });
    });

    test('a broker is resumed', async () => {
      const broker = await makeBroker(service, { assignment_status: 'paused' });
      await makeOrder(service, { broker_id: broker.id });
      const { lead_id } = await intake(service);
      expect(await isAssigned(lead_id)).toBe(false);
      await service.post(`/api/brokers/${broker.id}/resume`);
      expect(await isAssigned(lead_id)).toBe(true);
    });

    test('an order takes what it did not take before', async () => {
      const order = await makeOrder(service, { verticals: ['SBA'] });
      const { lead_id } = await intake(service);
      await edit(order.id, { verticals: ['SBA', 'MCA'] });
      expect(await isAssigned(lead_id)).toBe(true);
    });

    test('a new month gives an order capacity', async () => {
      await makeOrder(service, { verticals: ['SBA'] });
      await makeOrder(service, { order_type: 'monthly', total_leads: 1 });
      await intake(service);
      service.runtime.set('2026-03-31T23:00:00Z');
      const { lead_id } = await intake(service);
      expect(await isAssigned(lead_id)).toBe(false);
      service.runtime.set('2026-04-01T00:00:00Z');
      expect(await service.service.resetDueOrders()).toBe(1);
      expect(await isAssigned(lead_id)).toBe(true);
    });
  });

  test('scarce capacity goes to the leads that have waited longest, across many units of work', async () => {
    await makeOrder(service, { verticals: ['SBA'] });
    const sent: string[] = [];
    for (let batch = 0; batch < 3; batch += 1) {
      const answer = await service.post<{ results: { lead_id: string }[] }>(
        '/api/leads/incoming/batch',
        { leads: Array.from({ length: 60 }, () => leadOf()) },
      );
      sent.push(...answer.body.results.map((result) => result.lead_id));
      service.runtime.advance(1000);
    }
    await makeOrder(service, { total_leads: 130 });
    await service.service.retriesIdle();
    expect((await queueOf(service)).map((entry) => entry.lead.id)).toEqual(sent.slice(130));
  });

  test('a lead that is tried in vain keeps its place, its first moment and every decision', async () => {
    await makeOrder(service, { verticals: ['SBA'] });
    const { lead_id } = await intake(service);
    const later = await intake(service, { vertical: 'Other' });
    for (let tries = 2; tries <= 3; tries += 1) {
      service.runtime.advance(HOUR_MS);
      await makeOrder(service, { verticals: ['SBA'], loan_min: 1 });
      await service.service.retriesIdle();
    }
    expect(await queueOf(service)).toMatchObject([
      {
        lead: { id: lead_id },
        queued_at: '2026-03-10T15:00:00.000Z',
        last_tried_at: '2026-03-10T17:00:00.000Z',
        tries: 3,
      },
      { lead: { id: later.lead_id } },
    ]);
    expect((await readLead(service, lead_id)).decisions).toMatchObject([
      { trigger: 'intake', status: 'unassigned', considered_count: 1 },
      { trigger: 'retry', status: 'unassigned', considered_count: 2 },
      { trigger: 'retry', status: 'unassigned', considered_count: 3 },
    ]);
  });

  test('leads that have waited longer than 72 hours are left alone', async () => {
    await makeOrder(service, { verticals: ['SBA'] });
    const old = await intake(service);
    service.runtime.advance(1);
    const young = await intake(service);
    service.runtime.advance(72 * HOUR_MS);
    await makeOrder(service);
    expect(await isAssigned(old.lead_id)).toBe(false);
    expect(await isAssigned(young.lead_id)).toBe(true);
    expect(await queueOf(service)).toMatchObject([{ lead: { id: old.lead_id }, tries: 1 }]);
  });

  test('rejected leads are not tried again by themselves', async () => {
    const { lead_id } = await intake(service);
    await makeOrder(service);
    expect(await isAssigned(lead_id)).toBe(false);
    expect((await readLead(service, lead_id)).decisions).toHaveLength(1);
  });
});

describe.each(DATABASES)('retries by the settings on %s', (database) => {
  test('an age of 0 turns them off', async () => {
    const service = await startTestService(database, {
      env: { UNASSIGNED_RETRY_MAX_AGE_HOURS: '0' },
    });
    try {
      await makeOrder(service, { verticals: ['SBA'] });
      const { lead_id } = await intake(service);
      await makeOrder(service);
      await service.service.retriesIdle();
      expect((await readLead(service, lead_id)).decisions).toHaveLength(1);
    } finally {
      await service.stop();
    }
  });

  test('a restart makes up for a retry that was cut off', async () => {
    const before = await startTestService(database, {
      env: { UNASSIGNED_RETRY_MAX_AGE_HOURS: '0' },
    });
    await makeOrder(before, { verticals: ['SBA'] });
    const { lead_id } = await intake(before);
    await makeOrder(before);
    const after = await startTestService(database, { database: before.database });
    try {
      expect((await readLead(after, lead_id)).status).toBe('unassigned');
      after.service.start();
      await after.service.retriesIdle();
      expect((await readLead(after, lead_id)).status).toBe('assigned');
    } finally {
      await after.stop();
      await before.stop();
    }
  });
});
