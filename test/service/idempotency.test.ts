import {
  leadOf,
  makeBroker,
  makeKey,
  makeOrder,
  readOrder,
  until,
  wipe,
  type ErrorBody,
  type IntakeBody,
} from '../support/builders.js';
import { DATABASES } from '../support/databases.js';
import { holdRouting } from '../support/outside.js';
import { startTestService, type TestService } from '../support/service.js';

const DAY_MS = 24 * 3600 * 1000;
const keyed = (key: string, more: Record<string, string> = {}) => ({
  headers: { 'idempotency-key': key, ...more },
});

describe.each(DATABASES)('Idempotency-Key on %s', (database) => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService(database);
  });
  afterEach(() => wipe(service));
  afterAll(() => service.stop());

  const countBrokers = async () =>
    (await service.store.db.selectFrom('brokers').select('id').execute()).length;
  const keptKeys = async () =>
    (await service.store.db.selectFrom('idempotency_keys').select('key').execute()).length;

  test('a repeated creation is answered the same, with a header that says so, and creates nothing', async () => {
    const first = await service.post('/api/brokers', { name: 'Once' }, keyed('k'));
    const again = await service.post('/api/brokers', { name: 'Once' }, keyed('k'));
    expect(first.status).toBe(201);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(again.status).toBe(201);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    expect(await countBrokers()).toBe(1);
  });

  test('every creating POST takes it', async () => {
    const broker = await makeBroker(service);
    const orderBody = { broker_id: broker.id, name: 'x', verticals: ['All'], total_leads: 5 };
    const creations: [string, unknown][] = [
      ['/api/brokers', { name: 'x' }],
      ['/api/orders', orderBody],
      ['/api/api-keys', { name: 'x', scopes: ['read'] }],
      ['/api/leads/incoming', leadOf()],
      ['/api/leads/incoming/batch', { leads: [leadOf()] }],
    ];
    for (const [path, body] of creations) {
      const first = await service.post(path, body, keyed(path));
      const again = await service.post(path, body, keyed(path));
      expect([first.status, again.status]).toEqual(
        path.includes('incoming') ? [200, 200] : [201, 201],
      );
      expect(again.body).toEqual(first.body);
      expect(again.headers.get('idempotent-replayed')).toBe('true');
    }
  });

  test('the first answer is given again even when a repeat without the key would differ', async () => {
    await makeOrder(service);
    const lead = leadOf();
    const first = await service.post<IntakeBody>('/api/leads/incoming', lead, keyed('lead'));
    const again = await service.post<IntakeBody>('/api/leads/incoming', lead, keyed('lead'));
    const without = await service.post<IntakeBody>('/api/leads/incoming', lead);
    expect(first.body.assignment?.status).toBe('assigned');
    expect(again.body).toEqual(first.body);
    expect(without.body.status).toBe('duplicate');
  });

  test('the same key with another body, path or query is a 422 and has no effect', async () => {
    const lead = leadOf();
    await service.post('/api/leads/incoming', lead, keyed('k'));
    const others = [
      await service.post<ErrorBody>('/api/leads/incoming', leadOf(), keyed('k')),
      await service.post<ErrorBody>('/api/leads/incoming?delivery=hold', lead, keyed('k')),
      await service.post<ErrorBody>('/api/brokers', { name: 'x' }, keyed('k')),
      await service.post<ErrorBody>('/api/leads/incoming', undefined, {
        ...keyed('k'),
        raw: `${JSON.stringify(lead)} `,
      }),
    ];
    for (const answer of others) {
      expect(answer).toMatchObject({
        status: 422,
        body: { error: 'idempotency_mismatch', message: expect.any(String) },
      });
    }
    expect(await countBrokers()).toBe(0);
  });

  test('keys of different API keys have nothing to do with each other', async () => {
    const other = await makeKey(service, ['admin']);
    const mine = await service.post<{ id: string }>('/api/brokers', { name: 'x' }, keyed('k'));
    const theirs = await service.post<{ id: string }>(
      '/api/brokers',
      { name: 'y' },
      {
        ...keyed('k'),
        key: other.token,
      },
    );
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect(theirs.body.id).not.toBe(mine.body.id);
  });

  test('a key is kept for 24 hours and not longer', async () => {
    const send = () => service.post<{ id: string }>('/api/brokers', { name: 'x' }, keyed('k'));
    const first = await send();
    service.runtime.advance(DAY_MS);
    expect((await send()).body.id).toBe(first.body.id);
    service.runtime.advance(1);
    const later = await send();
    expect(later.body.id).not.toBe(first.body.id);
    expect(later.headers.get('idempotent-replayed')).toBeNull();
    expect((await send()).body.id).toBe(later.body.id);
  });

  test('after 24 hours a key may be used for something else', async () => {
    await service.post('/api/brokers', { name: 'x' }, keyed('k'));
    service.runtime.advance(DAY_MS + 1);
    expect((await service.post('/api/brokers', { name: 'other' }, keyed('k'))).status).toBe(201);
  });

  test('a refusal is kept too: the repeat is refused the same, though it would now succeed', async () => {
    const order = await makeOrder(service, { total_leads: 1 });
    const lead = await service.post<IntakeBody>('/api/leads/incoming', leadOf({ vertical: 'X' }));
    expect(lead.body.assignment?.status).toBe('assigned');
    const resume = () =>
      service.post<ErrorBody>(`/api/orders/${order.id}/resume`, undefined, keyed('k'));
    const refused = await resume();
    expect(refused).toMatchObject({ status: 409, body: { error: 'no_capacity' } });
    const { version } = await readOrder(service, order.id);
    await service.patch(`/api/orders/${order.id}`, { version, total_leads: 2 });
    const again = await resume();
    expect(again).toMatchObject({ status: 409, body: refused.body });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });

  test('a malformed request uses no key up', async () => {
    expect((await service.post('/api/brokers', {}, keyed('k'))).status).toBe(400);
    expect(await keptKeys()).toBe(0);
    expect((await service.post('/api/brokers', { name: 'x' }, keyed('k'))).status).toBe(201);
  });

  test('255 characters are taken, 256 are not, nor are a blank one and other letters', async () => {
    const send = (key: string) =>
      service.post<ErrorBody>('/api/brokers', { name: 'x' }, keyed(key));
    expect((await send('k'.repeat(255))).status).toBe(201);
    for (const key of ['k'.repeat(256), ' ', 'k\u00e9', 'a\tb']) {
      expect(await send(key)).toMatchObject({
        status: 400,
        body: { error: 'invalid_idempotency_key' },
      });
    }
    expect(await countBrokers()).toBe(1);
  });

  test('while the first request runs, the same one is a 409 in_flight and another one a 422', async () => {
    await makeOrder(service);
    const lead = leadOf();
    const release = await holdRouting(service);
    const first = service.post<IntakeBody>('/api/leads/incoming', lead, keyed('k'));
    try {
      await until(() => service.store.pending() > 0);
      const same = await service.post<ErrorBody>('/api/leads/incoming', lead, keyed('k'));
      expect(same).toMatchObject({ status: 409, body: { error: 'in_flight' } });
      expect(Number(same.headers.get('retry-after'))).toBeGreaterThan(0);
      const other = await service.post<ErrorBody>('/api/leads/incoming', leadOf(), keyed('k'));
      expect(other).toMatchObject({ status: 422, body: { error: 'idempotency_mismatch' } });
    } finally {
      await release();
    }
    const answer = await first;
    expect(answer.body.assignment?.status).toBe('assigned');
    const again = await service.post<IntakeBody>('/api/leads/incoming', lead, keyed('k'));
    expect(again.body).toEqual(answer.body);
  });
});

describe.each(DATABASES)('a fault under an Idempotency-Key on %s', (database) => {
  test('is never kept: the repeat has its effect', async () => {
    let broken = true;
    const service = await startTestService(database, {
      wrapPlanner: (planner) => ({
        ...planner,
        plan: (assignment) => {
          if (broken) throw new Error('planned failure');
          return planner.plan(assignment);
        },
      }),
    });
    try {
      const waiting = await service.post<IntakeBody>('/api/leads/incoming', leadOf());
      const order = await makeOrder(service, { status: 'paused' });
      const path = `/api/leads/${waiting.body.lead_id}/assign`;
      const assign = () => service.post<IntakeBody>(path, { order_id: order.id }, keyed('k'));
      const failed = await assign();
      expect(failed.status).toBe(500);
      expect(failed.body).toEqual({ error: 'internal_error', message: expect.any(String) });
      expect(await readOrder(service, order.id)).toMatchObject({ leads_delivered: 0 });
      broken = false;
      const repaired = await assign();
      expect(repaired.status).toBe(200);
      expect(repaired.headers.get('idempotent-replayed')).toBeNull();
      expect(await readOrder(service, order.id)).toMatchObject({ leads_delivered: 1 });
    } finally {
      await service.stop();
    }
  });
});

describe('one key in two replicas on postgres', () => {
  let one: TestService;
  let two: TestService;

  beforeAll(async () => {
    one = await startTestService('postgres');
    two = await startTestService('postgres', { database: one.database });
  });
  afterAll(async () => {
    await two.stop();
    await one.stop();
  });

  test.each([
    ['/api/leads/incoming', () => leadOf(), 'leads'],
    ['/api/leads/incoming/batch', () => ({ leads: [leadOf(), leadOf()] }), 'leads'],
    ['/api/brokers', () => ({ name: 'Raced' }), 'brokers'],
    ['/api/api-keys', () => ({ name: 'Raced', scopes: ['read'] }), 'api_keys'],
  ] as const)('%s has one effect and both get the same answer', async (path, makeBody, table) => {
    const count = async () => (await one.store.db.selectFrom(table).select('id').execute()).length;
    for (let round = 0; round < 5; round += 1) {
      const before = await count();
      const body = makeBody();
      const key = keyed(`${path} ${round}`);
      const answers = await Promise.all([one.post(path, body, key), two.post(path, body, key)]);
      expect(answers[1]?.body).toEqual(answers[0]?.body);
      expect(answers.map((answer) => answer.status)).toEqual(
        Array(2).fill(path.includes('incoming') ? 200 : 201),
      );
      const replayed = answers.filter(
        (answer) => answer.headers.get('idempotent-replayed') === 'true',
      );
      expect(replayed).toHaveLength(1);
      const made = path.endsWith('batch') ? 2 : 1;
      expect((await count()) - before).toBe(made);
    }
  });

  test('with different bodies one has its effect and the other is a 422', async () => {
    const answers = await Promise.all([
      one.post('/api/brokers', { name: 'A' }, keyed('different')),
      two.post('/api/brokers', { name: 'B' }, keyed('different')),
    ]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 422]);
  });
});
