import type { Dispatcher } from 'undici';

import { postJson } from '../http-post.js';
import { signWebhook } from '../signing/sign.js';
import type { Channel } from './channel.js';

export interface CrmWebhookOptions {
  /** The guarded agent that every connection comes from. */
  agent: Dispatcher;
  /** Of the service, for the User-Agent. */
  version: string;
  timeoutMs: number;
}

/** The lead as JSON to the broker's URL, signed as Standard Webhooks 1.0 says. */
export function crmWebhook({ agent, version, timeoutMs }: CrmWebhookOptions): Channel {
  return {
    async send({ id, body, destination, at, signal }) {
      const { url, extraHeaders, secrets } = destination;
      const headers = { ...signWebhook({ id, at, body, secrets }) };
      return await postJson({
        url,
        body,
        agent,
        version,
        headers,
        extraHeaders,
        timeoutMs,
        signal,
      });
    },
  };
}
