import { parseAllowCidrs } from '../../../../scoring-service/src/delivery/egress/allow-list.js';
import { createGuardedAgent } from '../../../../scoring-service/src/delivery/egress/guarded-agent.js';
import type {
  GuardedAgentOptions,
  ResolvedAddress,
} from '../../../../scoring-service/src/delivery/egress/guarded-agent.js';
import type { EgressPolicy } from '../../../../scoring-service/src/delivery/egress/policy.js';
import { postJson } from '../../../../scoring-service/src/delivery/http-post.js';
import { startReceiver } from '../receiver.js';
import type { Receiver } from '../receiver.js';
import { TEST_CERTIFICATE } from '../test-certificate.js';

let plain: Receiver;
let secure: Receiver;

beforeEach(async () => {
  plain = await startReceiver((_request, response) => response.end('plain'));
  secure = await startReceiver((_request, response) => response.end('secure'), { tls: true });
});
afterEach(async () => {
  await Promise.all([plain.close(), secure.close()]);
});

function policy(mode: EgressPolicy['mode'], allow = ''): EgressPolicy {
  const parsed = parseAllowCidrs(allow);
  if (!parsed.ok) throw new Error(parsed.messages.join('; '));
  return { mode, allow: parsed.cidrs };
}

/** A resolver that gives one answer after the other, and remembers how often it was asked. */
function answers(...lists: string[][]) {
  const asked: string[] = [];
  const resolver = (hostname: string): Promise<ResolvedAddress[]> => {
    asked.push(hostname);
    const list = lists[Math.min(asked.length, lists.length) - 1] ?? [];
    return Promise.resolve(
      list.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return { asked, resolver };
}

async function post(url: string, rules: EgressPolicy, options: GuardedAgentOptions = {}) {
  const agent = createGuardedAgent(rules, options);
  try {
    return await postJson({ url, body: '{}', agent, version: '1', headers: {}, timeoutMs: 5000 });
  } finally {
    await agent.destroy();
  }
}

describe('the guarded agent', () => {
  test('a name that resolves to loopback is refused before any packet', async () => {
    const { resolver } = answers(['127.0.0.1'], ['8.8.8.8']);
    const result = await post(plain.url('crm.example.com'), policy('strict'), { resolver });
    expect(result).toMatchObject({
      status: null,
      error_class: 'egress_refused',
      error_detail: 'EGRESS_REFUSED: 127.0.0.1 is a loopback address',
    });
    expect(plain.connections).toBe(0);
  });

  test('a public address beside a loopback one does not help', async () => {
    const { resolver } = answers(['8.8.8.8', '127.0.0.1']);
    const result = await post(plain.url('crm.example.com'), policy('strict'), { resolver });
    expect(result.error_class).toBe('egress_refused');
    expect(plain.connections).toBe(0);
  });

  test('the address that was judged is the address that is called: the name is asked once', async () => {
    const { resolver, asked } = answers(['127.0.0.1'], ['169.254.169.254']);
    const result = await post(plain.url('crm.example.com'), policy('strict', '127.0.0.1'), {
      resolver,
    });
    expect(result).toMatchObject({ status: 200, response_excerpt: 'plain' });
    expect(asked).toEqual(['crm.example.com']);
    expect(plain.received[0]?.headers.host).toBe(`crm.example.com:${plain.port}`);
  });

  test('a name is judged anew for every request', async () => {
    const { resolver } = answers(['127.0.0.1'], ['169.254.169.254']);
    const agent = createGuardedAgent(policy('subscriptions'), { resolver });
    const send = () =>
      postJson({ url: plain.url('n8n'), body: '{}', agent, version: '1', headers: {} });
    expect((await send()).status).toBe(200);
    expect((await send()).error_class).toBe('egress_refused');
    expect(plain.connections).toBe(1);
    await agent.destroy();
  });

  test.each([
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    '[::ffff:127.0.0.1]',
    '[::1]',
    '[::]',
    '0',
  ])('the literal %s is refused towards brokers', async (host) => {
    const { resolver, asked } = answers(['8.8.8.8']);
    const result = await post(plain.url(host), policy('strict'), { resolver });
    expect(result.error_class).toBe('egress_refused');
    expect(asked).toEqual([]);
    expect(plain.connections).toBe(0);
  });

  test('a public address on another port is refused', async () => {
    const { resolver } = answers(['8.8.8.8']);
    const result = await post('https://crm.example.com:8443/', policy('strict'), { resolver });
    expect(result.error_detail).toContain('port 8443 is not 80 or 443');
  });

  test('an allowed network works on any port and scheme, its neighbour does not', async () => {
    expect((await post(plain.url(), policy('strict', '127.0.0.0/8'))).status).toBe(200);
    expect((await post(plain.url(), policy('strict', '10.0.0.0/8'))).error_class).toBe(
      'egress_refused',
    );
    expect(plain.connections).toBe(1);
  });

  test('subscriptions reach loopback by number and by name, never metadata', async () => {
    expect((await post(plain.url(), policy('subscriptions'))).status).toBe(200);
    expect((await post(plain.url('localhost'), policy('subscriptions'))).status).toBe(200);
    const { resolver } = answers(['169.254.169.254']);
    const result = await post('http://metadata.example.com/', policy('subscriptions'), {
      resolver,
    });
    expect(result.error_detail).toContain('169.254.169.254 is a metadata address');
  });

  test('a second address is tried when the first does not answer', async () => {
    const { resolver } = answers(['127.0.0.2', '127.0.0.1']);
    const result = await post(plain.url('crm.example.com'), policy('subscriptions'), { resolver });
    expect(result.status).toBe(200);
  });

  test('TLS is checked against the name, not the address', async () => {
    const { resolver } = answers(['127.0.0.1']);
    const rules = policy('strict', '127.0.0.0/8');
    const trusted = { resolver, ca: TEST_CERTIFICATE };
    expect(await post(secure.url('crm.example.com'), rules, trusted)).toMatchObject({
      status: 200,
      response_excerpt: 'secure',
    });
    const other = await post(secure.url('other.example.com'), rules, trusted);
    expect(other.error_class).toBe('tls');
    const unknown = await post(secure.url('crm.example.com'), rules, { resolver });
    expect(unknown.error_class).toBe('tls');
    expect(secure.received).toHaveLength(1);
  });

  test('http spoken to a TLS port and TLS to an http port fail cleanly', async () => {
    const rules = policy('subscriptions');
    expect((await post(plain.url('127.0.0.1', 'https'), rules)).error_class).toBe('tls');
    expect((await post(secure.url('127.0.0.1', 'http'), rules)).error_class).toBe(
      'connection_reset',
    );
  });

  test.each<[string, GuardedAgentOptions['resolver']]>([
    ['an unknown name', () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' }))],
    ['a name without addresses', () => Promise.resolve([])],
    ['a resolver without an answer', () => new Promise(() => undefined)],
  ])('%s is a dns error', async (_name, resolver) => {
    const result = await post('https://crm.example.com/', policy('strict'), {
      resolver,
      connectTimeoutMs: 100,
    });
    expect(result.error_class).toBe('dns');
    expect(result.error_detail).toContain('crm.example.com does not resolve');
  });
});
