import { createHash, timingSafeEqual } from 'node:crypto';

import { iso, type Runtime } from '../core/clock.js';
import { AppError, notFound } from '../core/errors.js';
import { newestPage, type Page, type Paging } from '../core/paging.js';
import type { Store } from '../db/store.js';
import { all, first, run, type Unit } from '../db/unit.js';
import { recordActivity, type Actor } from '../events/activity.js';
import { SCOPES, type Scope } from './scopes.js';
import type { ApiKeysTable } from '../db/tables/access.js';

/** Who sent a request, once its key has been checked. */
export interface Caller {
  keyId: string;
  name: string;
  scopes: readonly Scope[];
  /** Brokers that this key's leads may go to; null = all. */
  brokerIds: readonly string[] | null;
  /** How a sender without a key proved who it is. */
  verifiedBy?: 'signature' | 'secret';
}

export interface ApiKey {
  id: string;
  name: string;
  scopes: Scope[];
  broker_ids: string[] | null;
  created_at: string;
  last_used_at: string | null;
  revoked_at: string | null;
}

export interface NewApiKey {
  name: string;
  scopes: readonly Scope[];
  broker_ids?: readonly string[] | null;
}

/** The key that LEADLOOP_ADMIN_KEY fixes has this id. */
export const ENVIRONMENT_KEY_ID = 'environment';

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function toApiKey(row: ApiKeysTable): ApiKey {
  return {
    id: row.id,
    name: row.name,
    scopes: JSON.parse(row.scopes) as Scope[],
    broker_ids: row.broker_ids === null ? null : (JSON.parse(row.broker_ids) as string[]),
    created_at: row.created_at,
    last_used_at: row.last_used_at,
    revoked_at: row.revoked_at,
  };
}

/** Makes a key; `token` is the only time its secret is seen. */
export function* createApiKey(
  store: Store,
  runtime: Runtime,
  input: NewApiKey,
  actor: Actor,
): Unit<{ key: ApiKey; token: string }> {
  const at = runtime.clock.now();
  const wanted = input.broker_ids ?? null;
  if (wanted !== null) {
    const known = yield* all(
      store.db.selectFrom('brokers').select('id').where(store.anyOf('id', wanted)),
    );
    const unknown = wanted.filter((id) => !known.some((broker) => broker.id === id));
    if (unknown.length > 0) {
      throw new AppError('validation_error', 400, 'Some fields are not valid.', {
        details: { broker_ids: `names no broker: ${unknown.join(', ')}` },
      });
    }
  }
  const id = runtime.newId();
  const secret = runtime.randomBytes(24).toString('base64url');
  const row: ApiKeysTable = {
    id,
    name: input.name,
    secret_hash: sha256(secret).toString('hex'),
    scopes: JSON.stringify(SCOPES.filter((scope) => input.scopes.includes(scope))),
    broker_ids: wanted === null ? null : JSON.stringify(wanted),
    created_at: iso(at),
    last_used_at: null,
    revoked_at: null,
  };
  yield* run(store.db.insertInto('api_keys').values(row));
  const key = toApiKey(row);
  yield* recordActivity(
    [
      {
        actor,
        action: 'api_key.created',
        subjectType: 'api_key',
        subjectId: id,
        after: { name: key.name, scopes: key.scopes, broker_ids: key.broker_ids },
      },
    ],
    at,
    runtime.newId,
  );
  return { key, token: `ll_${id.replaceAll('-', '')}_${secret}` };
}

/** Ends a key's life at once in this process, within two seconds in other replicas. */
export function* revokeApiKey(
  store: Store,
  runtime: Runtime,
  id: string,
  actor: Actor,
): Unit<ApiKey> {
  const { db } = store;
  const row = yield* first(db.selectFrom('api_keys').selectAll().where('id', '=', id));
  if (row === undefined) throw notFound('API key', id);
  if (row.revoked_at !== null) return toApiKey(row);
  const at = runtime.clock.now();
  yield* run(
    db
      .updateTable('api_keys')
      .set({ revoked_at: iso(at) })
      .where('id', '=', id),
  );
  yield* recordActivity(
    [{ actor, action: 'api_key.revoked', subjectType: 'api_key', subjectId: id }],
    at,
    runtime.newId,
  );
  return toApiKey({ ...row, revoked_at: iso(at) });
}

/** Every key, newest first, without secrets. */
export async function listApiKeys(store: Store): Promise<ApiKey[]> {
  const rows = await store.db.selectFrom('api_keys').selectAll().orderBy('id', 'desc').execute();
  return rows.map(toApiKey);
}

/** API keys without secrets, newest first, page by page. */
export function listApiKeyPage(store: Store, paging: Paging): Promise<Page<ApiKey>> {
  return newestPage(store.db.selectFrom('api_keys').selectAll(), paging, toApiKey);
}

export interface Authenticator {
  /** The caller behind a presented key, or null. Compares in constant time. */
  authenticate(token: string): Promise<Caller | null>;
  /** Forgets what is remembered of a key, after it was revoked. */
  forget(id: string): void;
}

const REMEMBERED_MS = 2000;
const MAX_REMEMBERED = 1000;
const LAST_USE_STEP_MS = 60_000;
const TOKEN = /^ll_([0-9a-f]{32})_([A-Za-z0-9_-]{16,128})$/;

function dashed(hex: string): string {
  return [8, 12, 16, 20, 32]
    .map((end, index, ends) => hex.slice(index === 0 ? 0 : ends[index - 1], end))
    .join('-');
}

/** Checks keys against the store; a key's row is remembered for two seconds, its secret never. */
export function createAuthenticator(
  store: Store,
  runtime: Runtime,
  options: { adminKey?: string; onFailure?: (error: unknown) => void } = {},
): Authenticator {
  const remembered = new Map<
    string,
    { row: ApiKeysTable | undefined; caller: Caller; until: number }
  >();
  const lastUse = new Map<string, number>();
  const adminHash = options.adminKey === undefined ? null : sha256(options.adminKey);
  const admin: Caller = {
    keyId: ENVIRONMENT_KEY_ID,
    name: 'LEADLOOP_ADMIN_KEY',
    scopes: ['admin'],
    brokerIds: null,
  };

  const touch = (row: ApiKeysTable, now: number): void => {
    const before =
      lastUse.get(row.id) ?? (row.last_used_at === null ? 0 : Date.parse(row.last_used_at));
    if (now - before < LAST_USE_STEP_MS) return;
    lastUse.set(row.id, now);
    store
      .unit(() =>
        run(
          store.db
            .updateTable('api_keys')
            .set({ last_used_at: iso(now) })
            .where('id', '=', row.id),
        ),
      )
      .catch((error: unknown) => options.onFailure?.(error));
  };

  const load = async (id: string, now: number) => {
    const known = remembered.get(id);
    if (known !== undefined && known.until > now) return known;
    const row = await store.db
      .selectFrom('api_keys')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const key = toApiKey(row);
    const fresh = {
      row,
      until: now + REMEMBERED_MS,
      caller: { keyId: key.id, name: key.name, scopes: key.scopes, brokerIds: key.broker_ids },
    };
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(id, fresh);
    return fresh;
  };

  return {
    async authenticate(token) {
      if (adminHash !== null && timingSafeEqual(sha256(token), adminHash)) return admin;
      const match = TOKEN.exec(token);
      if (match === null) return null;
      const now = runtime.clock.now();
      const found = await load(dashed(match[1] ?? ''), now);
      if (found?.row === undefined || found.row.revoked_at !== null) return null;
      const presented = sha256(match[2] ?? '');
      if (!timingSafeEqual(presented, Buffer.from(found.row.secret_hash, 'hex'))) return null;
      touch(found.row, now);
      return found.caller;
    },
    forget: (id) => {
      remembered.delete(id);
    },
  };
}
