import { startFakeCrm, type FakeCrm } from '../../fakes/crm.js';
import { createDatabase, DATABASES } from '../../support/databases.js';
import type { TestService } from '../../support/service.js';
import { takeDatabaseAway } from './outage.js';
import { assign, makeReceiver, readDelivery, startDeliveryService } from './setup.js';

describe.each(DATABASES)('what survives on %s', (database) => {
  let crm: FakeCrm;

  beforeEach(async () => {
    crm = await startFakeCrm();
  });
  afterEach(() => crm.close());

  test('a result that comes while the database is away is written when it is back', async () => {
    const service = await startDeliveryService(database, { busyWaitMs: 50 });
    const id = await assign(service, await makeReceiver(service, crm));
    crm.next({ kind: 'hang' });
    const delivered = service.service.deliverDue();
    await crm.arrived(1);
    const giveBack = await takeDatabaseAway(service);
    crm.release();
    // The lane serves in turn: what was to be written before these has failed when they have.
    for (const name of ['one', 'two', 'three']) {
      expect((await service.post('/api/brokers', { name })).status).toBe(503);
    }
    await giveBack();
    await delivered;
    expect(await readDelivery(service, id)).toMatchObject({ status: 'sent', attempts: [{}] });
    expect(crm.requests).toHaveLength(1);
    await service.stop();
  });

  test('an attempt under way when the service stops is finished and written', async () => {
    const own = await createDatabase(database);
    const open = (): Promise<TestService> => startDeliveryService(database, { database: own });
    const service = await open();
    const id = await assign(service, await makeReceiver(service, crm));
    crm.next({ kind: 'hang' });
    service.service.start();
    await crm.arrived(1);
    const stopped = service.stop();
    crm.release();
    await stopped;
    const next = await open();
    expect(await readDelivery(next, id)).toMatchObject({ status: 'sent', attempts: [{}] });
    await next.service.deliverDue();
    expect(crm.requests).toHaveLength(1);
    await next.stop();
    await own.drop();
  });

  test('what waited when the service stopped goes out when it starts again', async () => {
    const own = await createDatabase(database);
    const service = await startDeliveryService(database, { database: own });
    const id = await assign(service, await makeReceiver(service, crm));
    await service.stop();
    expect(crm.requests).toHaveLength(0);
    const next = await startDeliveryService(database, { database: own, start: true });
    await crm.arrived(1);
    await next.service.deliveriesIdle();
    expect((await readDelivery(next, id)).status).toBe('sent');
    await next.stop();
    await own.drop();
  });
});
