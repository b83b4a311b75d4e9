import fc from 'fast-check';

import { parseAllowCidrs } from '../../../../scoring-service/src/delivery/egress/allow-list.js';
import type { Cidr } from '../../../../scoring-service/src/delivery/egress/allow-list.js';
import { judgeDestination } from '../../../../scoring-service/src/delivery/egress/policy.js';
import type { EgressPolicy } from '../../../../scoring-service/src/delivery/egress/policy.js';

function allow(text: string): Cidr[] {
  const parsed = parseAllowCidrs(text);
  if (!parsed.ok) throw new Error(parsed.messages.join('; '));
  return parsed.cidrs;
}

const strict: EgressPolicy = { mode: 'strict', allow: [] };
const subscriptions: EgressPolicy = { mode: 'subscriptions', allow: [] };

function verdict(address: string, policy = strict, port = 443): string {
  return judgeDestination([address], port, policy)?.reason ?? 'allowed';
}

// Address, verdict towards brokers, verdict towards subscriptions.
const ADDRESSES: [string, string, string][] = [
  ['8.8.8.8', 'allowed', 'allowed'],
  ['1.1.1.1', 'allowed', 'allowed'],
  ['172.32.0.1', 'allowed', 'allowed'],
  ['100.128.0.1', 'allowed', 'allowed'],
  ['2606:4700:4700::1111', 'allowed', 'allowed'],
  ['10.0.0.1', 'address_private', 'allowed'],
  ['172.16.0.1', 'address_private', 'allowed'],
  ['172.31.255.255', 'address_private', 'allowed'],
  ['192.168.1.1', 'address_private', 'allowed'],
  ['127.0.0.1', 'address_loopback', 'allowed'],
  ['127.255.255.254', 'address_loopback', 'allowed'],
  ['100.64.0.1', 'address_cgnat', 'allowed'],
  ['100.127.255.255', 'address_cgnat', 'allowed'],
  ['0.0.0.0', 'address_unspecified', 'address_unspecified'],
  ['0.1.2.3', 'address_unspecified', 'address_unspecified'],
  ['169.254.0.1', 'address_link_local', 'address_link_local'],
  ['169.254.169.254', 'address_metadata', 'address_metadata'],
  ['169.254.170.2', 'address_metadata', 'address_metadata'],
  ['100.100.100.200', 'address_metadata', 'address_metadata'],
  ['168.63.129.16', 'address_metadata', 'address_metadata'],
  ['192.0.0.192', 'address_metadata', 'address_metadata'],
  ['192.0.0.1', 'address_reserved', 'address_reserved'],
  ['192.0.2.1', 'address_documentation', 'address_documentation'],
  ['198.51.100.1', 'address_documentation', 'address_documentation'],
  ['203.0.113.1', 'address_documentation', 'address_documentation'],
  ['198.18.0.1', 'address_benchmarking', 'address_benchmarking'],
  ['198.19.255.255', 'address_benchmarking', 'address_benchmarking'],
  ['192.88.99.1', 'address_reserved', 'address_reserved'],
  ['224.0.0.1', 'address_multicast', 'address_multicast'],
  ['240.0.0.1', 'address_reserved', 'address_reserved'],
  ['255.255.255.255', 'address_reserved', 'address_reserved'],
  ['::', 'address_unspecified', 'address_unspecified'],
  ['::1', 'address_loopback', 'allowed'],
  ['fc00::1', 'address_private', 'allowed'],
  ['fd12:3456::1', 'address_private', 'allowed'],
  ['fd00:ec2::254', 'address_metadata', 'address_metadata'],
  ['fe80::1', 'address_link_local', 'address_link_local'],
  ['fe80::1%eth0', 'address_link_local', 'address_link_local'],
  ['febf::1', 'address_link_local', 'address_link_local'],
  ['fec0::1', 'address_private', 'allowed'],
  ['ff02::1', 'address_multicast', 'address_multicast'],
  ['100::1', 'address_reserved', 'address_reserved'],
  ['4000::1', 'address_reserved', 'address_reserved'],
  ['5f00::1', 'address_reserved', 'address_reserved'],
  ['2001:db8::1', 'address_documentation', 'address_documentation'],
  ['3fff::1', 'address_documentation', 'address_documentation'],
  ['2001:2::1', 'address_benchmarking', 'address_benchmarking'],
  ['2001:20::1', 'address_reserved', 'address_reserved'],
  ['::ffff:127.0.0.1', 'address_loopback', 'allowed'],
  ['::ffff:169.254.169.254', 'address_metadata', 'address_metadata'],
  ['::ffff:8.8.8.8', 'address_embedded_ipv4', 'allowed'],
  ['::ffff:0:10.0.0.1', 'address_private', 'allowed'],
  ['::10.0.0.1', 'address_private', 'allowed'],
  ['::169.254.169.254', 'address_metadata', 'address_metadata'],
  ['2002:7f00:1::', 'address_loopback', 'allowed'],
  ['2002:a9fe:a9fe::1', 'address_metadata', 'address_metadata'],
  ['2002:808:808::1', 'address_embedded_ipv4', 'allowed'],
  ['64:ff9b::8.8.8.8', 'allowed', 'allowed'],
  ['64:ff9b::10.0.0.1', 'address_private', 'allowed'],
  ['64:ff9b::169.254.169.254', 'address_metadata', 'address_metadata'],
  ['64:ff9b:1::8.8.8.8', 'address_reserved', 'address_reserved'],
  // Teredo: server 8.8.8.8, then clients 127.0.0.1 and 169.254.169.254 with their bits inverted.
  ['2001:0:808:808:0:0:80ff:fffe', 'address_loopback', 'allowed'],
  ['2001:0:808:808:0:0:5601:5601', 'address_metadata', 'address_metadata'],
  ['2001:0:a9fe:a9fe::1', 'address_metadata', 'address_metadata'],
  ['not-an-address', 'address_reserved', 'address_reserved'],
];

describe('the egress policy', () => {
  test.each(ADDRESSES)('%s: brokers %s, subscriptions %s', (address, broker, subscription) => {
    expect(verdict(address)).toBe(broker);
    expect(verdict(address, subscriptions)).toBe(subscription);
  });

  test('every private IPv4 address stays refused however IPv6 wraps it', () => {
    const inside = fc.constantFrom(
      [10],
      [127],
      [192, 168],
      [172, 20],
      [169, 254],
      [100, 64],
      [0],
      [224],
    );
    fc.assert(
      fc.property(inside, fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }), (prefix, rest) => {
        const bytes = [...prefix, ...rest].slice(0, 4);
        const hex = (list: number[]) =>
          list.map((byte) => byte.toString(16).padStart(2, '0')).join('');
        const [a, b] = [hex(bytes.slice(0, 2)), hex(bytes.slice(2))];
        const [x, y] = [
          hex(bytes.slice(0, 2).map((byte) => byte ^ 255)),
          hex(bytes.slice(2).map((byte) => byte ^ 255)),
        ];
        const forms = [
          bytes.join('.'),
          `::ffff:${a}:${b}`,
          `::${a}:${b}`,
          `::ffff:0:${a}:${b}`,
          `64:ff9b::${a}:${b}`,
          `2002:${a}:${b}::1`,
          `2001:0:808:808::${x}:${y}`,
        ];
        for (const form of forms) expect(verdict(form)).not.toBe('allowed');
      }),
    );
  });

  test('one forbidden address among several forbids the name', () => {
    expect(judgeDestination(['8.8.8.8', '127.0.0.1'], 443, strict)?.reason).toBe(
      'address_loopback',
    );
  });

  test.each([80, 443])('brokers may be reached on port %p', (port) => {
    expect(verdict('8.8.8.8', strict, port)).toBe('allowed');
  });

  test.each([22, 8080, 8443, 0])(
    'brokers may not be reached on port %p, subscriptions may',
    (port) => {
      expect(verdict('8.8.8.8', strict, port)).toBe('port');
      expect(verdict('8.8.8.8', subscriptions, port)).toBe('allowed');
    },
  );

  test('an allowed network is exempt from every rule, its neighbours are not', () => {
    const policy: EgressPolicy = {
      mode: 'strict',
      allow: allow('10.1.0.0/16, fd00::/8 169.254.169.254'),
    };
    expect(verdict('10.1.2.3', policy, 8080)).toBe('allowed');
    expect(verdict('::ffff:10.1.2.3', policy, 8080)).toBe('allowed');
    expect(verdict('fd00::5', policy, 22)).toBe('allowed');
    expect(verdict('169.254.169.254', policy)).toBe('allowed');
    expect(verdict('10.2.0.1', policy)).toBe('address_private');
    expect(verdict('8.8.8.8', policy, 8080)).toBe('port');
    expect(judgeDestination(['10.1.2.3', '10.2.0.1'], 443, policy)?.reason).toBe('address_private');
  });
});
