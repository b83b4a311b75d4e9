import { recordActivity, SYSTEM } from '../../../scoring-service/src/events/activity.js';
import { DATABASES } from '../../support/databases.js';
import { intake, makeBroker, makeOrder, readLead } from '../../support/builders.js';
import { startTestService, type TestService } from '../../support/service.js';
import { startResponse, type ResponseService } from '../response/support.js';
import { tracesIn } from './someone.js';

const DAY_MS = 86_400_000;

describe.each(DATABASES)('what is kept for a time on %s', (database) => {
  let service: TestService;
  const start = async (env: Record<string, string>): Promise<void> => {
    service = await startTestService(database, { env });
    const broker = await makeBroker(service);
    await makeOrder(service, { broker_id: broker.id, verticals: ['MCA'], total_leads: 1000 });
  };
  afterEach(() => service.stop());

  const lead = (name: string) =>
    intake(service, { ghl_contact_id: name, first_name: name, email: `${name}@example.com` });
  const logs = async (leadId: string) =>
    (await service.get<{ data: unknown[] }>(`/api/leads/${leadId}/routing-logs`)).body.data;

  test('without settings everything is kept', async () => {
    await start({});
    const { lead_id } = await lead('Zephyrine');
    service.runtime.advance(4000 * DAY_MS);
    await service.service.applyRetention();
    expect(await readLead(service, lead_id)).toMatchObject({ first_name: 'Zephyrine' });
    expect(await logs(lead_id)).toHaveLength(1);
    const { body } = await service.get<{ data: unknown[] }>('/api/activity');
    expect(body.data).not.toHaveLength(0);
  });

  test('leads lose who they are when nothing has happened to them for so long', async () => {
    await start({ LEADS_RETENTION_DAYS: '90' });
    const old = await lead('Zephyrine');
    const touched = await lead('Yolanda');
    service.runtime.advance(60 * DAY_MS);
    await service.patch('/api/leads/update', { ghl_contact_id: 'Yolanda', last_name: 'Lovett' });
    await service.service.deliverDue();
    const { body: deliveries } = await service.get<{ data: { id: string }[] }>('/api/deliveries');
    for (const { id } of deliveries.data) await service.post(`/api/deliveries/${id}/cancel`);
    const young = await lead('Winona');
    service.runtime.advance(30 * DAY_MS);
    await service.service.applyRetention();
    expect(await readLead(service, old.lead_id)).toMatchObject({ erased_at: null });
    service.runtime.advance(1);
    await service.service.applyRetention();
    expect(await readLead(service, old.lead_id)).toMatchObject({
      first_name: null,
      erased_at: new Date(service.runtime.clock.now()).toISOString(),
      status: 'assigned',
      decisions: [{ status: 'assigned' }],
    });
    expect([...(await tracesIn(service.database, ['zephyrine'])).keys()]).toEqual([]);
    for (const { lead_id } of [touched, young]) {
      expect(await readLead(service, lead_id)).toMatchObject({ erased_at: null });
    }
    // Done again it finds nothing new.
    await service.service.applyRetention();
    const { body } = await service.get<{ data: { action: string }[] }>(
      `/api/activity?subject_type=lead&subject_id=${old.lead_id}`,
    );
    expect(body.data.filter(({ action }) => action === 'lead.erased')).toHaveLength(1);
  });

  test('of more leads than one look finds, none is left', async () => {
    await start({ LEADS_RETENTION_DAYS: '1' });
    const leads = Array.from({ length: 500 }, (_, n) => ({
      ghl_contact_id: `a${n}`,
      first_name: 'Zephyrine',
      vertical: 'MCA',
      credit_score: 700,
      funding_amount: 10_000,
    }));
    for (const part of ['a', 'b', 'c']) {
      const { status } = await service.post('/api/leads/incoming/batch', {
        leads: leads.map((one) => ({ ...one, ghl_contact_id: part + one.ghl_contact_id })),
      });
      expect(status).toBe(200);
    }
    service.runtime.advance(2 * DAY_MS);
    await service.service.applyRetention();
    expect([...(await tracesIn(service.database, ['zephyrine'])).keys()]).toEqual([]);
  });

  test('routing logs go, the decisions stay, and new ones are complete', async () => {
    await start({ ROUTING_LOGS_RETENTION_DAYS: '30' });
    const old = await lead('Old');
    service.runtime.advance(20 * DAY_MS);
    const young = await lead('Young');
    service.runtime.advance(11 * DAY_MS);
    await service.service.applyRetention();
    expect(await logs(old.lead_id)).toEqual([]);
    expect(await logs(young.lead_id)).toHaveLength(1);
    expect(await readLead(service, old.lead_id)).toMatchObject({
      first_name: 'Old',
      decisions: [{ status: 'assigned', considered_count: 1 }],
    });
    service.runtime.advance(100 * DAY_MS);
    await service.service.applyRetention();
    const { rows } = {
      rows: await service.store.db.selectFrom('order_snapshots').selectAll().execute(),
    };
    expect(rows).toEqual([]);
    // The service had that snapshot in mind: what comes next must not name it.
    const next = await lead('Next');
    expect(await logs(next.lead_id)).toMatchObject([{ eligible: true, selected: true }]);
  });

  test('entries of the activity log go', async () => {
    await start({ ACTIVITY_RETENTION_DAYS: '30' });
    const { store, runtime } = service;
    const imported = {
      actor: SYSTEM,
      action: 'import.completed',
      subjectType: 'import',
      subjectId: 'leads:hash',
    };
    await store.unit(() => recordActivity([imported], runtime.clock.now(), runtime.newId));
    service.runtime.advance(31 * DAY_MS);
    const { lead_id } = await lead('Young');
    await service.service.applyRetention();
    const { body } = await service.get<{ data: { subject_id: string }[] }>('/api/activity');
    expect(new Set(body.data.map(({ subject_id }) => subject_id))).toEqual(
      // An import is known by its entries: a file is not taken twice.
      new Set([lead_id, 'leads:hash']),
    );
  });
});

describe.each(DATABASES)('enquiries that are kept for a time on %s', (database) => {
  let service: ResponseService;
  afterEach(() => service.stop());

  test('one that waits for a call back is not old; when that is done it is', async () => {
    service = await startResponse(database, { env: { LEADS_RETENTION_DAYS: '90' } });
    const { lead_id, task_id } = await service.form({
      name: 'Zephyrine Quillfeather',
      phone: '+12025550177',
    });
    await service.text('+12025550188', 'STOP, says Xanthippe');
    service.runtime.advance(120 * DAY_MS);
    await service.service.sendDue();
    await service.service.applyRetention();
    const read = async () => (await service.get(`/api/leads/${lead_id}`)).body;
    expect(await read()).toMatchObject({ first_name: 'Zephyrine', erased_at: null });
    // What never became part of a lead waits for nobody; the wish not to be texted stays.
    expect([...(await tracesIn(service.database, ['xanthippe', '2025550188'])).keys()]).toEqual([
      'suppressions',
    ]);
    await service.post(`/api/tasks/${task_id}/complete`, { outcome: 'no_answer' });
    service.runtime.advance(91 * DAY_MS);
    await service.service.applyRetention();
    expect(await read()).toMatchObject({ first_name: null, status: 'closed' });
    expect([...(await tracesIn(service.database, ['zephyrine', '2025550177'])).keys()]).toEqual([]);
  });

  test('a merge of a merge goes as one', async () => {
    service = await startResponse(database, { env: { LEADS_RETENTION_DAYS: '90' } });
    const submit = async (n: number): Promise<string> => {
      service.runtime.advance(60_000);
      const fields = { name: 'Zephyrine Quillfeather', phone: `+1202555017${n}` };
      return (await service.form(fields)).lead_id;
    };
    const [first, second, third] = [await submit(1), await submit(2), await submit(3)];
    const merge = async (one: string, other: string): Promise<void> => {
      const { body } = await service.get<{
        data: { id: string; lead_id: string; other_lead_id: string }[];
      }>(`/api/merge-suggestions?lead_id=${one}`);
      const pair = body.data.find((row) => [row.lead_id, row.other_lead_id].includes(other));
      const { status } = await service.post(`/api/merge-suggestions/${pair?.id}/accept`);
      expect(status).toBe(200);
    };
    await merge(third, second);
    await merge(second, first);
    for (const { id, state } of await service.tasks()) {
      if (state === 'open')
        await service.post(`/api/tasks/${id}/complete`, { outcome: 'no_answer' });
    }
    service.runtime.advance(91 * DAY_MS);
    await service.service.sendDue();
    service.runtime.advance(91 * DAY_MS);
    await service.service.applyRetention();
    const words = ['zephyrine', '2025550171', '2025550172', '2025550173'];
    expect([...(await tracesIn(service.database, words)).keys()]).toEqual([]);
  });
});
