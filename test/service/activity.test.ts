import {
  intake,
  makeBroker,
  makeKey,
  makeOrder,
  readOrder,
  readPages,
  wipe,
  type MadeKey,
  type PageBody,
} from '../support/builders.js';
import { DATABASES } from '../support/databases.js';
import { startTestService, type TestService } from '../support/service.js';

interface Activity {
  id: string;
  at: string;
  actor: { type: string; id: string | null; name: string };
  action: string;
  subject_type: string;
  subject_id: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

const SYSTEM = { type: 'system', id: null, name: 'system' };

describe.each(DATABASES)('the activity log on %s', (database) => {
  let service: TestService;
  let boss: MadeKey;
  let actor: Activity['actor'];

  beforeAll(async () => {
    service = await startTestService(database);
  });
  beforeEach(async () => {
    boss = await makeKey(service, ['admin'], { name: 'Boss' });
    actor = { type: 'api_key', id: boss.id, name: 'Boss' };
  });
  afterEach(() => wipe(service));
  afterAll(() => service.stop());

  const asBoss = (method: string, path: string, body?: unknown) =>
    service.call<{ id: string; version: number }>(method, path, body, { key: boss.token });
  const activityOf = async (subjectId: string): Promise<Activity[]> => {
    const answer = await service.get<PageBody<Activity>>(`/api/activity?subject_id=${subjectId}`);
    expect(answer.status).toBe(200);
    return answer.body.data.toReversed();
  };

  test('tells who did what to a broker, from before to after', async () => {
    const made = await asBoss('POST', '/api/brokers', { name: 'One', company: 'Example LLC' });
    const { id } = made.body;
    service.runtime.advance(1000);
    await asBoss('PATCH', `/api/brokers/${id}`, { version: 1, name: 'Two', company: null });
    await asBoss('POST', `/api/brokers/${id}/pause`);
    await asBoss('POST', `/api/brokers/${id}/pause`);
    await asBoss('POST', `/api/brokers/${id}/resume`);
    const log = await activityOf(id);
    expect(log).toEqual([
      {
        id: expect.any(String),
        at: '2026-03-10T15:00:00.000Z',
        actor,
        action: 'broker.created',
        subject_type: 'broker',
        subject_id: id,
        before: null,
        after: expect.objectContaining({ name: 'One', company: 'Example LLC' }),
      },
      {
        id: expect.any(String),
        at: '2026-03-10T15:00:01.000Z',
        actor,
        action: 'broker.updated',
        subject_type: 'broker',
        subject_id: id,
        before: { name: 'One', company: 'Example LLC' },
        after: { name: 'Two', company: null },
      },
      expect.objectContaining({
        actor,
        action: 'broker.paused',
        before: { assignment_status: 'active' },
        after: { assignment_status: 'paused' },
      }),
      expect.objectContaining({
        actor,
        action: 'broker.resumed',
        before: { assignment_status: 'paused' },
        after: { assignment_status: 'active' },
      }),
    ]);
    expect(JSON.stringify(log)).not.toContain('whsec_');
  });

  test('tells every step of an order', async () => {
    const broker = await makeBroker(service);
    const made = await asBoss('POST', '/api/orders', {
      broker_id: broker.id,
      name: 'x',
      verticals: ['All'],
      total_leads: 5,
    });
    const { id } = made.body;
    await asBoss('PATCH', `/api/orders/${id}`, { version: 1, total_leads: 7 });
    for (const verb of ['pause', 'resume', 'complete', 'resume', 'cancel']) {
      expect((await asBoss('POST', `/api/orders/${id}/${verb}`)).status).toBe(200);
    }
    const log = await activityOf(id);
    expect(log.map((entry) => [entry.action, entry.before, entry.after])).toEqual([
      ['order.created', null, expect.objectContaining({ total_leads: 5, leads_remaining: 5 })],
      [
        'order.updated',
        { total_leads: 5, leads_remaining: 5 },
        { total_leads: 7, leads_remaining: 7 },
      ],
      ['order.paused', { status: 'active' }, { status: 'paused' }],
      ['order.resumed', { status: 'paused' }, { status: 'active' }],
      [
        'order.completed',
        { status: 'active', completed_by: null },
        { status: 'completed', completed_by: 'Boss' },
      ],
      [
        'order.resumed',
        { status: 'completed', completed_by: 'Boss' },
        { status: 'active', completed_by: null },
      ],
      ['order.cancelled', { status: 'active' }, { status: 'cancelled' }],
    ]);
    for (const entry of log) expect(entry.actor).toEqual(actor);
  });

  test('tells what the system does by itself: assignments, completions and resets', async () => {
    const order = await makeOrder(service, { order_type: 'monthly', total_leads: 1 });
    const { lead_id } = await intake(service);
    expect(await activityOf(lead_id)).toEqual([
      expect.objectContaining({
        actor: SYSTEM,
        action: 'lead.assigned',
        subject_type: 'lead',
        before: null,
        after: expect.objectContaining({ order_id: order.id, broker_id: order.broker_id }),
      }),
    ]);
    service.runtime.set('2026-04-01T00:00:00Z');
    await service.service.resetDueOrders();
    const [, completed, reset] = await activityOf(order.id);
    expect(completed).toMatchObject({
      actor: SYSTEM,
      action: 'order.completed',
      before: { status: 'active', completed_by: null },
      after: { status: 'completed', completed_by: 'system' },
    });
    expect(reset).toMatchObject({
      actor: SYSTEM,
      action: 'order.reset',
      at: '2026-04-01T00:00:00.000Z',
      before: { status: 'completed', leads_delivered: 1, leads_remaining: 0, period: '2026-03' },
      after: { status: 'active', leads_delivered: 0, leads_remaining: 1, period: '2026-04' },
    });
  });

  test('tells who assigned, moved and changed a lead by hand', async () => {
    const from = await makeOrder(service, { verticals: ['SBA'] });
    const to = await makeOrder(service, { verticals: ['SBA'] });
    const { lead_id } = await intake(service, { ghl_contact_id: 'c' });
    await asBoss('POST', `/api/leads/${lead_id}/assign`, { order_id: from.id });
    await asBoss('POST', `/api/leads/${lead_id}/reassign`, { order_id: to.id });
    await asBoss('PATCH', '/api/leads/update', {
      ghl_contact_id: 'c',
      first_name: 'Pat',
      email: 'p@example.com',
    });
    const none = { order_id: null, broker_id: null };
    const at = (order: typeof from) => ({ order_id: order.id, broker_id: order.broker_id });
    expect(await activityOf(lead_id)).toMatchObject([
      { actor, action: 'lead.assigned', before: none, after: at(from) },
      { actor, action: 'lead.reassigned', before: at(from), after: at(to) },
      {
        actor,
        action: 'lead.updated',
        before: { first_name: null, email: null },
        after: { first_name: 'Pat', email: 'p@example.com' },
      },
    ]);
    expect(Object.keys((await activityOf(lead_id))[2]?.after ?? {}).sort()).toEqual([
      'email',
      'first_name',
    ]);
  });

  test('an evaluation that an update or a person caused names who caused it', async () => {
    await makeOrder(service, { verticals: ['SBA'] });
    const one = await intake(service, { ghl_contact_id: 'c' });
    await asBoss('PATCH', '/api/leads/update', { ghl_contact_id: 'c', vertical: 'SBA' });
    expect((await activityOf(one.lead_id)).at(-1)).toMatchObject({
      action: 'lead.assigned',
      actor,
    });
  });

  test('tells who made and revoked a key, without its secret', async () => {
    const made = await service.post<MadeKey>(
      '/api/api-keys',
      { name: 'New', scopes: ['read'] },
      { key: boss.token },
    );
    await asBoss('POST', `/api/api-keys/${made.body.id}/revoke`);
    await asBoss('POST', `/api/api-keys/${made.body.id}/revoke`);
    const log = await activityOf(made.body.id);
    expect(log).toMatchObject([
      {
        actor,
        action: 'api_key.created',
        after: { name: 'New', scopes: ['read'], broker_ids: null },
      },
      { actor, action: 'api_key.revoked' },
    ]);
    expect(JSON.stringify(log)).not.toContain(made.body.token.slice(-20));
  });

  test('a refused change leaves no entry', async () => {
    const order = await makeOrder(service);
    await asBoss('PATCH', `/api/orders/${order.id}`, { version: 9, name: 'x' });
    await asBoss('PATCH', `/api/orders/${order.id}`, { version: 1, total_leads: 0 });
    await asBoss('PATCH', `/api/orders/${order.id}`, {
      version: 1,
      name: (await readOrder(service, order.id)).name,
    });
    expect((await activityOf(order.id)).map((entry) => entry.action)).toEqual(['order.created']);
  });

  test('is paged newest first and filtered by subject and moment', async () => {
    for (let n = 0; n < 4; n += 1) {
      service.runtime.advance(1000);
      await makeBroker(service);
    }
    const pages = await readPages<Activity>(service, '/api/activity?subject_type=broker&limit=3');
    expect(pages.map((page) => page.length)).toEqual([3, 1]);
    const at = pages.flat().map((entry) => entry.at);
    expect(at).toEqual(at.toSorted().toReversed());
    const late = await service.get<PageBody<Activity>>('/api/activity?since=2026-03-10T15:00:03Z');
    expect(late.body.data.map((entry) => entry.at)).toEqual([
      '2026-03-10T15:00:04.000Z',
      '2026-03-10T15:00:03.000Z',
    ]);
    const keys = await service.get<PageBody<Activity>>('/api/activity?subject_type=api_key');
    expect(keys.body.data.map((entry) => entry.subject_id)).toEqual([boss.id]);
  });
});
