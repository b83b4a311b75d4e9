import { lockBusiness } from '../businesses/find.js';
import { normalizePhone } from '../contact/index.js';
import { invalid, notFound } from '../core/errors.js';
import type { MessagesTable } from '../db/tables/messages.js';
import { first, type Unit } from '../db/unit.js';
import type { Actor } from '../events/activity.js';
import type { MessagingDeps } from './deps.js';
import { judgeMessage, planMessage, type NewMessage } from './outbox.js';
import type { Permission } from './rules/index.js';

export interface TextByHand {
  lead_id?: string;
  to?: string;
  body: string;
}

type ByHandDeps = MessagingDeps & { defaultRegion: string };

/** The message that a text by hand is; 404 without such a response lead. */
function* messageOf(
  deps: ByHandDeps,
  { lead_id, to, body }: TextByHand,
  actor: Actor,
): Unit<NewMessage> {
  const { db } = deps.store;
  const lead =
    lead_id === undefined
      ? undefined
      : yield* first(
          db
            .selectFrom('leads')
            .innerJoin('response_leads', 'response_leads.lead_id', 'leads.id')
            .select([
              'leads.id',
              'leads.phone_key',
              'leads.state',
              'leads.business_id',
              'response_leads.postal_code',
            ])
            .where('leads.id', '=', lead_id),
        );
  if (lead_id !== undefined && lead === undefined) throw notFound('response lead', lead_id);
  const number = normalizePhone(to ?? lead?.phone_key, deps.defaultRegion).e164;
  if (to !== undefined && number === null) {
    throw invalid({ to: 'must be a phone number, with its country code' });
  }
  const business = yield* lockBusiness(deps.store, { businessId: lead?.business_id });
  return {
    kind: 'manual',
    channel: 'sms',
    business,
    leadId: lead?.id ?? null,
    to: number,
    body,
    rerender: false,
    consent: {
      source: { source: 'person' },
      state: lead?.state ?? null,
      postal_code: lead?.postal_code ?? null,
    },
    quietSetting: business.missed_call_quiet_hours,
    actor,
  };
}

/** Queues a text that a person wrote, to a response lead or to a number, after its checks. */
export function* sendByHand(deps: ByHandDeps, text: TextByHand, actor: Actor): Unit<MessagesTable> {
  return yield* planMessage(deps, yield* messageOf(deps, text, actor));
}

/** Whether a text by hand might go now, and to which number, without writing anything. */
export function* judgeByHand(
  deps: ByHandDeps,
  leadId: string,
  actor: Actor,
): Unit<{ to: string | null; permission: Permission }> {
  const message = yield* messageOf(deps, { lead_id: leadId, body: '' }, actor);
  return { to: message.to, permission: yield* judgeMessage(deps, message) };
}
