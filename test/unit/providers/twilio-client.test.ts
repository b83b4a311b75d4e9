import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import {
  createTwilioClient,
  type TwilioClient,
} from '../../../scoring-service/src/providers/twilio/index.js';
import { startFakeTwilio, type FakeTwilio, type Fault } from '../../fakes/twilio.js';

const NOW = Date.parse('2026-11-20T15:00:00Z');
const text = {
  to: '+12025550123',
  body: 'Hi Ana, thank you for calling. ñ & +',
  from: '+12025550100',
  statusCallback: 'https://leads.example.com/api/webhooks/twilio/message-status?mid=1',
};

let fake: FakeTwilio;
let client: TwilioClient;
const clientWith = (timeoutMs: number, authToken = fake.authToken): TwilioClient =>
  createTwilioClient({ accountSid: fake.accountSid, authToken, baseUrl: fake.url, timeoutMs });

beforeEach(async () => {
  fake = await startFakeTwilio({ now: () => NOW });
  client = clientWith(10_000);
});
afterEach(async () => {
  await fake.close();
});

describe('createMessage', () => {
  test('a text arrives as written, with sender and status callback, as the contract wants it', async () => {
    const result = await client.createMessage(text);
    expect(result).toEqual({
      ok: true,
      sid: fake.messages[0]?.sid,
      status: 'queued',
      from: '+12025550100',
    });
    expect(fake.messages).toEqual([
      expect.objectContaining({
        to: text.to,
        body: text.body,
        status_callback: text.statusCallback,
      }),
    ]);
    expect(fake.violations).toEqual([]);
  });

  test('a messaging service may stand for the sender', async () => {
    const messagingServiceSid = `MG${'a'.repeat(32)}`;
    const result = await client.createMessage({ to: text.to, body: 'Hello', messagingServiceSid });
    expect(result.ok).toBe(true);
    expect(fake.messages[0]).toMatchObject({
      from: null,
      messaging_service_sid: messagingServiceSid,
    });
    expect(fake.violations).toEqual([]);
  });

  const outcomes: [string, Fault, Record<string, unknown>][] = [
    [
      'an opt-out',
      { kind: 'opted_out' },
      { code: '21610', status: 400, opted_out: true, retryable: false, ambiguous: false },
    ],
    [
      'too many requests',
      { kind: 'rate_limited', retryAfter: 9 },
      { code: '20429', status: 429, retryable: true, ambiguous: false, retry_after: 9 },
    ],
    [
      'Twilio’s own error',
      { kind: 'server_error' },
      { code: '20500', status: 500, retryable: true, ambiguous: false },
    ],
    [
      '503',
      { kind: 'unavailable' },
      { code: 'http_503', status: 503, retryable: true, ambiguous: false },
    ],
    [
      'a gateway’s error page',
      { kind: 'gateway_error' },
      { code: 'http_502', status: 502, retryable: false, ambiguous: true },
    ],
    [
      'a connection reset',
      { kind: 'reset', accepted: true },
      { code: 'connection', status: null, retryable: false, ambiguous: true },
    ],
    [
      'an unreadable 201',
      { kind: 'garbage' },
      { code: 'bad_answer', retryable: false, ambiguous: true },
    ],
  ];
  test.each(outcomes)(
    '%s is told for what it is, after one request',
    async (_, fault, expected) => {
      fake.failNext(fault);
      const result = await client.createMessage(text);
      expect(result).toEqual({ ok: false, error: expect.objectContaining(expected) });
      expect(fake.requests).toHaveLength(1);
    },
  );

  test.each<Fault>([
    { kind: 'hang', accepted: true },
    { kind: 'drip', accepted: true },
  ])('an answer that does not come in time ($kind) is ambiguous', async (fault) => {
    fake.failNext(fault);
    const result = await clientWith(1500).createMessage(text);
    expect(result).toEqual({
      ok: false,
      error: expect.objectContaining({ code: 'timeout', ambiguous: true, retryable: false }),
    });
    expect(fake.requests).toHaveLength(1);
  });

  test('a refused connection is certainly no text and may be tried again', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const nowhere = createTwilioClient({
      accountSid: fake.accountSid,
      authToken: 'x',
      baseUrl: `http://127.0.0.1:${port}`,
      timeoutMs: 5000,
    });
    const result = await nowhere.createMessage(text);
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'connection', retryable: true, ambiguous: false },
    });
  });

  test('a wrong token and a bad number are refusals for good', async () => {
    expect(await clientWith(5000, 'wrong').createMessage(text)).toMatchObject({
      ok: false,
      error: { code: '20003', status: 401, retryable: false, ambiguous: false },
    });
    expect(await client.createMessage({ ...text, to: '+1' })).toMatchObject({
      ok: false,
      error: { code: '21211', status: 400, retryable: false, ambiguous: false },
    });
  });

  test('no failure repeats the number or the text', async () => {
    fake.failNext({ kind: 'opted_out' }, { kind: 'gateway_error' }, { kind: 'reset' });
    for (let i = 0; i < 3; i += 1) {
      const result = JSON.stringify(await client.createMessage(text));
      expect(result).not.toContain('5550123');
      expect(result).not.toContain('Ana');
    }
  });

  test('a base URL may have a path', async () => {
    const nested = createTwilioClient({
      accountSid: fake.accountSid,
      authToken: fake.authToken,
      baseUrl: `${fake.url}/proxy/`,
      timeoutMs: 5000,
    });
    await nested.createMessage(text);
    expect(fake.requests).toEqual([
      `POST /proxy/2010-04-01/Accounts/${fake.accountSid}/Messages.json`,
    ]);
  });
});

describe('findMessages', () => {
  test('finds texts to one number since a moment, newest first, waiting ones included', async () => {
    fake.add({ to: text.to, body: 'old', created_at: NOW - 600_000, status: 'delivered' });
    fake.add({ to: text.to, body: 'one', created_at: NOW - 60_000, status: 'sent' });
    fake.add({ to: '+12025550199', body: 'another', created_at: NOW });
    const last = fake.add({ to: text.to, body: 'two', created_at: NOW });
    const result = await client.findMessages({ to: text.to, since: NOW - 120_000 });
    expect(result).toMatchObject({ ok: true, messages: [{ body: 'two' }, { body: 'one' }] });
    expect(result.ok && result.messages[0]).toEqual({
      sid: last.sid,
      to: text.to,
      body: 'two',
      status: 'queued',
      error_code: null,
      created_at: NOW,
    });
    expect(fake.violations).toEqual([]);
  });

  test('a text accepted before the connection broke is found', async () => {
    fake.failNext({ kind: 'reset', accepted: true });
    await client.createMessage(text);
    const result = await client.findMessages({ to: text.to, since: NOW });
    expect(result.ok && result.messages.map(({ body }) => body)).toEqual([text.body]);
  });

  test('a failing search is a value too', async () => {
    fake.failAll({ kind: 'server_error' });
    expect(await client.findMessages({ to: text.to, since: NOW })).toMatchObject({
      ok: false,
      error: { code: '20500' },
    });
    fake.failAll(null);
    expect(await client.findMessages({ to: text.to, since: NOW })).toEqual({
      ok: true,
      messages: [],
    });
  });
});

test('the fake sees a request that breaks the contract', async () => {
  const url = `${fake.url}/2010-04-01/Accounts/${fake.accountSid}/Messages.json`;
  const authorization = `Basic ${Buffer.from(`${fake.accountSid}:${fake.authToken}`).toString('base64')}`;
  await fetch(url, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams({ Body: 'Hello', Colour: 'red', MessagingServiceSid: 'MG1' }),
  });
  const found = fake.violations.join('\n');
  expect(found).toContain('form Colour is unknown');
  expect(found).toContain("required property 'To'");
  expect(found).toContain('MessagingServiceSid');
});
