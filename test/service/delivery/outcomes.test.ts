import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { startFakeCrm, status, type CrmAnswer, type FakeCrm } from '../../fakes/crm.js';
import { DATABASES } from '../../support/databases.js';
import type { TestService } from '../../support/service.js';
import {
  assign,
  eventsOf,
  makeReceiver,
  readDelivery,
  startDeliveryService,
  type DeliveryBody,
} from './setup.js';

/** A loopback port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.each(DATABASES)('what an attempt comes to on %s', (database) => {
  let service: TestService;
  let crm: FakeCrm;

  beforeAll(async () => {
    service = await startDeliveryService(database, { env: { DELIVERY_TIMEOUT_SECONDS: '0.25' } });
    crm = await startFakeCrm();
  });
  afterAll(async () => {
    await service.stop();
    await crm.close();
  });

  async function attempt(answer: CrmAnswer): Promise<DeliveryBody> {
    crm.next(answer);
    const id = await assign(service, await makeReceiver(service, crm));
    await service.service.deliverDue();
    return readDelivery(service, id);
  }

  const waitOf = (delivery: DeliveryBody): number =>
    Date.parse(delivery.next_attempt_at ?? '') - service.runtime.clock.now();

  test.each([200, 201, 202, 204, 299])('%i is success', async (code) => {
    const delivery = await attempt(status(code));
    expect(delivery).toMatchObject({ status: 'sent', attempts: [{ http_status: code }] });
  });

  test.each([
    [300, 'redirect'],
    [400, 'client_error'],
    [401, 'client_error'],
    [404, 'client_error'],
    [422, 'client_error'],
    [500, 'server_error'],
    [502, 'server_error'],
  ])('%i fails as %s and is tried again after 5 seconds', async (code, outcome) => {
    const delivery = await attempt(status(code));
    expect(delivery).toMatchObject({
      status: 'pending',
      reason_code: outcome,
      sent_at: null,
      attempts: [{ http_status: code, outcome, response_excerpt: `status ${code}` }],
    });
    // The test's randomness is 0.5: no jitter.
    expect(waitOf(delivery)).toBe(5_000);
  });

  test('410 ends the delivery at once', async () => {
    const delivery = await attempt(status(410));
    expect(delivery).toMatchObject({
      status: 'failed',
      reason_code: 'gone',
      next_attempt_at: null,
      attempts: [{ outcome: 'gone' }],
    });
    const events = await eventsOf(service, 'delivery.failed');
    expect(events.at(-1)?.data).toMatchObject({ delivery_id: delivery.id, reason_code: 'gone' });
  });

  test.each([429, 503])('%i waits as long as Retry-After asks, a day at most', async (code) => {
    expect(waitOf(await attempt(status(code, { 'retry-after': '120' })))).toBe(120_000);
    expect(waitOf(await attempt(status(code, { 'retry-after': '999999999' })))).toBe(86_400_000);
    expect(waitOf(await attempt(status(code, { 'retry-after': 'soon' })))).toBe(5_000);
  });

  test('Retry-After counts for nothing with another status', async () => {
    expect(waitOf(await attempt(status(500, { 'retry-after': '120' })))).toBe(5_000);
  });

  test('a redirect to loopback is not followed', async () => {
    const before = crm.requests.length;
    const delivery = await attempt(status(302, { location: crm.url('/elsewhere') }));
    expect(delivery.attempts).toMatchObject([{ http_status: 302, outcome: 'redirect' }]);
    expect(crm.requests.slice(before).map((request) => request.path)).toEqual(['/leads']);
  });

  test('a broken connection fails as such', async () => {
    const delivery = await attempt({ kind: 'reset' });
    expect(delivery.attempts).toMatchObject([{ http_status: null, outcome: 'connection_reset' }]);
  });

  test('a port where nobody listens fails as refused', async () => {
    const port = await closedPort();
    const broker = await makeReceiver(service, { url: () => `http://127.0.0.1:${port}/leads` });
    const id = await assign(service, broker);
    await service.service.deliverDue();
    expect((await readDelivery(service, id)).attempts).toMatchObject([
      { http_status: null, outcome: 'connection_refused', response_excerpt: null },
    ]);
  });

  test.each(['hang', 'dribble'] as const)(
    'a receiver that does not answer (%s) times out',
    async (kind) => {
      const delivery = await attempt({ kind });
      expect(delivery).toMatchObject({
        status: 'pending',
        attempts: [{ http_status: null, outcome: 'timeout' }],
      });
    },
  );

  test('an endless body is read up to 4 KiB and the lead counts as sent', async () => {
    const delivery = await attempt({ kind: 'endless' });
    expect(delivery.status).toBe('sent');
    expect(delivery.attempts[0]?.response_excerpt).toHaveLength(4096);
  });

  test('a body that stalls after 200 does not make the lead be sent twice', async () => {
    const delivery = await attempt({ kind: 'stall' });
    expect(delivery).toMatchObject({
      status: 'sent',
      attempts: [{ http_status: 200, response_excerpt: 'half an answ' }],
    });
  });

  test('a response is kept as text that can be shown', async () => {
    const delivery = await attempt({
      kind: 'answer',
      status: 400,
      body: 'caf\u00e9 \u0000\u0007<script>alert(1)</script>',
    });
    expect(delivery.attempts[0]?.response_excerpt).toBe('café <script>alert(1)</script>');
  });
});

describe.each(DATABASES)('the schedule on %s', (database) => {
  let service: TestService;
  let crm: FakeCrm;

  beforeAll(async () => {
    service = await startDeliveryService(database);
    crm = await startFakeCrm();
    crm.behave(status(500));
  });
  afterAll(async () => {
    await service.stop();
    await crm.close();
  });

  test('waits 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h, and then fails for good', async () => {
    const minute = 60_000;
    const hour = 60 * minute;
    const id = await assign(service, await makeReceiver(service, crm));
    const waits: number[] = [];
    for (let count = 1; ; count += 1) {
      await service.service.deliverDue();
      const delivery = await readDelivery(service, id);
      if (delivery.status === 'failed') break;
      // An open breaker would let the attempt through later than the schedule has it.
      expect(delivery.attempts).toHaveLength(count);
      const wait = Date.parse(delivery.next_attempt_at ?? '') - service.runtime.clock.now();
      waits.push(wait);
      service.runtime.advance(wait - 1);
      await service.service.deliverDue();
      expect((await readDelivery(service, id)).attempts).toHaveLength(count);
      service.runtime.advance(1);
    }
    expect(waits).toEqual([
      5_000,
      5 * minute,
      30 * minute,
      2 * hour,
      5 * hour,
      10 * hour,
      14 * hour,
      20 * hour,
      24 * hour,
    ]);
    const failed = await readDelivery(service, id);
    expect(failed).toMatchObject({
      status: 'failed',
      reason_code: 'attempts_exhausted',
      failed_at: new Date(service.runtime.clock.now()).toISOString(),
      next_attempt_at: null,
    });
    expect(failed.attempts).toHaveLength(10);
    const events = await eventsOf(service, 'delivery.failed');
    expect(events).toHaveLength(1);
    expect(events[0]?.data).toMatchObject({ delivery_id: id, attempts: 10 });
  });

  test('can be set', async () => {
    const quick = await startDeliveryService(database, {
      env: { DELIVERY_RETRY_DELAYS: '0, 1' },
    });
    const id = await assign(quick, await makeReceiver(quick, crm));
    await quick.service.deliverDue();
    quick.runtime.advance(1000);
    await quick.service.deliverDue();
    expect(await readDelivery(quick, id)).toMatchObject({ status: 'failed', attempts: [{}, {}] });
    await quick.stop();
  });
});
