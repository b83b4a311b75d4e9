import { EVENT_TYPES, type EventType } from '../../../scoring-service/src/events/events.js';
import { startFakeCrm, status, type FakeCrm } from '../../fakes/crm.js';
import { intake, makeBroker, makeOrder, sendLead, until } from '../../support/builders.js';
import {
  createDatabase,
  DATABASES,
  type DatabaseName,
  type TestDatabase,
} from '../../support/databases.js';
import { testRuntime } from '../../support/runtime.js';
import {
  startTestService,
  type TestService,
  type TestServiceOptions,
} from '../../support/service.js';
import { verifySigned } from '../delivery/setup.js';
import {
  emit,
  emitMany,
  numbers,
  readStream,
  received,
  subscribe,
  upTo,
  waitingHandOns,
  webhookIds,
  type SubscriptionBody,
} from './setup.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const sorted = (values: unknown[]): unknown[] => [...values].sort((a, b) => Number(a) - Number(b));

describe.each(DATABASES)('handing events on, on %s', (database) => {
  let service: TestService;
  let receiver: FakeCrm;

  beforeEach(async () => {
    service = await startTestService(database, { env: { EGRESS_ALLOW_CIDRS: '' } });
    receiver = await startFakeCrm();
  });
  afterEach(async () => {
    await service.stop();
    await receiver.close();
  });

  const read = async (id: string) =>
    (await service.get<SubscriptionBody>(`/api/subscriptions/${id}`)).body;
  const handOn = () => service.service.handOnDue();

  test('posts the event as the stream shows it, signed so that the reference library agrees', async () => {
    const { secret } = await subscribe(service, receiver);
    await emitMany(service, 1);
    await handOn();
    const [request] = receiver.requests;
    if (request === undefined) throw new Error('No request came.');
    const { data } = await readStream(service);
    expect(verifySigned(request, secret, service.runtime.clock.now())).toEqual(data[0]);
    expect(JSON.parse(request.body)).toEqual(data[0]);
    expect(Object.keys(JSON.parse(request.body) as object)).toEqual([
      'id',
      'type',
      'occurred_at',
      'data',
    ]);
    expect(request.headers).toMatchObject({
      'webhook-id': data[0]?.id,
      'webhook-timestamp': String(service.runtime.clock.now() / 1000),
      'content-type': 'application/json',
      'user-agent': 'LeadLoop/0.0.0-test',
    });
    expect(request.path).toBe('/hook');
    expect(() =>
      verifySigned({ ...request, body: `${request.body} ` }, secret, service.runtime.clock.now()),
    ).toThrow('No matching signature');
  });

  test('every type of event arrives', async () => {
    await subscribe(service, receiver, [...EVENT_TYPES]);
    await emit(service, ...EVENT_TYPES.map((type) => ({ type, data: { of: type } })));
    await handOn();
    expect(
      received(receiver)
        .map(({ type, data }) => [type, data.of])
        .sort(),
    ).toEqual(EVENT_TYPES.map((type) => [type, type]).sort());
  });

  test('what intake, routing and delivery tell arrives', async () => {
    const other = await startTestService(database, {
      env: { EGRESS_ALLOW_CIDRS: '127.0.0.0/8', DELIVERY_RETRY_DELAYS: '0' },
    });
    const crm = await startFakeCrm();
    await subscribe(other, receiver, [...EVENT_TYPES]);
    const broker = await makeBroker(other, { crm_webhook_url: crm.url() });
    await makeOrder(other, { broker_id: broker.id });
    crm.next({ kind: 'answer', status: 200 });
    crm.behave(status(500));
    for (let count = 0; count < 6; count += 1) {
      await intake(other);
      await other.service.deliverDue();
    }
    crm.behave({ kind: 'answer', status: 200 });
    await intake(other);
    other.runtime.advance(HOUR);
    await other.service.deliverDue();
    await sendLead(other, { credit_score: 500 });
    await other.post(`/api/brokers/${broker.id}/pause`);
    await intake(other);
    await other.service.handOnDue();
    expect([...new Set(received(receiver).map(({ type }) => type))].sort()).toEqual([
      'broker.breaker_closed',
      'broker.breaker_opened',
      'delivery.failed',
      'delivery.sent',
      'lead.assigned',
      'lead.created',
      'lead.rejected',
      'lead.unassigned',
    ]);
    const { data } = await readStream(other, '?limit=200');
    expect(
      received(receiver)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(data.map(({ id }) => id).sort());
    await other.stop();
    await crm.close();
  });

  test('each subscription gets the types that it asked for', async () => {
    const second = await startFakeCrm();
    await subscribe(service, receiver, ['lead.assigned']);
    await subscribe(service, second, ['lead.assigned', 'task.created']);
    const types: EventType[] = ['lead.created', 'lead.assigned', 'task.created', 'lead.assigned'];
    await emit(service, ...types.map((type, n) => ({ type, data: { n } })));
    await handOn();
    expect(sorted(numbers(receiver))).toEqual([1, 3]);
    expect(sorted(numbers(second))).toEqual([1, 2, 3]);
    expect(webhookIds(second)).toEqual(expect.arrayContaining(webhookIds(receiver)));
    await second.close();
  });

  test('a failure is repeated with the same id and body, signed anew', async () => {
    const { secret } = await subscribe(service, receiver);
    receiver.next(status(500));
    await emitMany(service, 1);
    await handOn();
    service.runtime.advance(5 * SECOND - 1);
    await handOn();
    expect(receiver.requests).toHaveLength(1);
    service.runtime.advance(1);
    await handOn();
    const [first, second] = receiver.requests;
    if (first === undefined || second === undefined) throw new Error('Two requests were to come.');
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(second.body).toBe(first.body);
    expect(Number(second.headers['webhook-timestamp'])).toBe(
      Number(first.headers['webhook-timestamp']) + 5,
    );
    expect(() => verifySigned(second, secret, service.runtime.clock.now())).not.toThrow();
    service.runtime.advance(HOUR);
    await handOn();
    expect(receiver.requests).toHaveLength(2);
    expect(await waitingHandOns(service)).toBe(0);
  });

  test('a failing subscription says since when and how, until it receives again', async () => {
    const { id } = await subscribe(service, receiver);
    receiver.next(status(503, { 'Retry-After': '120' }));
    await emitMany(service, 1);
    await handOn();
    expect(await read(id)).toMatchObject({
      status: 'active',
      failing_since: '2026-03-10T15:00:00.000Z',
      last_failure: 'server_error',
    });
    service.runtime.advance(119 * SECOND);
    await handOn();
    expect(receiver.requests).toHaveLength(1);
    service.runtime.advance(SECOND);
    await handOn();
    expect(receiver.requests).toHaveLength(2);
    expect(await read(id)).toMatchObject({ failing_since: null, last_failure: null });
  });

  test('is given up after the last attempt and stays in the stream', async () => {
    const other = await startTestService(database, { env: { DELIVERY_RETRY_DELAYS: '0,5,60' } });
    receiver.behave(status(500));
    await subscribe(other, receiver);
    await emitMany(other, 1);
    for (const wait of [0, 5, 60, 3600]) {
      other.runtime.advance(wait * SECOND);
      await other.service.handOnDue();
    }
    expect(receiver.requests).toHaveLength(3);
    expect(await waitingHandOns(other)).toBe(0);
    expect((await readStream(other)).data).toHaveLength(1);
    await other.stop();
  });

  test('a receiver that was down for an hour gets everything, what failed first of all and then the rest in order', async () => {
    await subscribe(service, receiver);
    receiver.behave({ kind: 'reset' });
    for (const step of upTo(60)) {
      await emitMany(service, 5, 'lead.created', step * 5);
      await handOn();
      service.runtime.advance(MINUTE);
    }
    const tried = new Set(webhookIds(receiver));
    // While it is down it is only probed now and then.
    expect(receiver.requests.length).toBeLessThan(40);
    receiver.requests.length = 0;
    receiver.behave({ kind: 'answer', status: 200 });
    // The one that served as probe is by then at the longer waits of the schedule.
    for (let turn = 0; turn < 6; turn += 1) {
      service.runtime.advance(30 * MINUTE);
      await handOn();
    }
    expect(sorted(numbers(receiver))).toEqual(upTo(300));
    expect(new Set(webhookIds(receiver)).size).toBe(300);
    // Eight at a time are under way, so that neighbours may overtake one another by that much.
    const fresh = received(receiver)
      .filter(({ id }) => !tried.has(id))
      .map(({ data }) => Number(data.n));
    expect(fresh.length).toBeGreaterThan(250);
    fresh.forEach((n, index) => {
      const place = sorted(fresh)[index];
      expect(Math.abs(n - Number(place))).toBeLessThanOrEqual(16);
    });
    expect(await waitingHandOns(service)).toBe(0);
  });

  test('a receiver that never answers does not delay another subscription', async () => {
    const slow = await startFakeCrm();
    slow.behave({ kind: 'hang' });
    await subscribe(service, slow);
    await subscribe(service, receiver);
    await emitMany(service, 100);
    const handedOn = handOn();
    await receiver.arrived(100);
    expect(slow.requests).toHaveLength(8);
    expect(slow.open()).toBe(8);
    slow.behave({ kind: 'answer', status: 200 });
    slow.release();
    await handedOn;
    expect(sorted(numbers(slow))).toEqual(upTo(100));
    await slow.close();
  });

  test('no attempt at one hand-on overlaps another', async () => {
    await subscribe(service, receiver);
    await subscribe(service, receiver, ['lead.created'], '/second');
    await emitMany(service, 40);
    await Promise.all(upTo(4).map(handOn));
    // Two subscriptions, so that an id may be open twice, once for each.
    expect(Math.max(...receiver.requests.map(({ together }) => together))).toBeLessThanOrEqual(2);
    expect(receiver.requests).toHaveLength(80);
    expect(new Set(receiver.requests.map((one) => `${one.path} ${one.body}`)).size).toBe(80);
  });

  test('an address that a name resolves to is judged when connecting', async () => {
    const other = await startTestService(database, {
      deliveryAgent: {
        resolver: () => Promise.resolve([{ address: '169.254.169.254', family: 4 }]),
      },
    });
    const { body } = await other.post<SubscriptionBody>('/api/subscriptions', {
      url: 'http://metadata.example.com/latest',
      events: ['lead.created'],
    });
    await emitMany(other, 1);
    await other.service.handOnDue();
    const shown = await other.get<SubscriptionBody>(`/api/subscriptions/${body.id}`);
    expect(shown.body).toMatchObject({ last_failure: 'egress_refused' });
    await other.stop();
  });

  test('a redirect is a failure and is not followed', async () => {
    const { id } = await subscribe(service, receiver);
    receiver.next(status(302, { Location: receiver.url('/elsewhere') }));
    await emitMany(service, 1);
    await handOn();
    expect(receiver.requests).toHaveLength(1);
    expect(await read(id)).toMatchObject({ last_failure: 'redirect' });
  });

  test('events that are no longer kept are not handed on either', async () => {
    receiver.behave(status(500));
    await subscribe(service, receiver);
    await emitMany(service, 20);
    await handOn();
    service.runtime.advance(31 * 24 * HOUR);
    await service.service.forgetOldEvents();
    expect(await waitingHandOns(service)).toBe(0);
    receiver.requests.length = 0;
    receiver.behave({ kind: 'answer', status: 200 });
    await emitMany(service, 1, 'lead.created', 20);
    await handOn();
    expect(numbers(receiver)).toEqual([20]);
  });

  test('metrics count attempts and first attempts', async () => {
    await subscribe(service, receiver);
    receiver.next(status(500));
    await emitMany(service, 2);
    await handOn();
    const text = await (await fetch(`${service.address}/metrics`)).text();
    expect(text).toContain('leadloop_event_attempts_total{outcome="sent"} 1');
    expect(text).toContain('leadloop_event_attempts_total{outcome="server_error"} 1');
    expect(text).toContain('leadloop_event_first_attempt_seconds_count 2');
  });
});

/** Closes at the end of each test, last first, what the test opened, however it ended. */
const opened: (() => Promise<unknown>)[] = [];

async function closeOpened(): Promise<void> {
  for (const close of opened.splice(0).reverse()) await close();
}

async function openReceiver(): Promise<FakeCrm> {
  const receiver = await startFakeCrm();
  opened.push(() => receiver.close());
  return receiver;
}

async function openService(
  database: DatabaseName,
  options: TestServiceOptions,
): Promise<TestService> {
  const service = await startTestService(database, options);
  opened.push(() => service.stop());
  return service;
}

async function openDatabase(database: DatabaseName): Promise<TestDatabase> {
  const made = await createDatabase(database);
  opened.push(() => made.drop());
  return made;
}

describe.each(DATABASES)('workers that come and go on %s', (name) => {
  afterEach(closeOpened);

  test('what a worker had taken when it died is handed on by the next, with the same ids', async () => {
    const database = await openDatabase(name);
    const receiver = await openReceiver();
    const runtime = testRuntime();
    // Its attempts hang until the end of the test, as if its process had ended: nobody asks it to
    // stop, and it writes nothing more.
    const first = await openService(name, { runtime, database });
    await subscribe(first, receiver);
    await emitMany(first, 20);
    receiver.behave({ kind: 'hang' });
    void first.service.handOnDue();
    await receiver.arrived(8);
    const taken = webhookIds(receiver);
    receiver.requests.length = 0;
    receiver.behave({ kind: 'answer', status: 200 });

    const second = await openService(name, { runtime, database });
    await second.service.handOnDue();
    expect(sorted(numbers(receiver))).toEqual(upTo(20).slice(8));
    runtime.advance(60 * SECOND);
    await second.service.handOnDue();
    expect(webhookIds(receiver).slice(12).sort()).toEqual(taken.sort());
    expect(sorted(numbers(receiver))).toEqual(upTo(20));
    expect(await waitingHandOns(second)).toBe(0);
    receiver.release();
  });

  test('a result that comes after its claim has passed to another worker changes nothing', async () => {
    const database = await openDatabase(name);
    const receiver = await openReceiver();
    const runtime = testRuntime();
    const first = await openService(name, { runtime, database });
    const second = await openService(name, { runtime, database });
    await subscribe(first, receiver);
    await emitMany(first, 1);
    receiver.next({ kind: 'hang' }, status(500));
    const late = first.service.handOnDue();
    await receiver.arrived(1);
    runtime.advance(60 * SECOND);
    await second.service.handOnDue();
    expect(receiver.requests).toHaveLength(2);
    receiver.release(200);
    await late;
    expect(await waitingHandOns(second)).toBe(1);
    runtime.advance(5 * SECOND);
    await second.service.handOnDue();
    expect(receiver.requests).toHaveLength(3);
    expect(await waitingHandOns(second)).toBe(0);
  });

  test('events that nobody had taken yet are handed on after a restart', async () => {
    const database = await openDatabase(name);
    const receiver = await openReceiver();
    const first = await startTestService(name, { database });
    await subscribe(first, receiver);
    await emitMany(first, 5);
    await first.stop();
    const second = await openService(name, { database });
    await second.service.handOnDue();
    expect(sorted(numbers(receiver))).toEqual(upTo(5));
  });

  test('events that a subscription does not want cost it no write, and none that it wants is passed over', async () => {
    const database = await openDatabase(name);
    const receiver = await openReceiver();
    const first = await openService(name, { database });
    const { id } = await subscribe(first, receiver);
    const place = async () =>
      (
        await first.store.db
          .selectFrom('subscriptions')
          .select('position')
          .where('id', '=', id)
          .executeTakeFirstOrThrow()
      ).position;
    const begin = await place();
    await emitMany(first, 400, 'task.created');
    await first.service.handOnDue();
    expect(await place()).toBe(begin);

    // Another process knows nothing of what the first one has seen.
    const second = await openService(name, { database });
    await emitMany(first, 1);
    await second.service.handOnDue();
    await first.service.handOnDue();
    expect(numbers(receiver)).toEqual([0]);
    expect(await place()).toBe(begin + 401);

    await emitMany(first, 2, 'task.created');
    await emitMany(first, 1, 'lead.created', 1);
    await first.service.handOnDue();
    await second.service.handOnDue();
    expect(numbers(receiver)).toEqual([0, 1]);
  });

  test('the place is written once a thousand unwanted events have gone by', async () => {
    const service = await openService(name, {});
    const receiver = await openReceiver();
    await subscribe(service, receiver);
    const places = service.store.db.selectFrom('subscriptions').select('position');
    const begin = (await places.executeTakeFirstOrThrow()).position;
    await emitMany(service, 999, 'task.created');
    await service.service.handOnDue();
    expect((await places.executeTakeFirstOrThrow()).position).toBe(begin);
    await emitMany(service, 1, 'task.created');
    await service.service.handOnDue();
    expect((await places.executeTakeFirstOrThrow()).position).toBe(begin + 1000);
  });

  test('stopping waits for the attempt under way and writes its end', async () => {
    const database = await openDatabase(name);
    const receiver = await openReceiver();
    const first = await startTestService(name, { database });
    await subscribe(first, receiver);
    await emitMany(first, 1);
    receiver.next({ kind: 'hang' });
    const handedOn = first.service.handOnDue();
    await receiver.arrived(1);
    const stopped = first.stop();
    receiver.release(200);
    await Promise.all([stopped, handedOn]);
    const second = await openService(name, { database });
    second.runtime.advance(HOUR);
    await second.service.handOnDue();
    expect(receiver.requests).toHaveLength(1);
  });
});

describe('two replicas on one postgres', () => {
  afterEach(closeOpened);

  test('hand each event on exactly once to each subscription when receivers answer 200', async () => {
    const database = await openDatabase('postgres');
    const receivers = await Promise.all(upTo(3).map(openReceiver));
    const first = await openService('postgres', { database });
    const second = await openService('postgres', { database });
    for (const receiver of receivers) await subscribe(first, receiver);
    first.service.start();
    second.service.start();
    await Promise.all(
      upTo(20).map((step) =>
        emitMany(step % 2 === 0 ? first : second, 20, 'lead.created', step * 20),
      ),
    );
    await Promise.all(receivers.map((receiver) => receiver.arrived(400)));
    await Promise.all([first.service.handOnDue(), second.service.handOnDue()]);
    for (const receiver of receivers) {
      expect(sorted(numbers(receiver))).toEqual(upTo(400));
    }
    await until(async () => (await waitingHandOns(first)) === 0);
  });
});
