import type { Channel } from './channel.js';
import { crmWebhook, type CrmWebhookOptions } from './crm-webhook.js';

/** Every channel by the name that deliveries carry. */
export function createChannels(options: CrmWebhookOptions): Readonly<Record<string, Channel>> {
  return { crm_webhook: crmWebhook(options) };
}
