import type { IDataObject } from 'n8n-workflow';

import type { Client } from '../shared/client';
import { CallFailed, unknownAnswer } from '../shared/failure';

/** What the node keeps of a subscription. */
export interface Subscription {
  id: string;
  secret: string;
  events: string[];
}

/**
 * The node's static data: subscriptions by the address they post to, so that listening for a test
 * event does not overwrite the one of the published workflow.
 */
export interface TriggerMemory {
  subscriptions?: Record<string, Subscription>;
}

export function remembered(memory: IDataObject, url: string): Subscription | undefined {
  return (memory as TriggerMemory).subscriptions?.[url];
}

export function remember(memory: IDataObject, url: string, subscription: Subscription): void {
  const all = (memory as TriggerMemory).subscriptions ?? {};
  memory.subscriptions = { ...all, [url]: subscription } as unknown as IDataObject;
}

export function forget(memory: IDataObject, url: string): void {
  const { [url]: _gone, ...others } = (memory as TriggerMemory).subscriptions ?? {};
  memory.subscriptions = others as unknown as IDataObject;
}

/** The secrets under which an event may arrive. */
export function secretsOf(memory: IDataObject): string[] {
  return Object.values((memory as TriggerMemory).subscriptions ?? {}).map(({ secret }) => secret);
}

export function sameEvents(one: readonly string[], other: readonly string[]): boolean {
  return [...one].sort().join() === [...other].sort().join();
}

/** The service's subscriptions, as id and address. */
export async function listSubscriptions(client: Client): Promise<{ id: string; url: string }[]> {
  const found: { id: string; url: string }[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.call({
      method: 'GET',
      path: '/subscriptions',
      query: { limit: 200, cursor },
    });
    if (!Array.isArray(page.data)) {
      throw new CallFailed(unknownAnswer('a list', '/subscriptions'));
    }
    for (const { id, url } of page.data as IDataObject[]) {
      found.push({ id: String(id), url: String(url) });
    }
    cursor = typeof page.next_cursor === 'string' ? page.next_cursor : undefined;
  } while (cursor !== undefined);
  return found;
}

/** Subscribes; the secret is in this answer only. */
export async function subscribe(
  client: Client,
  url: string,
  events: readonly string[],
  idempotencyKey: string,
): Promise<Subscription> {
  const made = await client.call({
    method: 'POST',
    path: '/subscriptions',
    body: { url, events: [...events] },
    idempotencyKey,
  });
  if (typeof made.id !== 'string' || typeof made.secret !== 'string') {
    throw new CallFailed(unknownAnswer('an id and a secret', '/subscriptions'));
  }
  return { id: made.id, secret: made.secret, events: [...events] };
}

/** Ends a subscription; one that is gone already is what was wanted. */
export async function unsubscribe(client: Client, id: string): Promise<void> {
  await client
    .call({ method: 'DELETE', path: `/subscriptions/${encodeURIComponent(id)}` })
    .catch((error: unknown) => {
      if (error instanceof CallFailed && error.failure.status === 404) return {};
      return Promise.reject(error as Error);
    });
}
