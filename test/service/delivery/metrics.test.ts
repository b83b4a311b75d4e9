import { request } from 'node:http';

import { startFakeCrm } from '../../fakes/crm.js';
import { makeKey } from '../../support/builders.js';
import type { TestService } from '../../support/service.js';
import { assign, makeReceiver, startDeliveryService } from './setup.js';

/** The answer to a plain request with these headers. */
function read(service: TestService, headers: Record<string, string>): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    request(`${service.address}/metrics`, { headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve([response.statusCode ?? 0, text]));
    })
      .on('error', reject)
      .end();
  });
}

describe('/metrics', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startDeliveryService('sqlite');
  });
  afterAll(() => service.stop());

  test('counts attempts by outcome and times the first ones', async () => {
    const crm = await startFakeCrm();
    const broker = await makeReceiver(service, crm);
    crm.next({ kind: 'answer', status: 500 });
    await assign(service, broker);
    await assign(service, broker);
    await service.service.deliverDue();
    service.runtime.advance(5_000);
    await service.service.deliverDue();
    const [status, text] = await read(service, {});
    expect(status).toBe(200);
    expect(text).toContain('leadloop_delivery_attempts_total{outcome="server_error"} 1');
    expect(text).toContain('leadloop_delivery_attempts_total{outcome="sent"} 2');
    expect(text).toContain('leadloop_delivery_first_attempt_seconds_count 2');
    await crm.close();
  });

  test.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'])(
    'needs a key once a proxy stands between (%s)',
    async (header) => {
      expect((await read(service, { [header]: '127.0.0.1' }))[0]).toBe(401);
      const intake = await makeKey(service, ['intake']);
      const reader = await makeKey(service, ['read']);
      const withKey = (token: string) =>
        read(service, { [header]: '127.0.0.1', authorization: `Bearer ${token}` });
      expect((await withKey(intake.token))[0]).toBe(403);
      expect((await withKey(reader.token))[0]).toBe(200);
    },
  );
});
