import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { Agent } from 'undici';

import { createGuardedAgent } from '../../../scoring-service/src/delivery/egress/guarded-agent.js';
import { postJson } from '../../../scoring-service/src/delivery/http-post.js';
import type { PostInput } from '../../../scoring-service/src/delivery/http-post.js';
import { classifyOutcome } from '../../../scoring-service/src/delivery/retry/outcome.js';
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

describe('a POST that gets no answer', () => {
  test('headers that trickle are a timeout', async () => {
    const target = await receiver((_request, response) => {
      const { socket } = response;
      socket?.write('HTTP/1.1 200 OK\r\n');
      const trickle = setInterval(() => socket?.write('x-a: b\r\n'), 5);
      response.on('close', () => {
        clearInterval(trickle);
      });
    });
    const result = await post(target.url(), { timeoutMs: 1000 });
    expect(result).toMatchObject({ status: null, error_class: 'timeout', response_excerpt: null });
    await target.firstClosed;
  });

  test('silence before the headers is a timeout', async () => {
    const target = await receiver(() => undefined);
    const result = await post(target.url(), { timeoutMs: 1000 });
    expect(result).toMatchObject({ status: null, error_class: 'timeout' });
    expect(classifyOutcome(result)).toMatchObject({
      success: false,
      retryable: true,
      counted: true,
    });
    await target.firstClosed;
  });

  test('a name that never resolves is a timeout', async () => {
    const stuck = createGuardedAgent(
      { mode: 'subscriptions', allow: [] },
      { resolver: () => new Promise(() => undefined), connectTimeoutMs: 300 },
    );
    expect(await post('http://crm.example.com/', { agent: stuck, timeoutMs: 100 })).toMatchObject({
      error_class: 'timeout',
    });
    await stuck.destroy();
  });

  test('a body cut off in the middle keeps its status and what arrived', async () => {
    const target = await receiver((_request, response) => {
      response.writeHead(500, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });
    expect(await post(target.url())).toMatchObject({
      status: 500,
      response_excerpt: 'half',
      body_issue: 'broken',
    });
  });

  test('a connection reset before an answer is told as such', async () => {
    const target = await receiver((request) => request.socket.resetAndDestroy());
    expect(await post(target.url())).toMatchObject({
      status: null,
      error_class: 'connection_reset',
    });
  });

  test('a connection closed without an answer is told as such', async () => {
    const target = await receiver((request) => request.socket.end());
    expect(await post(target.url())).toMatchObject({
      status: null,
      error_class: 'connection_reset',
    });
  });

  test('a port where nobody listens refuses the connection', async () => {
    const gone = await startReceiver(() => undefined);
    await gone.close();
    expect(await post(gone.url())).toMatchObject({ error_class: 'connection_refused' });
  });

  test('an answer that is not HTTP is a protocol error', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.resume();
      socket.end('SSH-2.0-OpenSSH\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await post(`http://127.0.0.1:${port}/`)).toMatchObject({ error_class: 'protocol' });
    await new Promise((resolve) => server.close(resolve));
  });

  test('oversized headers are a protocol error', async () => {
    const target = await receiver((_request, response) =>
      response.writeHead(200, { 'x-big': 'x'.repeat(70_000) }).end(),
    );
    expect(await post(target.url())).toMatchObject({ status: null, error_class: 'protocol' });
  });

  test('an attempt ended by the service is nobody’s failure', async () => {
    const shutdown = new AbortController();
    const target = await receiver(() => {
      shutdown.abort();
    });
    const result = await post(target.url(), { signal: shutdown.signal });
    expect(result).toMatchObject({ status: null, error_class: 'aborted' });
    expect(classifyOutcome(result).counted).toBe(false);
  });

  test('after a shutdown began nothing is sent', async () => {
    const target = await receiver((_request, response) => response.end());
    const result = await post(target.url(), { signal: AbortSignal.abort() });
    expect(result.error_class).toBe('aborted');
    expect(target.received).toHaveLength(0);
  });

  test('a closed agent is nobody’s failure', async () => {
    const closed = new Agent();
    await closed.close();
    const result = await post('http://127.0.0.1:9/', { agent: closed });
    expect(classifyOutcome(result)).toMatchObject({ error_class: 'aborted', counted: false });
  });

  test.each(['no url', 'ftp://crm.example.com/', 'https://user:secret@crm.example.com/'])(
    '%p is not posted to',
    async (url) => {
      const result = await post(url);
      expect(result.error_class).toBe('invalid_request');
      expect(result.error_detail).not.toContain('secret');
    },
  );
});
