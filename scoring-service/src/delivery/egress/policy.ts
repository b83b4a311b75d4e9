import { isIP } from 'node:net';

import ipaddr from 'ipaddr.js';
import type { IPv4, IPv6 } from 'ipaddr.js';

import { addressFacts } from './address.js';
import type { AddressKind } from './address.js';
import { isAllowed } from './allow-list.js';
import type { Cidr } from './allow-list.js';

/**
 * Where requests may go. `strict` (brokers): public addresses on ports 80 and 443.
 * `subscriptions` (event receivers, n8n): any port, also loopback and private networks.
 * Addresses inside `allow` are exempt from either.
 */
export interface EgressPolicy {
  mode: 'strict' | 'subscriptions';
  allow: readonly Cidr[];
}

export type EgressReason = 'url' | 'scheme' | 'credentials' | 'port' | `address_${AddressKind}`;

export interface Refusal {
  reason: EgressReason;
  message: string;
}

const STRICT_PORTS = new Set([80, 443]);
const MAX_URL_LENGTH = 2048;
const ALLOWED_KINDS: Record<EgressPolicy['mode'], ReadonlySet<AddressKind>> = {
  strict: new Set<AddressKind>(['public']),
  subscriptions: new Set<AddressKind>(['public', 'private', 'loopback', 'cgnat']),
};

/** The kind that makes an address forbidden, or null. */
function forbiddenKind(address: IPv4 | IPv6, mode: EgressPolicy['mode']): AddressKind | null {
  const allowed = ALLOWED_KINDS[mode];
  const { kind, embedded } = addressFacts(address);
  for (const inner of embedded) {
    const innerKind = addressFacts(inner).kind;
    if (!allowed.has(innerKind)) return innerKind;
  }
  // Wrapped addresses have no honest use towards a broker, so strict refuses them outright.
  if (kind === 'embedded_ipv4') return mode === 'strict' ? kind : null;
  return allowed.has(kind) ? null : kind;
}

/**
 * Judges the destination of one connection: every address the name resolved to must pass, because
 * an answer that mixes public and internal addresses is the mark of a rebinding attack.
 * Null means allowed. The message does not contain the URL.
 */
export function judgeDestination(
  addresses: readonly string[],
  port: number,
  policy: EgressPolicy,
): Refusal | null {
  for (const text of addresses) {
    // Zone indexes occur on link-local addresses only, but must not hide one.
    const address = isIP(text) ? ipaddr.parse(text) : null;
    if (!address) return { reason: 'address_reserved', message: `${text} is not an IP address` };
    if (isAllowed(address, policy.allow)) continue;
    const kind = forbiddenKind(address, policy.mode);
    if (kind) {
      return { reason: `address_${kind}`, message: `${text} is a ${kind} address` };
    }
    if (policy.mode === 'strict' && !STRICT_PORTS.has(port)) {
      return { reason: 'port', message: `port ${port} is not 80 or 443` };
    }
  }
  return null;
}

/** The address a URL's host names by itself: a literal in any spelling, or a localhost name. */
export function literalAddress(hostname: string): string | null {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host)) return host;
  // RFC 6761: these names are loopback, whatever a resolver may say.
  return /^(?:.+\.)?localhost\.?$/i.test(host) ? '127.0.0.1' : null;
}

export type CheckedUrl = { ok: true; url: URL } | ({ ok: false } & Refusal);

/**
 * Early feedback when a URL is saved: scheme, credentials, port and literal addresses. The URL
 * parser has turned every spelling of an address (2130706433, 0x7f.1, 0177.0.0.1) into the usual
 * one. Names are judged when connecting; while an allow list exists, so is the port of a name.
 */
export function checkUrl(text: string, policy: EgressPolicy): CheckedUrl {
  const refuse = (reason: EgressReason, message: string) =>
    ({ ok: false, reason, message }) as const;
  const url = text.length <= MAX_URL_LENGTH ? URL.parse(text) : null;
  if (!url) return refuse('url', `must be a valid URL of at most ${MAX_URL_LENGTH} characters`);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return refuse('scheme', 'must start with https:// or http://');
  }
  if (url.username || url.password) {
    return refuse('credentials', 'must not contain a user name or password; use a header instead');
  }
  const port = portOf(url.protocol, url.port);
  const literal = literalAddress(url.hostname);
  if (literal) {
    const refusal = judgeDestination([literal], port, policy);
    if (refusal) return { ok: false, ...refusal };
  } else if (policy.mode === 'strict' && policy.allow.length === 0 && !STRICT_PORTS.has(port)) {
    return refuse('port', `port ${port} is not 80 or 443`);
  }
  return { ok: true, url };
}

/** The port a connection uses: as given, else the scheme's own. */
export function portOf(protocol: string, port: string): number {
  if (port) return Number(port);
  return protocol === 'https:' ? 443 : 80;
}
