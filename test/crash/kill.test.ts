import { connect } from 'node:net';

import { openStore } from '../../scoring-service/src/db/open.js';
import { buildService, type Build } from '../support/build.js';
import { createDatabase, DATABASES, type TestDatabase } from '../support/databases.js';
import { inconsistencies } from '../support/invariants.js';
import { startNode, type TestProcess } from '../support/process.js';
import { aLead, type IntakeBody } from '../support/seed.js';
import { ADMIN_KEY } from '../support/service.js';

/** A repeatable stream of numbers in [0, 1) (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Live {
  process: TestProcess;
  address: string;
}

async function serve(build: Build, database: TestDatabase): Promise<Live> {
  const started = startNode([build.bin, 'serve'], {
    DATABASE_URL: database.url,
    LEADLOOP_ADMIN_KEY: ADMIN_KEY,
    PORT: '0',
    LOG_LEVEL: 'silent',
  });
  const [, address = ''] = await started.waitFor(/listens on (http:\S+)/);
  return { process: started, address };
}

async function post<T>(
  address: string,
  path: string,
  body: unknown,
): Promise<{ status: number; body: T }> {
  const response = await fetch(`${address}/api${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as T };
}

async function seedOrders(address: string): Promise<void> {
  const broker = await post<{ id: string }>(address, '/brokers', {
    name: 'Example Funding',
    crm_webhook_url: 'https://crm.example.com/leads',
  });
  expect(broker.status).toBe(201);
  for (const order of [
    { total_leads: 40 },
    { total_leads: 100_000, order_type: 'monthly' },
    { total_leads: 100_000, credit_score_min: 680 },
  ]) {
    const made = await post(address, '/orders', {
      broker_id: broker.body.id,
      name: 'MCA leads',
      verticals: ['MCA'],
      ...order,
    });
    expect(made.status).toBe(201);
  }
}

/** Posts from several connections until told to stop or cut off; keeps what was acknowledged. */
function load(
  address: string,
  names: () => string,
  acknowledged: Map<string, IntakeBody>,
  afterEach: (count: number) => void,
): { ended: Promise<void>; stop: () => void; refused: number[] } {
  let stopped = false;
  let count = 0;
  const refused: number[] = [];
  const worker = async (): Promise<void> => {
    while (!stopped) {
      const contact = names();
      try {
        const answer = await post<IntakeBody>(address, '/leads/incoming', aLead(contact));
        if (answer.status === 200) acknowledged.set(contact, answer.body);
        else refused.push(answer.status);
      } catch {
        return;
      }
      count += 1;
      afterEach(count);
    }
  };
  return {
    ended: Promise.all(Array.from({ length: 12 }, worker)).then(() => undefined),
    stop: () => {
      stopped = true;
    },
    refused,
  };
}

async function problemsIn(database: TestDatabase): Promise<string[]> {
  const store = await openStore({ location: database.location });
  try {
    return await inconsistencies(store);
  } finally {
    await store.close();
  }
}

async function storedLeads(database: TestDatabase) {
  const store = await openStore({ location: database.location });
  try {
    const rows = await store.db
      .selectFrom('leads')
      .select(['id', 'ghl_contact_id', 'assigned_order_id'])
      .execute();
    return new Map(rows.map((row) => [row.ghl_contact_id ?? '', row]));
  } finally {
    await store.close();
  }
}

let build: Build;
beforeAll(() => {
  build = buildService();
});
afterAll(() => build.remove());

describe.each(DATABASES)('a service on %s that is killed under load', (name) => {
  test('loses nothing that it acknowledged and keeps every lead once', async () => {
    const random = seeded(name === 'sqlite' ? 1 : 2);
    const database = await createDatabase(name);
    const acknowledged = new Map<string, IntakeBody>();
    const sent: string[] = [];
    const names = (): string => {
      const contact = `kill-${sent.length}`;
      sent.push(contact);
      return contact;
    };
    let live = await serve(build, database);
    await seedOrders(live.address);
    for (let round = 0; round < 3; round += 1) {
      const last = 20 + Math.floor(random() * 150);
      const killed = live.process;
      const posting = load(live.address, names, acknowledged, (count) => {
        if (count === last) killed.kill('SIGKILL');
      });
      expect(await killed.exited).toEqual({ code: null, signal: 'SIGKILL' });
      await posting.ended;
      expect(posting.refused).toEqual([]);
      // Before anything repairs it: what is on disk is whole, and nothing acknowledged is missing.
      expect(await problemsIn(database)).toEqual([]);
      const stored = await storedLeads(database);
      for (const [contact, answer] of acknowledged) {
        expect(stored.get(contact)).toMatchObject({
          id: answer.lead_id,
          assigned_order_id: answer.assignment?.order_id,
        });
      }
      live = await serve(build, database);
    }
    expect(acknowledged.size).toBeGreaterThan(60);
    expect(acknowledged.size).toBeLessThan(sent.length);

    // Who got no answer sends again; who got one and sends again is told so.
    for (let from = 0; from < sent.length; from += 200) {
      const contacts = sent.slice(from, from + 200);
      const { body } = await post<{ results: IntakeBody[] }>(
        live.address,
        '/leads/incoming/batch',
        {
          leads: contacts.map((contact) => aLead(contact)),
        },
      );
      contacts.forEach((contact, index) => {
        const known = acknowledged.get(contact);
        if (known === undefined) return;
        expect(body.results[index]).toMatchObject({ status: 'duplicate', lead_id: known.lead_id });
      });
    }
    live.process.kill('SIGTERM');
    expect(await live.process.exited).toEqual({ code: 0, signal: null });
    expect((await storedLeads(database)).size).toBe(sent.length);
    expect(await problemsIn(database)).toEqual([]);
    await database.drop();
  });
});

describe.each(DATABASES)('a service on %s that is asked to stop under load', (name) => {
  test('finishes what is in flight, answers it, and ends with 0', async () => {
    const database = await createDatabase(name);
    const { process: served, address } = await serve(build, database);
    await seedOrders(address);
    const acknowledged = new Map<string, IntakeBody>();
    let next = 0;
    let stopping = false;
    const slow = slowPost(address, aLead('slow'));
    await slow.accepted;
    const posting = load(
      address,
      () => `stop-${(next += 1)}`,
      acknowledged,
      (count) => {
        if (count < 100 || stopping) return;
        stopping = true;
        served.kill('SIGTERM');
      },
    );
    await served.waitFor(/SIGTERM: finishing/);
    await posting.ended;
    expect(posting.refused).toEqual([]);
    expect(served.output()).not.toMatch(/error/i);

    slow.finish();
    const answer = await slow.answer;
    expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*"status":"assigned"/);
    // Else the client would keep the connection, and the connection the process.
    expect(answer).toMatch(/^connection: close\r$/im);
    expect(await served.exited).toEqual({ code: 0, signal: null });
    const stored = await storedLeads(database);
    expect(stored.has('slow')).toBe(true);
    for (const [contact, answer] of acknowledged) {
      expect(stored.get(contact)?.id).toBe(answer.lead_id);
    }
    expect(await problemsIn(database)).toEqual([]);
    await database.drop();
  });
});

/** A post whose headers have arrived for certain, and whose body is sent when told. */
function slowPost(address: string, body: unknown) {
  const text = JSON.stringify(body);
  const url = new URL(address);
  const socket = connect(Number(url.port), url.hostname);
  let received = '';
  let accept = (): void => undefined;
  const accepted = new Promise<void>((resolve) => {
    accept = resolve;
  });
  const answer = new Promise<string>((resolve, reject) => {
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      received += chunk;
      if (received.startsWith('HTTP/1.1 100')) {
        received = received.slice(received.indexOf('\r\n\r\n') + 4);
        accept();
      }
    });
    socket.once('error', reject);
    socket.once('close', () => resolve(received));
  });
  socket.write(
    [
      'POST /api/leads/incoming HTTP/1.1',
      `Host: ${url.host}`,
      `Authorization: Bearer ${ADMIN_KEY}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(text)}`,
      'Expect: 100-continue',
      '\r\n',
    ].join('\r\n'),
  );
  return { accepted, answer, finish: () => void socket.write(text) };
}
