import { isIP } from 'node:net';

import ipaddr from 'ipaddr.js';
import type { IPv4, IPv6 } from 'ipaddr.js';

/** One allowed network. */
export type Cidr = [network: IPv4 | IPv6, prefix: number];

export type ParsedAllowList = { ok: true; cidrs: Cidr[] } | { ok: false; messages: string[] };

function parseEntry(entry: string): Cidr | string {
  const [text = '', prefixText, ...rest] = entry.split('/');
  const family = isIP(text);
  const bits = family === 6 ? 128 : 32;
  const prefix = prefixText === undefined ? bits : Number(prefixText);
  const wellFormed = prefixText === undefined || /^\d{1,3}$/.test(prefixText);
  if (family === 0 || text.includes('%') || rest.length > 0 || !wellFormed || prefix > bits) {
    return `"${entry}" is no network; write an address and a prefix length, such as 10.0.0.0/8`;
  }
  const address = ipaddr.parse(text);
  const network =
    family === 6
      ? ipaddr.IPv6.networkAddressFromCIDR(`${text}/${prefix}`)
      : ipaddr.IPv4.networkAddressFromCIDR(`${text}/${prefix}`);
  if (address.toString() !== network.toString()) {
    return `"${entry}" has bits set beyond its prefix; the network is ${network.toString()}/${prefix}`;
  }
  return [network, prefix];
}

/**
 * Reads the value of `EGRESS_ALLOW_CIDRS`: networks separated by commas or spaces, a bare address
 * standing for itself alone. All mistakes are reported together.
 */
export function parseAllowCidrs(text: string): ParsedAllowList {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== '');
  const parsed = entries.map(parseEntry);
  const messages = parsed.filter((entry) => typeof entry === 'string');
  if (messages.length > 0) return { ok: false, messages };
  return { ok: true, cidrs: parsed.filter((entry) => typeof entry !== 'string') };
}

/** Whether an address lies in one of the networks; a mapped IPv4 address counts as itself. */
export function isAllowed(address: IPv4 | IPv6, allow: readonly Cidr[]): boolean {
  const mapped = address.kind() === 'ipv6' && (address as IPv6).isIPv4MappedAddress();
  const forms = mapped ? [address, (address as IPv6).toIPv4Address()] : [address];
  return forms.some((form) =>
    allow.some((cidr) => cidr[0].kind() === form.kind() && form.match(cidr)),
  );
}
