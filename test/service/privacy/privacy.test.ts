import {
  OTHER_TABLES,
  PERSONAL_TABLES,
} from '../../../scoring-service/src/privacy/personal-tables.js';
import { forgetOldClaims } from '../../../scoring-service/src/http/idempotency.js';
import { getPage, postForm, signedIn } from '../../support/dashboard.js';
import { DATABASES } from '../../support/databases.js';
import { openOutside } from '../../support/seed.js';
import { ANN } from '../response/support.js';
import {
  EMAIL,
  leaveTraces,
  PHONE,
  startHouse,
  tablesOf,
  TRACES,
  tracesIn,
  type House,
  type Known,
} from './someone.js';

interface Exported {
  lead_ids: string[];
  phones: string[];
  emails: string[];
  data: Record<string, Record<string, unknown>[]>;
}

interface Erased {
  lead_ids: string[];
  rows: Record<string, number>;
  cancelled: { deliveries: number; messages: number; tasks: number };
  suppressions_kept: number;
  also_held_by: {
    brokers: { broker_id: string; name: string }[];
    twilio_message_sids: string[];
    calendly_invitee_uris: string[];
  };
}

const BYSTANDER = {
  first: 'Ann',
  last: 'Bystander',
  phone: ANN,
  email: 'ann.bystander@example.com',
  hobby: 'violin',
};

describe.each(DATABASES)('what one person may ask for, on %s', (database) => {
  let house: House;
  let known: Known;
  const person = (body: unknown) => house.post<Exported>('/api/privacy/export', body);
  const erase = (body: unknown, key?: string) =>
    house.post<Erased>('/api/privacy/erase', body, {
      headers: key === undefined ? {} : { 'idempotency-key': key },
    });

  beforeEach(async () => {
    house = await startHouse(database);
    await leaveTraces(house, BYSTANDER);
    known = await leaveTraces(house, {
      first: 'Zephyrine',
      last: 'Quillfeather',
      phone: PHONE,
      email: EMAIL,
      hobby: 'mandolin',
    });
    await house.post('/api/suppressions', { email: EMAIL, reason: 'asked for it' });
  });
  afterEach(() => house.stop());

  test('every table is known to hold personal data of leads, or not to', async () => {
    const named = [...PERSONAL_TABLES.map(({ table }) => table), ...Object.keys(OTHER_TABLES)];
    expect((await tablesOf(house.database)).sort()).toEqual(named.sort());
  });

  test('the export shows every row in which the person is found, and nobody else', async () => {
    const found = await tracesIn(house.database, TRACES);
    // The world was made so that the person is in all of these.
    for (const table of [
      'leads',
      'response_leads',
      'lead_identifiers',
      'source_events',
      'messages',
      'suppressions',
      'tasks',
      'qualifications',
      'qualification_jobs',
      'deliveries',
      'delivery_attempts',
      'activity_log',
    ]) {
      expect([table, found.has(table)]).toEqual([table, true]);
    }
    const { status, body } = await person({ phone: '(202) 555-0177', email: EMAIL });
    expect(status).toBe(200);
    expect(body.lead_ids).toHaveLength(5);
    for (const [table, rows] of found) {
      const exported = (body.data[table] ?? []).map(({ id }) => id);
      const missing = rows.filter(({ id }) => !exported.includes(id));
      expect([table, missing]).toEqual([table, []]);
    }
    expect(JSON.stringify(body).toLowerCase()).not.toContain('bystander');
    expect(body.data.decisions).not.toHaveLength(0);
    // Structures are structures, and nothing of the workers' is in it.
    expect(body.data.deliveries?.[0]?.body).toMatchObject({ first_name: 'Zephyrine' });
    expect(body.data.deliveries?.[0]).not.toHaveProperty('claim_id');
  });

  test('given leads are found with what was made of them, and no others', async () => {
    const { body } = await person({ lead_ids: [known.sentId] });
    expect(body.lead_ids).toEqual([known.sentId]);
    const { lead_id: asked } = await house.form({ name: 'Dora Example', phone: '+12025550166' });
    const distributed = await house.post<{ lead_id: string }>(`/api/leads/${asked}/distribute`, {
      vertical: 'MCA',
      funding_amount: 20_000,
      credit_score: 700,
    });
    const { body: both } = await person({ lead_ids: [asked] });
    expect(both.lead_ids.sort()).toEqual([asked, distributed.body.lead_id].sort());
  });

  test('what was merged goes along, whichever part is named', async () => {
    const submit = (phone: string, email: string) =>
      house.form({ name: 'Xanthippe Example', phone, email, message: 'About the hurdy-gurdy.' });
    const kept = await submit('+12025550181', 'xan@example.com');
    const part = await submit('+12025550182', 'xanthippe@example.com');
    const { body: suggested } = await house.get<{ data: { id: string }[] }>(
      `/api/merge-suggestions?lead_id=${part.lead_id}`,
    );
    await house.post(`/api/merge-suggestions/${suggested.data[0]?.id}/accept`);
    await house.text('+12025550182', 'Still the hurdy-gurdy.');
    const { body } = await erase({ lead_ids: [part.lead_id] });
    expect(body.lead_ids.sort()).toEqual([kept.lead_id, part.lead_id].sort());
    const words = ['xan', 'hurdy', '2025550181', '2025550182'];
    expect([...(await tracesIn(house.database, words)).keys()]).toEqual([]);
  });

  test('after an erasure nothing in the database tells who it was, and others are as before', async () => {
    const others = async () => (await person({ phone: BYSTANDER.phone })).body.data;
    const before = await others();
    const { status, body } = await erase({ phone: PHONE, reason: 'asked by letter' });
    expect(status).toBe(200);
    expect(body.lead_ids).toHaveLength(5);
    expect(body.cancelled).toEqual({ deliveries: 2, messages: expect.any(Number), tasks: 1 });
    expect(body.suppressions_kept).toBe(1);
    expect(body.also_held_by.brokers.map(({ broker_id }) => broker_id)).toContain(house.brokerId);
    expect(body.also_held_by.twilio_message_sids).not.toHaveLength(0);
    expect(body.also_held_by.calendly_invitee_uris).toHaveLength(1);
    house.runtime.advance(25 * 3_600_000);
    await forgetOldClaims(house.store, house.runtime.clock);
    const left = await tracesIn(house.database, TRACES);
    expect([...left.keys()].sort()).toEqual(['suppressions']);
    expect(await others()).toEqual(before);
  });

  test('what is left of it: outcomes, counts and the moment, and nothing happens any more', async () => {
    const { body: order } = await house.get<{ data: { leads_delivered: number }[] }>('/api/orders');
    await erase({ phone: PHONE, reason: 'asked by letter' });
    const read = async (id: string) => (await house.get(`/api/leads/${id}`)).body;
    expect(await read(known.sentId)).toMatchObject({
      status: 'assigned',
      name: null,
      email: null,
      phone: null,
      ghl_contact_id: null,
      vertical: 'MCA',
      credit_score: 700,
      erased_at: new Date(house.runtime.clock.now()).toISOString(),
      decisions: [{ status: 'assigned' }],
    });
    expect(await read(known.waitingId)).toMatchObject({
      status: 'rejected',
      rejection_reason: 'erased',
    });
    expect(await read(known.callerId)).toMatchObject({ status: 'closed', qualification: null });
    const { body: after } = await house.get<{ data: { leads_delivered: number }[] }>('/api/orders');
    expect(after.data).toEqual(order.data);
    const { body: queue } = await house.get<{ data: { lead: { id: string } }[] }>(
      '/api/unassigned',
    );
    expect(queue.data.map(({ lead }) => lead.id)).not.toContain(known.waitingId);
    const sent = house.crm.requests.length;
    const messages = async () =>
      (await house.messages()).filter(
        (one) => (one as { lead_id?: unknown }).lead_id === known.callerId,
      );
    const told = await messages();
    house.runtime.advance(3 * 86_400_000);
    await house.work();
    await house.service.deliverDue();
    await house.service.escalateDue();
    expect(await messages()).toEqual(told);
    const posted = house.crm.requests
      .slice(sent)
      .map(({ body }) => body)
      .join();
    // The bystander's own held lead has gone out in these days.
    expect(posted).toContain('Bystander-3');
    for (const id of Object.values(known)) expect(posted).not.toContain(id);
    const { body: log } = await house.get<{ data: { action: string; after: unknown }[] }>(
      `/api/activity?subject_id=${known.sentId}&subject_type=lead`,
    );
    expect(log.data[0]).toMatchObject({
      action: 'lead.erased',
      after: { reason: 'asked by letter' },
    });
  });

  test('nothing can be done with an erased lead, and its pages open', async () => {
    await erase({ phone: PHONE });
    const { body: orders } = await house.get<{ data: { id: string }[] }>('/api/orders');
    const refusals = [
      await house.post(`/api/leads/${known.waitingId}/reroute`),
      await house.post(`/api/leads/${known.waitingId}/assign`, { order_id: orders.data[0]?.id }),
      await house.post(`/api/leads/${known.sentId}/reassign`, { order_id: orders.data[0]?.id }),
      await house.post(`/api/leads/${known.callerId}/distribute`, {
        vertical: 'MCA',
        funding_amount: 20_000,
      }),
      await house.post('/api/qualify', { lead_id: known.callerId }),
      await house.post('/api/tasks', { lead_id: known.callerId, reason: 'other' }),
      await house.post('/api/appointments', {
        lead_id: known.callerId,
        scheduled_at: '2026-06-01T09:00:00Z',
      }),
    ];
    expect(refusals.map(({ status, body }) => [status, body.error])).toEqual(
      refusals.map(() => [409, 'erased']),
    );
    const retried = await house.post(`/api/deliveries/${known.failedDeliveryId}/retry`);
    expect([retried.status, retried.body.error]).toEqual([409, 'cancelled']);
    const admin = await signedIn(house, 'admin', { tls: true });
    const pages = [
      ...[known.callerId, known.sentId, known.heldId, known.waitingId].map((id) => `/leads/${id}`),
      `/deliveries/${known.failedDeliveryId}`,
      '/leads',
      '/messages',
      '/tasks?view=all',
      '/activity',
      '/unassigned',
    ];
    for (const path of pages) {
      expect([path, (await getPage(house, path, admin.cookie)).status]).toEqual([path, 200]);
    }
    for (const id of [known.callerId, known.sentId]) {
      expect((await house.get(`/api/leads/${id}/timeline`)).status).toBe(200);
    }
  });

  test('repeated under its key it answers as before; asked anew, nobody is there', async () => {
    const first = await erase({ email: EMAIL, phone: PHONE }, 'erasure-1');
    const again = await erase({ email: EMAIL, phone: PHONE }, 'erasure-1');
    expect(again.body).toEqual(first.body);
    const anew = await erase({ email: EMAIL, phone: PHONE });
    expect([anew.status, anew.body]).toMatchObject([404, { error: 'person_not_found' }]);
    expect((await erase({ lead_ids: [known.sentId] })).body.cancelled).toEqual({
      deliveries: 0,
      messages: 0,
      tasks: 0,
    });
  });

  test('while something is on its way it is refused, and changes nothing', async () => {
    const outside = await openOutside(house.database);
    await outside.run(
      `update deliveries set claim_id = 'worker', due_at = '2999-01-01T00:00:00.000Z' where lead_id = '${known.heldId}'`,
    );
    await outside.close();
    const refused = await erase({ phone: PHONE });
    expect([refused.status, refused.body]).toMatchObject([409, { error: 'in_flight' }]);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect((await house.get(`/api/leads/${known.sentId}`)).body.erased_at).toBeNull();
  });

  test('a text whose sending nobody finished is not asked after any more', async () => {
    const outside = await openOutside(house.database);
    const [message] = await house.messages(`?lead_id=${known.callerId}&direction=outbound`);
    await outside.run(
      `update messages set status = 'sending', claim_id = 'dead', due_at = '2026-03-01T00:00:00.000Z' where id = '${message?.id}'`,
    );
    expect((await erase({ phone: PHONE })).status).toBe(200);
    const asked = house.twilio.requests.length;
    await house.work();
    expect(house.twilio.requests.length).toBe(asked);
    const [row] = await outside.all(`select due_at from messages where id = '${message?.id}'`);
    await outside.close();
    expect(row).toEqual({ due_at: null });
  });

  test('a text from a number that has no lead is found by the number', async () => {
    await house.text('+12025550188', 'STOP, says Xanthippe');
    const { body } = await person({ phone: '+12025550188' });
    expect(body.lead_ids).toEqual([]);
    expect(Object.keys(body.data).sort()).toEqual(['messages', 'source_events', 'suppressions']);
    await erase({ phone: '+12025550188' });
    expect([...(await tracesIn(house.database, ['xanthippe', '2025550188'])).keys()]).toEqual([
      'suppressions',
    ]);
  });

  test('an address that only ends or begins alike is somebody else’s', async () => {
    await house.text('+12025550189', 'STOP. I am joann@example.com');
    const ann = await person({ email: 'ann@example.com' });
    expect([ann.status, ann.body]).toMatchObject([404, { error: 'person_not_found' }]);
    const joann = await person({ email: 'Joann@example.com' });
    expect(joann.body.data.source_events).toHaveLength(1);
    expect((await person({ email: 'joann@example.co' })).status).toBe(404);
  });

  test('a number that thousands share is nobody’s own', async () => {
    for (const part of ['a', 'b', 'c']) {
      const leads = Array.from({ length: 400 }, (_, n) => ({
        ghl_contact_id: `${part}${n}`,
        phone: '+12025550100',
      }));
      expect((await house.post('/api/leads/incoming/batch', { leads })).status).toBe(200);
    }
    const refused = await erase({ phone: '+12025550100' });
    expect([refused.status, refused.body]).toMatchObject([409, { error: 'too_many_leads' }]);
  });

  test('says what is missing or wrong', async () => {
    const nobody = await person({ phone: '+12025550199' });
    expect([nobody.status, nobody.body]).toMatchObject([404, { error: 'person_not_found' }]);
    const wrong = [{}, { phone: '12' }, { email: 'nobody' }, { lead_ids: [] }, { lead_ids: ['x'] }];
    for (const body of wrong) {
      const { status, body: answer } = await house.post<{ details: Record<string, string> }>(
        '/api/privacy/export',
        body,
      );
      const field = Object.keys(body)[0] ?? 'lead_ids';
      expect([status, Object.keys(answer.details)[0]?.split('.')[0]]).toEqual([400, field]);
    }
  });
});

test('every way to the rows of a person has an index: a million others are not looked at', async () => {
  const house = await startHouse('sqlite');
  const outside = await openOutside(house.database);
  const scans: string[] = [];
  for (const { table, rows, erased } of PERSONAL_TABLES) {
    if (erased === 'kept' || Object.keys(erased).length === 0) continue;
    for (const [column] of rows) {
      const plan = await outside.all(
        `explain query plan delete from "${table}" where "${column}" in (select value from json_each('[]'))`,
      );
      const found = plan.some(({ detail }) => String(detail).startsWith(`SEARCH ${table} `));
      if (!found) scans.push(`${table}.${column}`);
    }
  }
  await outside.close();
  await house.stop();
  expect(scans).toEqual([]);
});

describe.each(DATABASES)('personal data in the dashboard on %s', (database) => {
  let house: House;
  let known: Known;
  beforeAll(async () => {
    house = await startHouse(database);
    known = await leaveTraces(house, { ...BYSTANDER, first: 'Zephyrine', hobby: 'mandolin' });
  });
  afterAll(() => house.stop());

  test('an admin downloads what is stored, and nobody else can', async () => {
    const admin = await signedIn(house, 'admin', { tls: true });
    const agent = await signedIn(house, 'agent', { tls: true });
    const path = `/leads/${known.callerId}`;
    expect((await getPage(house, path, admin.cookie)).text).toContain('Erase personal data');
    expect((await getPage(house, path, agent.cookie)).text).not.toContain('Erase personal data');
    const file = await getPage(house, `${path}?format=personal-data`, admin.cookie);
    expect(file.headers.get('content-disposition')).toContain(`personal-data-${known.callerId}`);
    expect(JSON.parse(file.text)).toMatchObject({ data: { leads: [{ first_name: 'Zephyrine' }] } });
    const refused = await getPage(house, `${path}?format=personal-data`, agent.cookie);
    expect(refused.headers.get('content-type')).toContain('text/html');
    const erased = await postForm(house, path, { do: 'erase' }, agent.cookie);
    expect(erased.status).toBe(403);
  });

  test('erasing says once who else has the data; the page then offers nothing more', async () => {
    const admin = await signedIn(house, 'admin', { tls: true });
    const path = `/leads/${known.sentId}`;
    const erased = await postForm(house, path, { do: 'erase' }, admin.cookie);
    expect(erased.status).toBe(200);
    expect(erased.text).toContain(`href="/brokers/${house.brokerId}"`);
    const after = (await getPage(house, path, admin.cookie)).text;
    expect(after).toContain('Erased on');
    expect(after).toContain('<h1><bdi>Erased lead</bdi></h1>');
    expect(after).not.toContain('Zephyrine');
    expect(after).not.toContain('Move to another order');
    expect((await getPage(house, `${path}?open=edit`, admin.cookie)).text).not.toContain(
      'name="first_name"',
    );
  });
});
