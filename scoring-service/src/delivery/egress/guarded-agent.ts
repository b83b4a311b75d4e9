import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { isNativeError } from 'node:util/types';

import { Agent, buildConnector } from 'undici';

import { judgeDestination, portOf } from './policy.js';
import type { EgressPolicy, EgressReason } from './policy.js';

export interface ResolvedAddress {
  address: string;
  family: number;
}

/** Every address of a name, in the order to try them. Rejects when there is none. */
export type Resolver = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/** The connection was not made because the policy forbids its destination. */
export class EgressRefusedError extends Error {
  readonly code = 'EGRESS_REFUSED';
  constructor(
    readonly reason: EgressReason,
    message: string,
  ) {
    super(message);
    this.name = 'EgressRefusedError';
  }
}

/** The name could not be resolved. */
export class NameResolutionError extends Error {
  readonly code = 'DNS_FAILED';
  constructor(hostname: string, cause?: unknown) {
    const detail = isNativeError(cause) && 'code' in cause ? ` (${String(cause.code)})` : '';
    super(`${hostname} does not resolve${detail}`, { cause });
    this.name = 'NameResolutionError';
  }
}

const systemResolver: Resolver = (hostname) => lookup(hostname, { all: true });

export interface GuardedAgentOptions {
  resolver?: Resolver;
  /** For name resolution and for connecting, each; bounds what nobody waits for any more. */
  connectTimeoutMs?: number;
  /** Certificates (PEM) to trust instead of the system's, for private receivers. */
  ca?: string;
}

async function resolve(
  hostname: string,
  resolver: Resolver,
  timeoutMs: number,
): Promise<readonly ResolvedAddress[]> {
  const family = isIP(hostname);
  if (family !== 0) return [{ address: hostname, family }];
  let timer: NodeJS.Timeout | undefined;
  // Closing the agent waits for connections in the making, so a stuck resolver must not hold them.
  const expiry = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(reject, timeoutMs, new Error('no answer in time'));
  });
  let addresses: readonly ResolvedAddress[];
  try {
    addresses = await Promise.race([resolver(hostname), expiry]);
  } catch (error) {
    throw new NameResolutionError(hostname, error);
  } finally {
    clearTimeout(timer);
  }
  if (addresses.length === 0) throw new NameResolutionError(hostname);
  return addresses;
}

/** A `lookup` that answers with addresses that were already judged, so no second answer counts. */
function fixedLookup(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };
}

/**
 * An undici agent that judges every connection after name resolution and connects to exactly the
 * addresses it judged, while TLS and `Host` keep the name: a name that resolves differently a
 * moment later gains nothing. Refusals surface as `EgressRefusedError`, without a packet sent.
 *
 * Every request has a connection of its own: keeping them would let a receiver outlive a change of
 * policy, and a POST onto a connection that is just being closed costs an attempt. HTTP/1.1 only.
 * It has no time limit for answers; `postJson` brings one for the whole exchange.
 */
export function createGuardedAgent(
  policy: EgressPolicy,
  { resolver = systemResolver, connectTimeoutMs = 15_000, ca }: GuardedAgentOptions = {},
): Agent {
  const connect: buildConnector.connector = (options, callback) => {
    const hostname = options.hostname.replace(/^\[|\]$/g, '');
    const port = portOf(options.protocol, options.port);
    resolve(hostname, resolver, connectTimeoutMs)
      .then((addresses) => {
        const refusal = judgeDestination(
          addresses.map(({ address }) => address),
          port,
          policy,
        );
        if (refusal) throw new EgressRefusedError(refusal.reason, refusal.message);
        const connector = buildConnector({
          allowH2: false,
          maxCachedSessions: 0,
          timeout: connectTimeoutMs,
          lookup: fixedLookup(addresses),
          autoSelectFamily: true,
          autoSelectFamilyAttemptTimeout: 1000,
          ...(ca === undefined ? {} : { ca }),
        });
        connector(options, callback);
      })
      .catch((error: unknown) => {
        callback(isNativeError(error) ? error : new Error(String(error)), null);
      });
  };
  return new Agent({ connect, pipelining: 0, allowH2: false, headersTimeout: 0, bodyTimeout: 0 });
}
