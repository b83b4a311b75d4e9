import ipaddr from 'ipaddr.js';
import type { IPv4, IPv6 } from 'ipaddr.js';

/** What an address is for, as far as calling out is concerned. */
export type AddressKind =
  | 'public'
  | 'private'
  | 'loopback'
  | 'cgnat'
  | 'link_local'
  | 'metadata'
  | 'multicast'
  | 'unspecified'
  | 'benchmarking'
  | 'documentation'
  | 'reserved'
  /** An IPv6 form that carries an IPv4 address by which the network would deliver. */
  | 'embedded_ipv4';

export interface AddressFacts {
  kind: AddressKind;
  /** The IPv4 addresses inside, for `embedded_ipv4` and for NAT64. */
  embedded: IPv4[];
}

type Range = readonly [cidr: string, kind: AddressKind];

// IANA special-purpose registries (RFC 6890 and later entries) and the fixed addresses of the
// clouds' metadata services. The first match counts, so exceptions stand before their range.
const IPV4_RANGES: readonly Range[] = [
  ['169.254.169.254/32', 'metadata'], // AWS, Azure, Google Cloud and most others
  ['169.254.170.2/32', 'metadata'], // AWS container credentials
  ['169.254.170.23/32', 'metadata'], // AWS pod identity
  ['100.100.100.200/32', 'metadata'], // Alibaba Cloud
  ['168.63.129.16/32', 'metadata'], // Azure host agent, a public address
  ['192.0.0.192/32', 'metadata'], // Oracle Cloud
  ['0.0.0.0/8', 'unspecified'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'cgnat'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link_local'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'reserved'],
  ['192.0.2.0/24', 'documentation'],
  ['192.31.196.0/24', 'reserved'],
  ['192.52.193.0/24', 'reserved'],
  ['192.88.99.0/24', 'reserved'],
  ['192.168.0.0/16', 'private'],
  ['192.175.48.0/24', 'reserved'],
  ['198.18.0.0/15', 'benchmarking'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved'],
];

const IPV6_RANGES: readonly Range[] = [
  ['fd00:ec2::254/128', 'metadata'], // AWS
  ['fd00:ec2::23/128', 'metadata'], // AWS pod identity
  ['fd20:ce::254/128', 'metadata'], // Google Cloud
  ['::/128', 'unspecified'],
  ['::1/128', 'loopback'],
  ['::ffff:0:0/96', 'embedded_ipv4'], // mapped
  ['::ffff:0:0:0/96', 'embedded_ipv4'], // translated, RFC 2765
  ['::/96', 'embedded_ipv4'], // compatible, deprecated
  ['2001::/32', 'embedded_ipv4'], // Teredo
  ['2002::/16', 'embedded_ipv4'], // 6to4
  ['64:ff9b::/96', 'public'], // NAT64: as good as the IPv4 address inside
  ['2001:2::/48', 'benchmarking'],
  ['2001:db8::/32', 'documentation'],
  ['2001::/23', 'reserved'],
  ['2620:4f:8000::/48', 'reserved'],
  ['3fff::/20', 'documentation'],
  ['2000::/3', 'public'],
  ['fc00::/7', 'private'],
  ['fe80::/10', 'link_local'],
  ['fec0::/10', 'private'],
  ['ff00::/8', 'multicast'],
  // All else is outside global unicast: reserved.
];

function compile(ranges: readonly Range[]) {
  return ranges.map(([cidr, kind]) => ({ range: ipaddr.parseCIDR(cidr), kind }));
}

const compiledIpv4 = compile(IPV4_RANGES);
const compiledIpv6 = compile(IPV6_RANGES);
const teredo = ipaddr.IPv6.parseCIDR('2001::/32');
const sixToFour = ipaddr.IPv6.parseCIDR('2002::/16');
const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

function embeddedIn(address: IPv6, kind: AddressKind): IPv4[] {
  const bytes = address.toByteArray();
  const ipv4 = (from: number, flip = 0) =>
    new ipaddr.IPv4(bytes.slice(from, from + 4).map((byte) => byte ^ flip));
  // Teredo (RFC 4380) carries its server as it is and the client with every bit inverted.
  if (address.match(teredo)) return [ipv4(4), ipv4(12, 0xff)];
  if (address.match(sixToFour)) return [ipv4(2)];
  return kind === 'embedded_ipv4' || address.match(nat64) ? [ipv4(12)] : [];
}

/** Classifies an address; total over all of IPv4 and IPv6. */
export function addressFacts(address: IPv4 | IPv6): AddressFacts {
  if (address.kind() === 'ipv4') {
    const found = compiledIpv4.find(({ range }) => address.match(range));
    return { kind: found?.kind ?? 'public', embedded: [] };
  }
  const kind = compiledIpv6.find(({ range }) => address.match(range))?.kind ?? 'reserved';
  return { kind, embedded: embeddedIn(address as IPv6, kind) };
}
