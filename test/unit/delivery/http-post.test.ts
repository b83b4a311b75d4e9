import { gzipSync } from 'node:zlib';

import { Webhook } from 'standardwebhooks';

import { postJson } from '../../../scoring-service/src/delivery/http-post.js';
import type { PostInput } from '../../../scoring-service/src/delivery/http-post.js';
import { classifyOutcome } from '../../../scoring-service/src/delivery/retry/outcome.js';
import { generateSecret } from '../../../scoring-service/src/delivery/signing/secret.js';
import { signWebhook } from '../../../scoring-service/src/delivery/signing/sign.js';
import { createGuardedAgent } from '../../../scoring-service/src/delivery/egress/guarded-agent.js';
import { startReceiver } from './receiver.js';
import type { Receiver } from './receiver.js';

const agent = createGuardedAgent({ mode: 'subscriptions', allow: [] });
const open: Receiver[] = [];

async function receiver(...args: Parameters<typeof startReceiver>): Promise<Receiver> {
  const started = await startReceiver(...args);
  open.push(started);
  return started;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});
afterAll(() => agent.destroy());

function post(url: string, overrides: Partial<PostInput> = {}) {
  return postJson({ url, body: '{"a":1}', agent, version: '1.2.3', headers: {}, ...overrides });
}

describe('posting JSON', () => {
  test('the receiver gets our body and headers, and its status and text come back', async () => {
    const target = await receiver((_request, response) => {
      response.writeHead(201, { 'retry-after': '7', 'set-cookie': 'a=b' }).end('created');
    });
    const clock = [100, 142.4];
    const result = await post(target.url(), {
      headers: { 'webhook-id': 'd1' },
      extraHeaders: { Authorization: 'Bearer x', 'User-Agent': 'evil', 'webhook-id': 'evil' },
      monotonicNow: () => clock.shift() ?? 0,
    });
    expect(result).toEqual({
      status: 201,
      error_class: null,
      error_detail: null,
      response_excerpt: 'created',
      body_issue: null,
      retry_after: '7',
      duration_ms: 42,
    });
    expect(target.received).toEqual([
      {
        body: '{"a":1}',
        headers: {
          host: `127.0.0.1:${target.port}`,
          connection: 'close',
          'content-length': '7',
          'content-type': 'application/json',
          'accept-encoding': 'identity',
          'user-agent': 'LeadLoop/1.2.3',
          'webhook-id': 'd1',
          authorization: 'Bearer x',
        },
      },
    ]);
  });

  test('a signed body verifies at the receiver, byte for byte', async () => {
    const secret = generateSecret((size) => Buffer.alloc(size, 9));
    const body = '{"name":"Zoë 🙂"}';
    const target = await receiver((_request, response) => response.end());
    const headers = { ...signWebhook({ id: 'd2', at: Date.now(), body, secrets: [secret] }) };
    await post(target.url(), { body, headers });
    const [seen] = target.received;
    expect(
      new Webhook(secret).verify(seen?.body ?? '', seen?.headers as Record<string, string>),
    ).toEqual(JSON.parse(body));
  });

  test('204 without a body is a success', async () => {
    const target = await receiver((_request, response) => response.writeHead(204).end());
    const result = await post(target.url());
    expect(result).toMatchObject({ status: 204, response_excerpt: '', body_issue: null });
    expect(classifyOutcome(result).success).toBe(true);
  });

  test('cookies are not kept, and every request has its own connection', async () => {
    const target = await receiver((_request, response) =>
      response.writeHead(200, { 'set-cookie': 'session=1' }).end(),
    );
    await post(target.url());
    await post(target.url());
    expect(target.received[1]?.headers.cookie).toBeUndefined();
    expect(target.connections).toBe(2);
  });

  test.each([301, 302, 303, 307, 308])('a redirect %p is not followed', async (status) => {
    const victim = await receiver((_request, response) => response.end());
    const target = await receiver((_request, response) =>
      response.writeHead(status, { location: victim.url() }).end('elsewhere'),
    );
    const result = await post(target.url());
    expect(result).toMatchObject({ status, response_excerpt: 'elsewhere' });
    expect(classifyOutcome(result)).toMatchObject({ success: false, error_class: 'redirect' });
    expect(victim.connections).toBe(0);
  });

  test('an endless body is read up to the cap, then the connection is dropped', async () => {
    const target = await receiver((_request, response) => {
      response.writeHead(200);
      const more = () => {
        while (response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    });
    const result = await post(target.url());
    expect(result).toMatchObject({
      status: 200,
      body_issue: 'truncated',
      response_excerpt: 'x'.repeat(4096),
    });
    await target.firstClosed;
  });

  test('a body that trickles ends with the time limit; the status stands', async () => {
    const target = await receiver((_request, response) => {
      response.writeHead(200);
      const trickle = setInterval(() => response.write('.'), 5);
      response.on('close', () => {
        clearInterval(trickle);
      });
    });
    const result = await post(target.url(), { timeoutMs: 1500 });
    expect(result).toMatchObject({ status: 200, body_issue: 'timeout', error_class: null });
    expect(result.response_excerpt).toMatch(/^\.+$/);
    await target.firstClosed;
  });

  test('a compressed answer is not expanded', async () => {
    const bomb = gzipSync(Buffer.alloc(1_000_000));
    const target = await receiver((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    );
    const result = await post(target.url());
    expect(result.status).toBe(200);
    expect(result.response_excerpt?.length).toBeLessThanOrEqual(4096);
  });

  test('the excerpt is clean text: no NUL, no escape codes, no half characters', async () => {
    const target = await receiver((_request, response) =>
      response.end(Buffer.concat([Buffer.from('a\0b\u001b[31mc\n\tü'), Buffer.from([0xff])])),
    );
    expect((await post(target.url())).response_excerpt).toBe('ab[31mc\n\tü\ufffd');
    const long = await receiver((_request, response) => response.end('ü'.repeat(3000)));
    const result = await post(long.url(), { maxResponseBytes: 101 });
    expect(result).toMatchObject({ response_excerpt: 'ü'.repeat(50), body_issue: 'truncated' });
  });
});
