import { Writable } from 'node:stream';

import { pino } from 'pino';

import type { Log, LogFields } from '../../scoring-service/src/core/log.js';
import { leadOf, makeBroker, makeKey, makeOrder, execute } from '../support/builders.js';
import { DATABASES } from '../support/databases.js';
import { sendRaw } from '../support/raw-http.js';
import { startTestService } from '../support/service.js';

const PERSON = {
  first_name: 'Persephone',
  last_name: 'Quillfeather',
  business_name: 'Quillfeather Bakery',
  email: 'persephone.q@example.com',
  phone: '+1 202 555 0147',
  ai_call_notes: 'asked about a walk-in oven',
  funding_purpose: 'zeppelin repairs',
};
const SECRETS = [
  ...Object.values(PERSON),
  'persephone',
  'quillfeather',
  '12025550147',
  '202 555 0147',
  '2025550147',
  'oven',
  'zeppelin',
];

/** The service's log as it is written, line by line. */
function captureLog(): { log: Log; lines: () => string[] } {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString('utf8'));
      done();
    },
  });
  const logger = pino({ level: 'trace', base: { service: 'leadloop' } }, sink);
  const at =
    (level: 'info' | 'warn' | 'error' | 'debug') =>
    (message: string, fields?: LogFields): void =>
      logger[level](fields ?? {}, message);
  return {
    log: { info: at('info'), warn: at('warn'), error: at('error'), debug: at('debug') },
    lines: () => lines,
  };
}

describe.each(DATABASES)('the log on %s', (database) => {
  test('holds nothing about a person, whatever is asked and whatever fails', async () => {
    const { log, lines } = captureLog();
    let broken: Error | null = null;
    const service = await startTestService(database, {
      log,
      wrapPlanner: (planner) => ({
        ...planner,
        plan: (assignment) => {
          if (broken !== null) throw broken;
          return planner.plan(assignment);
        },
      }),
    });
    try {
      const broker = await makeBroker(service, {
        name: PERSON.business_name,
        email: PERSON.email,
        phone: PERSON.phone,
        crm_webhook_url: `https://crm.example.com/${PERSON.last_name}`,
      });
      const order = await makeOrder(service, { broker_id: broker.id, name: PERSON.business_name });
      const lead = await service.post<{ lead_id: string }>(
        '/api/leads/incoming',
        leadOf({ ...PERSON, ghl_contact_id: PERSON.email }),
      );
      const phone = encodeURIComponent(PERSON.phone);
      // Good requests, with the person in every place there is.
      await service.get(`/api/leads?q=${encodeURIComponent(PERSON.email)}`);
      await service.get(`/api/leads/lookup?phone=${phone}`);
      await service.get(`/api/leads/${lead.body.lead_id}`);
      await service.patch('/api/leads/update', {
        ghl_contact_id: PERSON.email,
        phone: PERSON.phone,
      });
      await service.post('/api/leads/incoming/batch', { leads: [leadOf(PERSON), PERSON] });
      await makeKey(service, ['read'], { name: PERSON.last_name });
      // Refused ones.
      await service.get(`/api/leads/${PERSON.email}`);
      await service.get(`/api/${PERSON.last_name}/${phone}`);
      await service.get(`/${PERSON.email}?phone=${phone}`);
      await service.get('/api/leads', { key: PERSON.email });
      await service.call('DELETE', `/api/leads?q=${PERSON.email}`);
      await service.post('/api/leads/incoming', leadOf({ ...PERSON, credit_score: PERSON.phone }));
      await service.post('/api/leads/incoming', undefined, {
        raw: `{"phone":"${PERSON.phone}", ${PERSON.email}`,
      });
      await service.post('/api/leads/incoming', undefined, {
        raw: JSON.stringify(PERSON),
        headers: { 'content-type': `text/${PERSON.last_name}` },
      });
      await service.post('/api/brokers', { ...PERSON, name: PERSON.first_name, version: 1 });
      await service.post('/api/leads/incoming', leadOf(PERSON), {
        headers: { 'x-request-id': `${PERSON.email} ${PERSON.phone}`, 'user-agent': PERSON.email },
      });
      await sendRaw(service.address, {
        method: 'GET',
        path: `/api/leads/%E0%A4%A${PERSON.last_name}`,
      });
      await sendRaw(service.address, {
        method: 'POST',
        path: '/api/leads/incoming',
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
        body: JSON.stringify(PERSON),
      });
      // Faults whose messages quote the person, even in a line that looks like a place in the code.
      broken = new Error(
        `no broker for ${PERSON.phone}\n    at ${PERSON.email}\n    at home of ${PERSON.last_name}`,
      );
      await service.post('/api/leads/incoming', leadOf({ ...PERSON, email: 'other@example.com' }));
      const waiting = await service.post<{ lead_id: string }>('/api/leads/incoming', leadOf());
      await service.post(`/api/leads/${waiting.body.lead_id}/assign`, { order_id: order.id });
      broken = null;
      await execute(
        service,
        database === 'sqlite' ? 'drop view routing_logs' : 'drop view routing_logs cascade',
      );
      await execute(service, 'drop table source_events');
      const failed = await service.post(
        '/api/leads/incoming',
        leadOf({ ...PERSON, email: 'third@example.com' }),
      );
      expect(failed.status).toBe(503);
      const events = await service.patch('/api/leads/update', {
        ghl_contact_id: PERSON.email,
        first_name: PERSON.last_name,
      });
      expect(events.status).toBe(500);
      expect(events.body).toEqual({ error: 'internal_error', message: expect.any(String) });
      expect(failed.headers.get('x-request-id')).toBeTruthy();
    } finally {
      await service.stop();
    }
    const written = lines().join('');
    expect(lines().length).toBeGreaterThan(20);
    expect(written).toContain('"msg":"request"');
    expect(written).toContain('"msg":"assignment failed"');
    expect(written).toContain('"msg":"internal_error"');
    expect(written).toContain('"route":"/leads/lookup"');
    for (const secret of SECRETS) {
      expect(written.toLowerCase()).not.toContain(secret.toLowerCase());
    }
  });
});
