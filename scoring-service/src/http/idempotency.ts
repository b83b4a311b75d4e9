import { createHash } from 'node:crypto';

import { iso, type Clock } from '../core/clock.js';
import { AppError } from '../core/errors.js';
import type { Store, UnitOptions } from '../db/store.js';
import { first, run, type Unit } from '../db/unit.js';
import { errorReply } from './errors.js';
import type { Reply } from './reply.js';
import { createSeal, type Seal } from './seal.js';

const KEPT_MS = 24 * 3600 * 1000;
const MAX_KEY_LENGTH = 255;

/** A request's claim to one effect: the key, by caller, and what was asked. */
export interface Claim {
  apiKeyId: string;
  key: string;
  requestHash: string;
  /** Closes the kept answer when it holds a secret. */
  seal: Seal | null;
}

export function readClaim(
  header: string | undefined,
  apiKeyId: string,
  request: {
    method: string;
    url: string;
    /** The body, as far as it tells requests apart. */
    body: string;
    /** What the caller presented, when the answer will hold a secret. */
    presented?: string;
  },
): Claim | null {
  if (header === undefined) return null;
  const key = header.trim();
  if (key === '' || key.length > MAX_KEY_LENGTH || !/^[\x20-\x7e]+$/.test(key)) {
    throw new AppError(
      'invalid_idempotency_key',
      400,
      `Idempotency-Key must have 1 to ${MAX_KEY_LENGTH} printable ASCII characters.`,
    );
  }
  const requestHash = createHash('sha256')
    .update(`${request.method} ${request.url}\n`)
    .update(request.body)
    .digest('hex');
  const seal =
    request.presented === undefined
      ? null
      : createSeal(request.presented, `idempotency ${key} ${requestHash}`);
  return { apiKeyId, key, requestHash, seal };
}

function mismatch(): AppError {
  return new AppError(
    'idempotency_mismatch',
    422,
    'This Idempotency-Key was used for another request. Use a new key for a new request.',
  );
}

/**
 * Takes a claim at the start of a unit. Null: it is ours, go on and {@link settleClaim}. Else the
 * answer that was given before. In another replica the insert waits for the first one's commit.
 */
export function* takeClaim(store: Store, claim: Claim, at: number): Unit<Reply | null> {
  const { db } = store;
  yield* run(
    db
      .deleteFrom('idempotency_keys')
      .where('api_key_id', '=', claim.apiKeyId)
      .where('key', '=', claim.key)
      .where('created_at', '<', iso(at - KEPT_MS)),
  );
  const taken = yield* run(
    db
      .insertInto('idempotency_keys')
      .values({
        api_key_id: claim.apiKeyId,
        key: claim.key,
        request_hash: claim.requestHash,
        status: 0,
        body: '',
        created_at: iso(at),
      })
      .onConflict((conflict) => conflict.doNothing()),
  );
  if (taken > 0) return null;
  const kept = yield* first(
    db
      .selectFrom('idempotency_keys')
      .select(['request_hash', 'status', 'body'])
      .where('api_key_id', '=', claim.apiKeyId)
      .where('key', '=', claim.key),
  );
  if (kept === undefined) throw new Error('An idempotency key vanished inside its transaction.');
  if (kept.request_hash !== claim.requestHash) throw mismatch();
  return replay(kept, claim.seal);
}

/** Keeps the answer, in the transaction of its effect. */
export function* settleClaim(store: Store, claim: Claim, reply: Reply): Unit<void> {
  const body = JSON.stringify(reply.body ?? null);
  yield* run(
    store.db
      .updateTable('idempotency_keys')
      .set({ status: reply.status, body: claim.seal?.close(body) ?? body })
      .where('api_key_id', '=', claim.apiKeyId)
      .where('key', '=', claim.key),
  );
}

function replay(kept: { status: number; body: string }, seal: Seal | null): Reply {
  return {
    status: kept.status,
    body: JSON.parse(seal?.open(kept.body) ?? kept.body) as unknown,
    headers: { 'Idempotent-Replayed': 'true' },
  };
}

/** Refusals that say nothing of the request itself: the same one may be taken later. */
const PASSING = new Set(['idempotency_mismatch', 'stale_version']);

/** Runs a unit whose answer is kept under the claim; refusals (4xx) are kept too, faults never. */
export async function transactOnce(
  store: Store,
  clock: Clock,
  claim: Claim | null,
  make: () => Unit<Reply>,
  options?: UnitOptions,
): Promise<Reply> {
  if (claim === null) return store.unit(make, options);
  const once = (effect: () => Unit<Reply>) =>
    function* (): Unit<Reply> {
      const before = yield* takeClaim(store, claim, clock.now());
      if (before !== null) return before;
      const reply = yield* effect();
      yield* settleClaim(store, claim, reply);
      return reply;
    };
  try {
    return await store.unit(once(make), options);
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500 || PASSING.has(error.code)) throw error;
    const refusal = errorReply(error);
    // The effect was rolled back; what is kept is that this request is refused.
    return store.unit(once(() => constant(refusal)));
  }
}

function* constant(reply: Reply): Unit<Reply> {
  yield* [];
  return reply;
}

/** Requests with a key that run in this process now. */
export interface InFlight {
  /** Throws 409 `in_flight` while the same key is being worked on; call the result when done. */
  enter(claim: Claim): () => void;
}

export function createInFlight(): InFlight {
  const running = new Map<string, string>();
  return {
    enter(claim) {
      const name = `${claim.apiKeyId}\n${claim.key}`;
      const other = running.get(name);
      if (other !== undefined) {
        if (other !== claim.requestHash) throw mismatch();
        throw new AppError(
          'in_flight',
          409,
          'A request with this Idempotency-Key is still running. Try again in a moment.',
          { retryAfter: 1 },
        );
      }
      running.set(name, claim.requestHash);
      return () => running.delete(name);
    },
  };
}

/** Forgets keys older than a day; the number forgotten. */
export function forgetOldClaims(store: Store, clock: Clock): Promise<number> {
  return store.unit(() =>
    run(
      store.db.deleteFrom('idempotency_keys').where('created_at', '<', iso(clock.now() - KEPT_MS)),
    ),
  );
}
