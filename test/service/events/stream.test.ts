import pg from 'pg';

import { DATABASES } from '../../support/databases.js';
import { intake, makeBroker, makeKey, makeOrder } from '../../support/builders.js';
import { startTestService, type TestService } from '../../support/service.js';
import { emit, emitMany, readStream, upTo, type EventBody } from './setup.js';

const numbersOf = (events: EventBody[]): unknown[] => events.map((event) => event.data.n);

describe.each(DATABASES)('the event stream on %s', (database) => {
  let service: TestService;

  beforeEach(async () => {
    service = await startTestService(database);
  });
  afterEach(() => service.stop());

  test('tells what happened to a lead, in order, with the documented shape', async () => {
    const broker = await makeBroker(service);
    const order = await makeOrder(service, { broker_id: broker.id });
    const { lead_id } = await intake(service, {});
    const { data } = await readStream(service);
    expect(data).toEqual([
      {
        id: expect.any(String),
        type: 'lead.created',
        occurred_at: '2026-03-10T15:00:00.000Z',
        data: expect.objectContaining({ lead_id }),
      },
      {
        id: expect.any(String),
        type: 'lead.assigned',
        occurred_at: '2026-03-10T15:00:00.000Z',
        data: { lead_id, order_id: order.id, broker_id: broker.id },
      },
    ]);
  });

  test('pages follow one another without a gap, and the last cursor finds what comes later', async () => {
    await emitMany(service, 5);
    const first = await readStream(service, '?limit=2');
    expect(numbersOf(first.data)).toEqual([0, 1]);
    const second = await readStream(service, `?limit=2&after=${first.next_cursor}`);
    expect(numbersOf(second.data)).toEqual([2, 3]);
    const third = await readStream(service, `?limit=2&after=${second.next_cursor}`);
    expect(numbersOf(third.data)).toEqual([4]);
    const end = await readStream(service, `?limit=2&after=${third.next_cursor}`);
    expect(end).toEqual({ data: [], next_cursor: third.next_cursor });
    await emitMany(service, 1, 'lead.created', 5);
    const later = await readStream(service, `?after=${third.next_cursor}`);
    expect(numbersOf(later.data)).toEqual([5]);
  });

  test('an empty stream has a cursor from which to go on', async () => {
    const empty = await readStream(service);
    expect(empty).toEqual({ data: [], next_cursor: expect.any(String) });
    await emitMany(service, 1);
    expect((await readStream(service, `?after=${empty.next_cursor}`)).data).toHaveLength(1);
  });

  test('reads on after the id of an event', async () => {
    await emitMany(service, 3);
    const { data } = await readStream(service, '?limit=1');
    const rest = await readStream(service, `?after=${data[0]?.id}`);
    expect(numbersOf(rest.data)).toEqual([1, 2]);
  });

  test('shows only the types that are asked for and passes over the others', async () => {
    await emit(
      service,
      { type: 'lead.created', data: { n: 0 } },
      { type: 'lead.assigned', data: { n: 1 } },
      { type: 'provider.degraded', data: { n: 2 } },
      { type: 'lead.created', data: { n: 3 } },
    );
    const page = await readStream(service, '?types=provider.degraded,%20lead.assigned');
    expect(numbersOf(page.data)).toEqual([1, 2]);
    const end = await readStream(service, `?types=lead.assigned&after=${page.next_cursor}`);
    expect(end).toEqual({ data: [], next_cursor: page.next_cursor });
  });

  test('finds a rare type behind very many others', async () => {
    await emit(service, { type: 'task.created', data: { n: -1 } });
    for (const step of upTo(5)) await emitMany(service, 5000, 'lead.created', step * 5000);
    await emit(service, { type: 'task.created', data: { n: -2 } });
    const page = await readStream(service, '?types=task.created&limit=5');
    expect(numbersOf(page.data)).toEqual([-1, -2]);
    expect((await readStream(service, `?after=${page.next_cursor}`)).data).toEqual([]);
  });

  test('needs the scope read', async () => {
    const intakeKey = await makeKey(service, ['intake']);
    const readKey = await makeKey(service, ['read']);
    expect((await service.get('/api/events', { key: intakeKey.token })).status).toBe(403);
    expect((await service.get('/api/events', { key: readKey.token })).status).toBe(200);
  });

  test('forgets events that are older than they are kept, in several steps, and keeps the others', async () => {
    await emitMany(service, 2500);
    service.runtime.advance(29 * 86_400_000);
    await emitMany(service, 2, 'lead.created', 2500);
    await service.service.forgetOldEvents();
    expect((await readStream(service, '?limit=1')).data).toHaveLength(1);
    const before = await readStream(service, '?limit=1');
    service.runtime.advance(86_400_001);
    await service.service.forgetOldEvents();
    expect(numbersOf((await readStream(service)).data)).toEqual([2500, 2501]);
    // A cursor from before goes on with the oldest event that is kept.
    const after = await readStream(service, `?after=${before.next_cursor}&types=lead.created`);
    expect(numbersOf(after.data)).toEqual([2500, 2501]);
  });

  test('does not begin anew when everything was forgotten', async () => {
    await emitMany(service, 3);
    const { next_cursor } = await readStream(service);
    service.runtime.advance(31 * 86_400_000);
    await service.service.forgetOldEvents();
    expect(await readStream(service, `?after=${next_cursor}`)).toEqual({ data: [], next_cursor });
    await emitMany(service, 2, 'lead.created', 3);
    expect(numbersOf((await readStream(service, `?after=${next_cursor}`)).data)).toEqual([3, 4]);
  });
});

describe.each(DATABASES)('queries of the event stream that are refused on %s', (database) => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService(database);
  });
  afterAll(() => service.stop());

  test.each([
    ['after=nonsense', { after: 'is not a cursor of this list' }],
    [
      `after=${Buffer.from('["-1"]').toString('base64url')}`,
      { after: 'is not a cursor of this list' },
    ],
    [
      'after=019531a0-0000-7000-8000-000000000000',
      { after: 'is not the id of an event, or of one that is no longer kept' },
    ],
    ['types=lead.lost', { types: expect.stringMatching(/^must be of lead\.created, /) }],
    ['limit=201', { limit: 'must be a whole number from 1 to 200' }],
  ])('refuses %s and says why', async (query, details) => {
    const answer = await service.get(`/api/events?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { error: 'validation_error', details } });
  });
});

describe('the order of the event stream on postgres', () => {
  let service: TestService;
  let clients: pg.Client[];

  beforeEach(async () => {
    service = await startTestService('postgres');
    clients = await Promise.all(
      upTo(2).map(async () => {
        const client = new pg.Client({ connectionString: service.database.url });
        await client.connect();
        await client.query('begin');
        return client;
      }),
    );
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.end()));
    await service.stop();
  });

  const insert = async (client: pg.Client | undefined, n: number): Promise<number> => {
    const { rows } = (await client?.query(
      "insert into events (id, type, occurred_at, data) values ($1, 'lead.created', '2026-03-10T15:00:00.000Z', $2) returning seq",
      [service.runtime.newId(), JSON.stringify({ n })],
    )) as { rows: { seq: string }[] };
    return Number(rows[0]?.seq);
  };

  test('an event that is committed after one with a higher number is not passed over', async () => {
    const [early, late] = clients;
    const lower = await insert(early, 1);
    const higher = await insert(late, 2);
    expect(higher).toBeGreaterThan(lower);
    await late?.query('commit');
    const first = await readStream(service);
    // What is committed is not held up by the transaction that is still under way.
    expect(numbersOf(first.data)).toEqual([2]);
    await early?.query('commit');
    const second = await readStream(service, `?after=${first.next_cursor}`);
    expect(numbersOf(second.data)).toEqual([1]);
    expect(numbersOf((await readStream(service)).data)).toEqual([2, 1]);
  });

  test('a subscription made in between gets the late one and not the early one', async () => {
    const [early, late] = clients;
    await insert(early, 1);
    await insert(late, 2);
    await late?.query('commit');
    const { body } = await service.post<{ id: string }>('/api/subscriptions', {
      url: 'http://127.0.0.1:9/hook',
      events: ['lead.created'],
    });
    await early?.query('commit');
    await service.service.handOnDue();
    const rows = await service.store.db
      .selectFrom('hand_ons')
      .innerJoin('events', 'events.seq', 'hand_ons.event_seq')
      .select(['hand_ons.subscription_id', 'events.data'])
      .execute();
    expect(rows).toEqual([{ subscription_id: body.id, data: '{"n":1}' }]);
  });

  test('readers at the same time agree on one order', async () => {
    const [early, late] = clients;
    await insert(early, 1);
    await insert(late, 2);
    await late?.query('commit');
    await early?.query('commit');
    const orders = await Promise.all(upTo(8).map(() => readStream(service)));
    expect(new Set(orders.map(({ data }) => JSON.stringify(numbersOf(data))))).toEqual(
      new Set(['[1,2]']),
    );
  });
});
