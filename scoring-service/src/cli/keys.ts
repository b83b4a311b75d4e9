import { createApiKey, listApiKeys, revokeApiKey } from '../access/api-keys.js';
import type { Scope } from '../access/scopes.js';
import { systemRuntime } from '../core/clock.js';
import { OPERATOR } from './operator.js';
import type { Settings } from '../settings/settings.js';
import { withStore } from './with-store.js';

export async function createKey(
  settings: Settings,
  given: { name: string; scopes: Scope[]; brokers?: string },
  say: (text: string) => void,
): Promise<void> {
  const brokerIds = given.brokers?.split(',').map((id) => id.trim());
  const { key, token } = await withStore(settings, (store) =>
    store.unit(() =>
      createApiKey(
        store,
        systemRuntime,
        { name: given.name, scopes: given.scopes, broker_ids: brokerIds },
        OPERATOR,
      ),
    ),
  );
  say(`Key ${key.id} (${key.scopes.join(', ')}). It is shown once:`);
  say(`  ${token}`);
}

export async function listKeys(settings: Settings, say: (text: string) => void): Promise<void> {
  const keys = await withStore(settings, listApiKeys);
  if (keys.length === 0) say('No keys.');
  for (const key of keys) {
    const state = key.revoked_at === null ? 'active' : `revoked ${key.revoked_at}`;
    const used = key.last_used_at ?? 'never used';
    say(`${key.id}  ${key.name}  ${key.scopes.join(',')}  ${state}  ${used}`);
  }
}

export async function revokeKey(
  settings: Settings,
  id: string,
  say: (text: string) => void,
): Promise<void> {
  const key = await withStore(settings, (store) =>
    store.unit(() => revokeApiKey(store, systemRuntime, id, OPERATOR)),
  );
  say(`Revoked ${key.id} (${key.name}).`);
}
