import { EVENT_TYPES } from '../../../scoring-service/src/events/events.js';
import { makeKey, until } from '../../support/builders.js';
import { DATABASES } from '../../support/databases.js';
import { startTestService, type TestService } from '../../support/service.js';
import { startFakeCrm, type FakeCrm } from '../../fakes/crm.js';
import {
  emitMany,
  numbers,
  received,
  subscribe,
  waitingHandOns,
  type SubscriptionBody,
} from './setup.js';

const MINUTE = 60_000;

describe.each(DATABASES)('subscriptions on %s', (database) => {
  let service: TestService;
  let receiver: FakeCrm;

  beforeAll(async () => {
    service = await startTestService(database);
  });
  afterAll(() => service.stop());
  beforeEach(async () => {
    receiver = await startFakeCrm();
  });
  afterEach(async () => {
    await receiver.close();
    for (const { id } of (await list()).data) await remove(id);
  });

  const list = async (query = '') =>
    (
      await service.get<{ data: SubscriptionBody[]; next_cursor: string | null }>(
        `/api/subscriptions${query}`,
      )
    ).body;
  const get = (id: string) => service.get<SubscriptionBody>(`/api/subscriptions/${id}`);
  const remove = (id: string) => service.call('DELETE', `/api/subscriptions/${id}`);

  test('shows the secret in the creating answer and never again', async () => {
    const made = await subscribe(service, receiver, ['lead.created', 'task.created']);
    const { secret, ...shown } = made;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(shown).toEqual({
      id: expect.any(String),
      url: receiver.url('/hook'),
      events: ['lead.created', 'task.created'],
      status: 'active',
      end_reason: null,
      expires_at: null,
      failing_since: null,
      last_failure: null,
      paused_at: null,
      last_success_at: null,
      created_at: new Date(service.runtime.clock.now()).toISOString(),
    });
    expect((await get(made.id)).body).toEqual(shown);
    expect(await list()).toEqual({ data: [shown], next_cursor: null });
    const activity = await service.get(`/api/activity?subject_id=${made.id}`);
    expect(JSON.stringify(activity.body)).toContain('subscription.created');
    expect(JSON.stringify(activity.body)).not.toContain(secret);
  });

  test('lists newest first, page by page', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) ids.unshift((await subscribe(service, receiver)).id);
    const first = await list('?limit=2');
    expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const second = await list(`?limit=2&cursor=${first.next_cursor}`);
    expect(second.data.map(({ id }) => id)).toEqual(ids.slice(2));
    expect(second.next_cursor).toBeNull();
  });

  test('the same key makes one subscription and answers its secret again', async () => {
    const body = { url: receiver.url('/hook'), events: ['lead.created'] };
    const headers = { 'Idempotency-Key': 'subscribe-once' };
    const first = await service.post('/api/subscriptions', body, { headers });
    const again = await service.post('/api/subscriptions', body, { headers });
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect((await list()).data).toHaveLength(1);
    const other = await service.post(
      '/api/subscriptions',
      { ...body, events: ['lead.assigned'] },
      { headers },
    );
    expect(other).toMatchObject({ status: 422, body: { error: 'idempotency_mismatch' } });
  });

  test.each([
    'http://127.0.0.1:5678/webhook/1',
    'http://localhost:5678/webhook/1',
    'http://n8n:5678/webhook/1',
    'http://10.1.2.3/hook',
    'http://192.168.1.20:8080/hook',
    'http://[::1]:5678/hook',
    'https://hooks.example.com/in',
  ])('takes %s', async (url) => {
    const answer = await service.post('/api/subscriptions', { url, events: ['lead.created'] });
    expect(answer.status).toBe(201);
  });

  test.each([
    'http://169.254.169.254/latest',
    'http://169.254.7.7/hook',
    'http://[fe80::1]/hook',
    'http://[::ffff:169.254.169.254]/hook',
    'http://100.100.100.200/hook',
    'http://2852039166/hook',
    'ftp://example.com/hook',
    'http://user:password@example.com/hook',
    'not a url',
  ])('refuses %s', async (url) => {
    const answer = await service.post('/api/subscriptions', { url, events: ['lead.created'] });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: 'validation_error', details: { url: expect.any(String) } },
    });
  });

  test.each([
    [[], { events: 'must name at least one event type' }],
    [['lead.lost'], { 'events.0': expect.stringMatching(/^must be one of lead\.created, /) }],
    ['lead.created', { events: expect.any(String) }],
    [undefined, { events: 'is required' }],
  ])('refuses the events %j', async (events, details) => {
    const answer = await service.post('/api/subscriptions', { url: receiver.url(), events });
    expect(answer).toMatchObject({ status: 400, body: { details } });
  });

  test('names an event type once, however often it was given', async () => {
    const made = await subscribe(service, receiver, ['lead.created', 'lead.created']);
    expect(made.events).toEqual(['lead.created']);
    expect(await subscribe(service, receiver, [...EVENT_TYPES])).toMatchObject({
      events: [...EVENT_TYPES],
    });
  });

  test('reading needs the scope read, making and deleting operate', async () => {
    const { id } = await subscribe(service, receiver);
    const keys = {
      intake: (await makeKey(service, ['intake'])).token,
      read: (await makeKey(service, ['read'])).token,
      operate: (await makeKey(service, ['operate'])).token,
    };
    const body = { url: receiver.url(), events: ['lead.created'] };
    const path = `/api/subscriptions/${id}`;
    const statuses = async (key: string) => [
      (await service.get('/api/subscriptions', { key })).status,
      (await service.get(path, { key })).status,
      (await service.post('/api/subscriptions', body, { key })).status,
      (await service.call('DELETE', path, undefined, { key })).status,
    ];
    expect(await statuses(keys.intake)).toEqual([403, 403, 403, 403]);
    expect(await statuses(keys.read)).toEqual([200, 200, 403, 403]);
    expect(await statuses(keys.operate)).toEqual([200, 200, 201, 204]);
  });

  test('one that there is not is 404, also for the second deletion', async () => {
    const { id } = await subscribe(service, receiver);
    expect(await remove(id)).toMatchObject({ status: 204, body: undefined });
    expect(await remove(id)).toMatchObject({ status: 404, body: { error: 'not_found' } });
    expect((await get(id)).status).toBe(404);
    expect((await list()).data).toEqual([]);
  });

  test('a deleted one gets nothing more, of what is new nor of what had failed', async () => {
    receiver.behave({ kind: 'answer', status: 500 });
    const { id } = await subscribe(service, receiver);
    await emitMany(service, 3);
    await service.service.handOnDue();
    expect(receiver.requests).toHaveLength(3);
    expect(await waitingHandOns(service)).toBe(3);
    await remove(id);
    expect(await waitingHandOns(service)).toBe(0);
    await emitMany(service, 3);
    service.runtime.advance(60 * MINUTE);
    await service.service.handOnDue();
    expect(receiver.requests).toHaveLength(3);
  });

  test('deleting one while an attempt runs leaves nothing behind, whatever the attempt comes to', async () => {
    receiver.behave({ kind: 'hang' });
    const { id } = await subscribe(service, receiver);
    await emitMany(service, 1);
    const handedOn = service.service.handOnDue();
    await receiver.arrived(1);
    expect((await remove(id)).status).toBe(204);
    receiver.release(500);
    await handedOn;
    expect(await waitingHandOns(service)).toBe(0);
    service.runtime.advance(60 * MINUTE);
    await service.service.handOnDue();
    expect(receiver.requests).toHaveLength(1);
  });

  test('one for a test URL ends by itself after five minutes', async () => {
    const test = await subscribe(service, receiver, ['lead.created'], '/webhook-test/abc');
    const live = await subscribe(service, receiver, ['lead.created'], '/webhook/abc');
    expect(Date.parse(test.expires_at ?? '') - service.runtime.clock.now()).toBe(5 * MINUTE);
    expect(live.expires_at).toBeNull();
    service.runtime.advance(5 * MINUTE - 1);
    await emitMany(service, 1);
    await service.service.handOnDue();
    expect(receiver.requests.map(({ path }) => path).sort()).toEqual([
      '/webhook-test/abc',
      '/webhook/abc',
    ]);
    service.runtime.advance(1);
    // On time, before any worker has looked.
    expect((await get(test.id)).body).toMatchObject({
      status: 'ended',
      end_reason: 'test_url_expired',
    });
    await emitMany(service, 1, 'lead.created', 1);
    await service.service.handOnDue();
    expect(receiver.requests).toHaveLength(3);
    expect(receiver.requests.at(-1)?.path).toBe('/webhook/abc');
    expect((await list()).data.map(({ id }) => id)).toEqual([live.id]);
    expect((await list('?status=ended')).data.map(({ id }) => id)).toContain(test.id);
    const { body } = await service.get<{ data: { action: string }[] }>(
      `/api/activity?subject_id=${test.id}`,
    );
    expect(body.data.map(({ action }) => action)).toEqual([
      'subscription.ended',
      'subscription.created',
    ]);
  });

  test('what waited for a test URL is dropped when it ends', async () => {
    receiver.behave({ kind: 'answer', status: 500 });
    await subscribe(service, receiver, ['lead.created'], '/base/webhook-test/abc');
    await emitMany(service, 2);
    await service.service.handOnDue();
    expect(await waitingHandOns(service)).toBe(2);
    service.runtime.advance(5 * MINUTE);
    await service.service.handOnDue();
    expect(await waitingHandOns(service)).toBe(0);
    expect(receiver.requests).toHaveLength(2);
  });

  test('a receiver that answers 410 ends its subscription and no other', async () => {
    const other = await startFakeCrm();
    const gone = await subscribe(service, receiver);
    const kept = await subscribe(service, other);
    receiver.next({ kind: 'answer', status: 500 }, { kind: 'answer', status: 410 });
    await emitMany(service, 2);
    await service.service.handOnDue();
    expect((await get(gone.id)).body).toMatchObject({
      status: 'ended',
      end_reason: 'gone',
      last_failure: 'gone',
    });
    expect((await get(kept.id)).body.status).toBe('active');
    expect(await waitingHandOns(service)).toBe(0);
    await emitMany(service, 1, 'lead.created', 2);
    service.runtime.advance(60 * MINUTE);
    await service.service.handOnDue();
    expect(receiver.requests).toHaveLength(2);
    expect(numbers(other)).toEqual(expect.arrayContaining([0, 1, 2]));
    expect(other.requests).toHaveLength(3);
    await other.close();
  });

  test('an ended one is forgotten with the events of its time', async () => {
    const { id } = await subscribe(service, receiver, ['lead.created'], '/webhook-test/abc');
    service.runtime.advance(5 * MINUTE);
    await emitMany(service, 1);
    await service.service.handOnDue();
    service.runtime.advance(30 * 86_400_000);
    await service.service.forgetOldEvents();
    expect((await get(id)).status).toBe(200);
    service.runtime.advance(1);
    await service.service.forgetOldEvents();
    expect((await get(id)).status).toBe(404);
  });

  test('gets the events from its creation on, and none from before', async () => {
    await emitMany(service, 3);
    await subscribe(service, receiver);
    await emitMany(service, 2, 'lead.created', 3);
    await service.service.handOnDue();
    expect(numbers(receiver).sort()).toEqual([3, 4]);
  });

  test('a started worker hands on by itself', async () => {
    const running = await startTestService(database);
    running.service.start();
    await subscribe(running, receiver);
    await emitMany(running, 1);
    await receiver.arrived(1);
    await until(async () => (await waitingHandOns(running)) === 0);
    expect(received(receiver)).toMatchObject([{ type: 'lead.created', data: { n: 0 } }]);
    await running.stop();
  });
});
