import { setTimeout as pause } from 'node:timers/promises';

import type { Owner } from './data-folder.js';

export interface Rest {
  /** A request of the editor. @throws Error with n8n's sentence when it is refused */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** What proves the sign-in, for requests outside of /rest. */
  cookie(): string;
  /** The workflows' ids that are there. */
  workflows(): Promise<{ id: string; name: string; active: boolean }[]>;
  /** Resolves when its triggers listen. @throws Error with what n8n says of a trigger that cannot */
  publish(workflowId: string): Promise<void>;
  unpublish(workflowId: string): Promise<void>;
}

interface Publication {
  status: 'in_progress' | 'published' | 'partial' | 'failed' | 'not_published';
  triggers: { errorMessage: string | null }[];
}

/** n8n answers a publication before the triggers are there. */
async function untilPublished(call: Rest['call'], id: string): Promise<void> {
  for (let attempt = 0; attempt < 240; attempt += 1) {
    const found = await call<Publication>('GET', `/workflows/${id}/publication-status`);
    if (found.status === 'published') return;
    if (found.status === 'failed' || found.status === 'partial') {
      const said = found.triggers.flatMap(({ errorMessage }) => errorMessage ?? []).join('; ');
      throw new Error(`n8n could not publish the workflow ${id}: ${said}`);
    }
    await pause(250);
  }
  throw new Error(`n8n did not publish the workflow ${id} within a minute.`);
}

/** The first start makes the owner, later ones sign in. */
export async function signIn(address: string, owner: Owner): Promise<Rest> {
  let cookie = '';
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${address}/rest${path}`, {
      method,
      headers: {
        ...(cookie === '' ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`n8n: ${method} ${path}: ${response.status} ${text}`);
    const set = response.headers.getSetCookie().map((one) => one.split(';')[0] ?? '');
    if (set.length > 0) cookie = set.join('; ');
    return (JSON.parse(text) as { data: T }).data;
  };
  const { showSetupOnFirstLoad } = (
    await call<{ userManagement: { showSetupOnFirstLoad: boolean } }>('GET', '/settings')
  ).userManagement;
  if (showSetupOnFirstLoad) {
    await call('POST', '/owner/setup', { ...owner, firstName: 'LeadLoop', lastName: 'Owner' });
  } else {
    await call('POST', '/login', { emailOrLdapLoginId: owner.email, password: owner.password });
  }
  return {
    call,
    cookie: () => cookie,
    workflows: () => call('GET', '/workflows'),
    async publish(id) {
      const { versionId } = await call<{ versionId: string }>('GET', `/workflows/${id}`);
      await call('POST', `/workflows/${id}/activate`, { versionId });
      await untilPublished(call, id);
    },
    async unpublish(id) {
      await call('POST', `/workflows/${id}/deactivate`, {});
    },
  };
}
