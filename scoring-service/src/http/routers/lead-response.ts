import type { Intake } from '../../leads/intake.js';
import type { LeadResponse } from '../../response/lead-response.js';
import type { Settings } from '../../settings/settings.js';
import type { AnyRoute } from '../route.js';
import { businessRoutes } from './businesses.js';
import { enquiryRoutes } from './enquiries.js';
import { formRoutes } from './forms.js';
import { messageRoutes } from './messages.js';
import type { ProviderTrust } from './provider-proof.js';
import { providerRoutes } from './providers.js';
import { responseLeadRoutes } from './response-leads.js';
import { taskRoutes } from './tasks.js';
import { webhookRoutes } from './webhooks.js';

/** Every route of lead response. */
export function leadResponseRoutes(
  response: LeadResponse,
  intake: Intake,
  settings: Settings,
): AnyRoute[] {
  const { deps, businesses, health, known, refusals } = response;
  const trust: ProviderTrust = {
    publicUrl: settings.PUBLIC_URL,
    twilioAuthToken: settings.TWILIO_AUTH_TOKEN,
    ghlPublicKey: settings.GHL_PUBLIC_KEY,
    ghlWebhookSecret: settings.GHL_WEBHOOK_SECRET,
    refusals,
  };
  return [
    ...webhookRoutes(deps, trust),
    ...enquiryRoutes(deps, trust),
    ...responseLeadRoutes({ response: deps, intake }),
    ...businessRoutes(businesses),
    ...formRoutes(deps),
    ...taskRoutes(deps),
    ...messageRoutes(deps),
    ...providerRoutes({ health, known, refusals }),
  ];
}
