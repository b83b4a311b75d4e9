import {
  intake,
  leadOf,
  makeBroker,
  makeKey,
  makeOrder,
  readLead,
  wipe,
} from '../support/builders.js';
import { DATABASES } from '../support/databases.js';
import { startTestService, type TestService } from '../support/service.js';

describe.each(DATABASES)('what intake keeps beside the fields on %s', (database) => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService(database);
  });
  afterEach(() => wipe(service));
  afterAll(() => service.stop());

  const events = () =>
    service.store.db.selectFrom('source_events').selectAll().orderBy('id').execute();

  test('the payload is kept to the byte as the first source event', async () => {
    const raw =
      '{ "ghl_contact_id" : "raw-1",\n\t"funding_amount": 5.0e4, "n":12345678901234567890,' +
      '"dup":1,"dup":2,"nul":"\\u0000","half":"\\ud800","emoji":"🙂","esc":"\\u00e9", "tags":[ null,true ] } ';
    const answer = await service.post<{ lead_id: string }>('/api/leads/incoming', undefined, {
      raw,
    });
    expect(answer.status).toBe(200);
    expect(await events()).toMatchObject([
      {
        lead_id: answer.body.lead_id,
        kind: 'intake',
        provider: 'api',
        received_at: '2026-03-10T15:00:00.000Z',
        raw,
      },
    ]);
  });

  test('elements of a batch are kept as they stood in it', async () => {
    const one =
      '{"ghl_contact_id":"b-1", "n":12345678901234567890, "dup":1,"dup":2, "t":"]},\\"{["}';
    const two = '{ "ghl_contact_id" : "b-2" , "x" : [ 1.0 , { "y" : "\\ud800" } ] }';
    const raw = `{"other":{"leads":[1]},"le\\u0061ds": [ ${one} ,\n ${two} ] , "after": 1}`;
    const answer = await service.post('/api/leads/incoming/batch', undefined, { raw });
    expect(answer.status).toBe(200);
    expect((await events()).map((event) => event.raw)).toEqual([one, two]);
  });

  test('unknown fields change nothing, not even those that have the names of columns', async () => {
    const order = await makeOrder(service);
    const payload = leadOf({
      id: 'mine',
      kind: 'response',
      status: 'assigned',
      source: 'spoofed',
      assigned_order_id: 'mine',
      broker_pool: '[]',
      version: 9,
      created_at: '2000-01-01T00:00:00.000Z',
      custom: { deep: [1, { two: 2 }] },
    });
    const answer = await service.post<{ lead_id: string }>('/api/leads/incoming', payload);
    expect(await readLead(service, answer.body.lead_id)).toMatchObject({
      id: answer.body.lead_id,
      kind: 'distribution',
      source: 'LEADLOOP_ADMIN_KEY',
      assigned_order_id: order.id,
      version: 1,
      created_at: '2026-03-10T15:00:00.000Z',
    });
    expect(await events()).toMatchObject([{ raw: JSON.stringify(payload) }]);
  });

  test('a lead that is rejected keeps its payload too', async () => {
    const payload = leadOf({ credit_score: 400, custom: 'kept' });
    await service.post('/api/leads/incoming', payload);
    expect(await events()).toMatchObject([{ raw: JSON.stringify(payload) }]);
  });

  test("a key limited to brokers has its leads scored against those brokers' orders alone", async () => {
    const mine = await makeBroker(service, { name: 'Mine' });
    const other = await makeBroker(service, { name: 'Other' });
    const worse = await makeOrder(service, { broker_id: mine.id, credit_score_min: 690 });
    await makeOrder(service, { broker_id: other.id, priority: 'high' });
    const partner = await makeKey(service, ['intake'], {
      name: 'Partner feed',
      broker_ids: [mine.id],
    });
    const answer = await intake(service, {}, { key: partner.token });
    expect(answer.assignment).toMatchObject({ status: 'assigned', order_id: worse.id });
    const logs = await service.get<{ data: { order_id: string }[] }>(
      `/api/leads/${answer.lead_id}/routing-logs`,
    );
    expect(logs.body.data.map((entry) => entry.order_id)).toEqual([worse.id]);
    expect(await readLead(service, answer.lead_id)).toMatchObject({ source: 'Partner feed' });
  });

  test('a limited key whose brokers have no active order leaves its leads unassigned', async () => {
    const mine = await makeBroker(service);
    await makeOrder(service);
    const { token } = await makeKey(service, ['intake'], { broker_ids: [mine.id] });
    expect((await intake(service, {}, { key: token })).assignment).toMatchObject({
      status: 'unassigned',
      reason_code: 'no_active_orders',
    });
  });

  test('the limits of the key hold when the lead is tried again later', async () => {
    const mine = await makeBroker(service);
    const { token } = await makeKey(service, ['intake'], { broker_ids: [mine.id] });
    await makeOrder(service);
    const { lead_id } = await intake(service, {}, { key: token });
    await makeOrder(service, { priority: 'high' });
    await service.service.retriesIdle();
    expect((await readLead(service, lead_id)).status).toBe('unassigned');
    const order = await makeOrder(service, { broker_id: mine.id });
    await service.service.retriesIdle();
    expect(await readLead(service, lead_id)).toMatchObject({
      status: 'assigned',
      assigned_order_id: order.id,
    });
  });
});
