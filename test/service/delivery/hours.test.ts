import { startFakeCrm, status, type FakeCrm } from '../../fakes/crm.js';
import { DATABASES } from '../../support/databases.js';
import type { TestService } from '../../support/service.js';
import {
  assign,
  assignHeld,
  makeReceiver,
  readDelivery,
  startDeliveryService,
  type DeliveryBody,
} from './setup.js';

const HOUR = 3_600_000;

describe.each(DATABASES)('contact hours on %s', (database) => {
  let service: TestService;
  let crm: FakeCrm;

  beforeAll(async () => {
    service = await startDeliveryService(database);
    crm = await startFakeCrm();
  });
  afterAll(async () => {
    await service.stop();
    await crm.close();
  });
  beforeEach(() => {
    crm.requests.length = 0;
    crm.behave({ kind: 'answer', status: 200 });
  });

  const business = { contact_hours: 'business_hours', timezone: 'America/New_York' };

  async function assignAt(moment: string, hours: Record<string, unknown>): Promise<DeliveryBody> {
    service.runtime.set(moment);
    const id = await assign(service, await makeReceiver(service, crm, hours));
    await service.service.deliverDue();
    return readDelivery(service, id);
  }

  test.each([
    // 10 March 2026 is a Tuesday; New York is at UTC−4 since 8 March.
    ['one millisecond before the start', '2026-03-10T12:59:59.999Z', 'queued'],
    ['at the start', '2026-03-10T13:00:00.000Z', 'sent'],
    ['one millisecond before the end', '2026-03-10T20:59:59.999Z', 'sent'],
    ['at the end', '2026-03-10T21:00:00.000Z', 'queued'],
  ])('%s a lead is as it must be', async (_when, moment, expected) => {
    expect((await assignAt(moment, business)).status).toBe(expected);
  });

  test('a lead that comes too late is queued, shown with its release, and sent then', async () => {
    const delivery = await assignAt('2026-03-10T21:00:00.000Z', business);
    expect(delivery).toMatchObject({
      status: 'queued',
      reason_code: 'outside_contact_hours',
      release_at: '2026-03-11T13:00:00.000Z',
      next_attempt_at: null,
    });
    service.runtime.set('2026-03-11T12:59:59.999Z');
    await service.service.deliverDue();
    expect((await readDelivery(service, delivery.id)).status).toBe('queued');
    expect(crm.requests).toHaveLength(0);
    service.runtime.set('2026-03-11T13:00:00.000Z');
    await service.service.deliverDue();
    expect(await readDelivery(service, delivery.id)).toMatchObject({
      status: 'sent',
      reason_code: null,
      release_at: null,
    });
  });

  const custom = (start: string, end: string, days = [1, 2, 3, 4, 5, 6, 7]) => ({
    contact_hours: 'custom',
    custom_hours: [{ days, start, end }],
    timezone: 'America/New_York',
  });

  test.each([
    ['over a weekend to Monday', '2026-03-13T22:00:00.000Z', business, '2026-03-16T13:00:00.000Z'],
    [
      'past a date off',
      '2026-03-10T22:00:00.000Z',
      { ...business, dates_off: ['2026-03-11'] },
      '2026-03-12T13:00:00.000Z',
    ],
    [
      'past a weekend that is paused',
      '2026-03-14T12:00:00.000Z',
      { contact_hours: 'anytime', weekend_pause: true, timezone: 'America/New_York' },
      '2026-03-16T04:00:00.000Z',
    ],
    [
      'to a window across midnight',
      '2026-03-10T12:00:00.000Z',
      custom('22:00', '02:00'),
      '2026-03-11T02:00:00.000Z',
    ],
    [
      'to the next local time where the clocks skip the start (8 March, 02:30)',
      '2026-03-08T05:30:00.000Z',
      custom('02:30', '04:00'),
      '2026-03-08T07:00:00.000Z',
    ],
    [
      'to the first of two readings where the clocks go back (1 November, 01:30)',
      '2026-11-01T04:30:00.000Z',
      custom('01:30', '02:00'),
      '2026-11-01T05:30:00.000Z',
    ],
  ])('a release goes %s', async (_where, moment, hours, release) => {
    const delivery = await assignAt(moment, hours);
    expect(delivery).toMatchObject({ status: 'queued', release_at: release });
    service.runtime.set(release);
    service.runtime.advance(-1);
    await service.service.deliverDue();
    expect((await readDelivery(service, delivery.id)).status).toBe('queued');
    service.runtime.advance(1);
    await service.service.deliverDue();
    expect((await readDelivery(service, delivery.id)).status).toBe('sent');
  });

  test('a lead inside a window across midnight goes out on either side of it', async () => {
    const hours = custom('22:00', '02:00');
    expect((await assignAt('2026-03-11T03:59:00.000Z', hours)).status).toBe('sent');
    expect((await assignAt('2026-03-11T04:01:00.000Z', hours)).status).toBe('sent');
  });

  test('a retry that falls outside the hours is queued, and keeps its attempts', async () => {
    crm.behave(status(500));
    const delivery = await assignAt('2026-03-10T20:59:58.000Z', business);
    expect(delivery).toMatchObject({ status: 'pending', attempts: [{}] });
    service.runtime.advance(5_000);
    await service.service.deliverDue();
    expect(await readDelivery(service, delivery.id)).toMatchObject({
      status: 'queued',
      reason_code: 'outside_contact_hours',
      release_at: '2026-03-11T13:00:00.000Z',
      attempts: [{}],
    });
    crm.behave({ kind: 'answer', status: 200 });
    service.runtime.set('2026-03-11T13:00:00.000Z');
    await service.service.deliverDue();
    expect(await readDelivery(service, delivery.id)).toMatchObject({
      status: 'sent',
      attempts: [{ outcome: 'server_error' }, { outcome: 'sent' }],
    });
  });

  test('changed hours move the release of what is queued, or let it go', async () => {
    service.runtime.set('2026-03-10T21:00:00.000Z');
    const broker = await makeReceiver(service, crm, business);
    const id = await assign(service, broker);
    const later = await service.patch<{ version: number }>(`/api/brokers/${broker.id}`, {
      version: broker.version,
      timezone: 'America/Los_Angeles',
      contact_hours: 'custom',
      custom_hours: [{ days: [3], start: '10:00', end: '11:00' }],
    });
    expect(later.status).toBe(200);
    expect(await readDelivery(service, id)).toMatchObject({
      status: 'queued',
      release_at: '2026-03-11T17:00:00.000Z',
    });
    service.runtime.set('2026-03-11T13:00:00.000Z');
    await service.service.deliverDue();
    expect((await readDelivery(service, id)).status).toBe('queued');
    await service.patch(`/api/brokers/${broker.id}`, {
      version: later.body.version,
      contact_hours: 'anytime',
    });
    expect(await readDelivery(service, id)).toMatchObject({ status: 'pending', release_at: null });
    await service.service.deliverDue();
    expect((await readDelivery(service, id)).status).toBe('sent');
  });

  test('hours that never open keep the delivery until they change', async () => {
    service.runtime.set('2026-03-10T15:00:00.000Z');
    const broker = await makeReceiver(service, crm, {
      ...custom('10:00', '11:00', [6]),
      weekend_pause: true,
    });
    const id = await assign(service, broker);
    expect(await readDelivery(service, id)).toMatchObject({ status: 'queued', release_at: null });
    service.runtime.advance(500 * 24 * HOUR);
    await service.service.deliverDue();
    expect((await readDelivery(service, id)).status).toBe('queued');
    await service.patch(`/api/brokers/${broker.id}`, {
      version: broker.version,
      contact_hours: 'anytime',
      weekend_pause: false,
    });
    await service.service.deliverDue();
    expect((await readDelivery(service, id)).status).toBe('sent');
  });

  test('a held delivery that nobody dispatches goes out by itself after ten minutes', async () => {
    service.runtime.set('2026-03-10T15:00:00.000Z');
    const broker = await makeReceiver(service, crm);
    const id = await assignHeld(service, broker);
    expect(await readDelivery(service, id)).toMatchObject({
      status: 'held',
      reason_code: 'held_for_workflow',
      release_at: '2026-03-10T15:10:00.000Z',
    });
    service.runtime.advance(10 * 60_000 - 1);
    await service.service.deliverDue();
    expect((await readDelivery(service, id)).status).toBe('held');
    service.runtime.advance(1);
    await service.service.deliverDue();
    expect((await readDelivery(service, id)).status).toBe('sent');
  });

  test('a held delivery whose ten minutes end outside the hours is queued', async () => {
    service.runtime.set('2026-03-10T20:55:00.000Z');
    const id = await assignHeld(service, await makeReceiver(service, crm, business));
    service.runtime.advance(10 * 60_000);
    await service.service.deliverDue();
    expect(await readDelivery(service, id)).toMatchObject({
      status: 'queued',
      release_at: '2026-03-11T13:00:00.000Z',
    });
    expect(crm.requests).toHaveLength(0);
  });
});
