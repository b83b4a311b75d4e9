import { parseAllowCidrs } from '../../../../scoring-service/src/delivery/egress/allow-list.js';
import type { Cidr } from '../../../../scoring-service/src/delivery/egress/allow-list.js';
import { checkUrl } from '../../../../scoring-service/src/delivery/egress/policy.js';
import type { EgressPolicy } from '../../../../scoring-service/src/delivery/egress/policy.js';

function allow(text: string): Cidr[] {
  const parsed = parseAllowCidrs(text);
  if (!parsed.ok) throw new Error(parsed.messages.join('; '));
  return parsed.cidrs;
}

const strict: EgressPolicy = { mode: 'strict', allow: [] };
const subscriptions: EgressPolicy = { mode: 'subscriptions', allow: [] };

function saved(url: string, policy = strict): string {
  const checked = checkUrl(url, policy);
  return checked.ok ? 'allowed' : checked.reason;
}

describe('a URL when it is saved', () => {
  test.each([
    ['https://crm.example.com/hook?x=1', 'allowed'],
    ['http://crm.example.com/hook', 'allowed'],
    ['http://crm.example.com:443/', 'allowed'],
    ['https://crm.example.com:8443/', 'port'],
    ['ftp://crm.example.com/', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['crm.example.com/hook', 'url'],
    ['', 'url'],
    [`https://crm.example.com/${'x'.repeat(2048)}`, 'url'],
    ['https://user:secret@crm.example.com/', 'credentials'],
    ['https://user@crm.example.com/', 'credentials'],
    ['https://localhost/', 'address_loopback'],
    ['https://LOCALHOST./', 'address_loopback'],
    ['https://crm.localhost/', 'address_loopback'],
    ['https://127.0.0.1/', 'address_loopback'],
    ['https://2130706433/', 'address_loopback'],
    ['https://0x7f000001/', 'address_loopback'],
    ['https://0x7f.1/', 'address_loopback'],
    ['https://0177.0.0.1/', 'address_loopback'],
    ['https://127.1/', 'address_loopback'],
    ['https://127.0.0.1./', 'address_loopback'],
    ['https://１２７.０.０.１/', 'address_loopback'],
    ['https://[::1]/', 'address_loopback'],
    ['https://[::ffff:127.0.0.1]/', 'address_loopback'],
    ['https://[::ffff:7f00:1]/', 'address_loopback'],
    ['https://[0:0:0:0:0:0:0:1]/', 'address_loopback'],
    ['https://0/', 'address_unspecified'],
    ['https://3232235777/', 'address_private'],
    ['https://0xa9fea9fe/', 'address_metadata'],
  ])('%p: %s', (url, expected) => {
    expect(saved(url)).toBe(expected);
  });

  test.each([
    ['http://localhost:5678/webhook/x', 'allowed'],
    ['http://n8n:5678/webhook/x', 'allowed'],
    ['http://192.168.1.5:5678/', 'allowed'],
    ['http://169.254.169.254/latest', 'address_metadata'],
    ['http://[fe80::1]/', 'address_link_local'],
    ['http://user:secret@n8n:5678/', 'credentials'],
    ['ws://n8n:5678/', 'scheme'],
  ])('%p of a subscription: %s', (url, expected) => {
    expect(saved(url, subscriptions)).toBe(expected);
  });

  test('with an allow list, the port of a name is left to the connection', () => {
    const policy: EgressPolicy = { mode: 'strict', allow: allow('10.0.0.0/8') };
    expect(saved('http://crm.internal.example.com:8080/', policy)).toBe('allowed');
    expect(saved('http://10.0.0.5:8080/', policy)).toBe('allowed');
    expect(saved('http://8.8.8.8:8080/', policy)).toBe('port');
  });
});

describe('EGRESS_ALLOW_CIDRS', () => {
  test('networks and single addresses, separated by commas or spaces', () => {
    expect(
      allow(' 10.0.0.0/8,192.168.1.5  fd00::/8 ,::1 ').map(
        ([network, bits]) => `${network.toString()}/${bits}`,
      ),
    ).toEqual(['10.0.0.0/8', '192.168.1.5/32', 'fd00::/8', '::1/128']);
    expect(allow('')).toEqual([]);
  });

  test.each([
    ['10.0.0.5/8', 'the network is 10.0.0.0/8'],
    ['fd12::1/8', 'the network is fd00::/8'],
    ['10.0.0.0/33', 'is no network'],
    ['::/129', 'is no network'],
    ['10.0.0.0/', 'is no network'],
    ['10.0.0.0/-1', 'is no network'],
    ['10.0.0.0/8/8', 'is no network'],
    ['10/8', 'is no network'],
    ['010.0.0.0/8', 'is no network'],
    ['crm.example.com', 'is no network'],
    ['fe80::1%eth0', 'is no network'],
  ])('%p is refused', (text, reason) => {
    const parsed = parseAllowCidrs(text);
    expect(parsed).toEqual({ ok: false, messages: [expect.stringContaining(reason)] });
  });

  test('all mistakes are told together', () => {
    const parsed = parseAllowCidrs('x, 10.0.0.0/8, y');
    expect(parsed.ok ? [] : parsed.messages).toHaveLength(2);
  });
});
