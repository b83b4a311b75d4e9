import { iso } from '../core/clock.js';
import type { Business } from '../businesses/business-schema.js';
import { UNNAMED } from '../businesses/default-business.js';
import { normalizeEmail } from '../contact/index.js';
import { first, type Unit } from '../db/unit.js';
import { pauseOf } from '../providers/health.js';
import type { MessagingDeps } from './deps.js';
import {
  evaluatePermission,
  kindRules,
  type ConsentEvidence,
  type MessageKind,
  type Permission,
} from './rules/index.js';
import { activeSuppression } from './suppressions.js';

/** A message as far as its permission goes. */
export interface Draft {
  /** Its row, when it has one: it does not count against itself. */
  id: string | null;
  kind: MessageKind;
  channel: 'sms' | 'email';
  business: Business | null;
  leadId: string | null;
  sourceEventId: string | null;
  to: string | null;
  consent: Evidence;
  quietSetting: 'defer' | 'send';
}

/** What permits a message, and where its recipient is, as found when it was made. */
export interface Evidence {
  source: ConsentEvidence;
  /** The form's consent to e-mail. */
  email?: boolean;
  state: string | null;
  postal_code: string | null;
}

/** Such messages were never made, as far as the repeat window goes. */
const NOT_MADE = ['skipped', 'failed'] as const;

/** When the latest earlier message that counts against this one was made. */
function* lastMessageAt({ store }: MessagingDeps, draft: Draft): Unit<number | null> {
  const repeat = kindRules[draft.kind].repeat;
  if (repeat === null || draft.to === null) return null;
  // Indexes: messages_by_recipient, for one enquiry messages_by_lead.
  let query = store.db
    .selectFrom('messages')
    .select(['created_at', 'sent_at'])
    .where('kind', '=', draft.kind)
    .where('status', 'not in', NOT_MADE)
    .where('direction', '=', 'outbound');
  if (draft.id !== null) query = query.where('id', '!=', draft.id);
  if (repeat.scope === 'enquiry') {
    query = query
      .where('lead_id', '=', draft.leadId ?? '')
      .where('source_event_id', '=', draft.sourceEventId ?? '');
  } else {
    query = query.where('to_address', '=', draft.to);
    if (repeat.scope === 'phone_and_business') {
      query = query.where('business_id', '=', draft.business?.id ?? '');
    }
  }
  const last = yield* first(query.orderBy('created_at', 'desc').limit(1));
  return last === undefined ? null : Date.parse(last.sent_at ?? last.created_at);
}

function missingFor({ missing }: MessagingDeps, draft: Draft): string | null {
  const channel = missing[draft.channel];
  if (channel !== null) return channel;
  if (draft.business?.name === UNNAMED) return 'the business has no name yet';
  return draft.kind === 'review_request' && draft.business?.review_url == null
    ? 'the business has no review address'
    : null;
}

/**
 * Decides a message inside the unit that writes it, from what is stored at that moment. Run when
 * the message is made and again in the unit that marks it `sending`.
 */
export function* decideMessage(deps: MessagingDeps, draft: Draft, at: number): Unit<Permission> {
  const provider = yield* pauseOf(deps.store, draft.channel === 'sms' ? 'twilio' : 'smtp');
  const suppression = yield* activeSuppression(deps.store, {
    phone: draft.channel === 'sms' ? draft.to : null,
    email: draft.channel === 'email' ? draft.to : null,
  });
  const lastAt = yield* lastMessageAt(deps, draft);
  if (draft.channel === 'email')
    return decideEmail(deps, draft, { provider, suppression, lastAt, at });
  return evaluatePermission({
    now: at,
    kind: draft.kind,
    missing_configuration: missingFor(deps, draft),
    kind_enabled: draft.business?.booking_link_enabled ?? false,
    to: draft.to,
    state: draft.consent.state,
    postal_code: draft.consent.postal_code,
    suppression,
    consent: draft.consent.source,
    last_message_at: lastAt,
    ...(draft.kind === 'review_request' ? { repeat_window_ms: deps.reviewWindowMs() } : {}),
    quiet_setting: draft.quietSetting,
    provider,
  });
}

interface EmailFacts {
  provider: { paused: boolean; detail?: string };
  suppression: { reason: string; created_at: number } | null;
  lastAt: number | null;
  at: number;
}

/** The same checks for an e-mail, which has no quiet hours. */
function decideEmail(deps: MessagingDeps, draft: Draft, facts: EmailFacts): Permission {
  const turnedOff =
    kindRules[draft.kind].optional && draft.business?.booking_link_enabled !== true
      ? 'the business has not turned this on'
      : null;
  const missing = missingFor(deps, draft) ?? turnedOff;
  const address = normalizeEmail(draft.to);
  const windowMs = kindRules[draft.kind].repeat?.windowMs ?? null;
  const repeated =
    facts.lastAt !== null && (windowMs === null || facts.at - facts.lastAt < windowMs);
  const checks: Permission['checks'] = [
    { code: 'not_configured', passed: missing === null, detail: missing ?? 'configured' },
    {
      code: 'no_textable_number',
      passed: address !== null,
      detail: address === null ? 'no e-mail address either' : 'by e-mail instead',
    },
    {
      code: 'suppressed',
      passed: facts.suppression === null,
      detail:
        facts.suppression === null
          ? 'not on the suppression list'
          : `${facts.suppression.reason} at ${iso(facts.suppression.created_at)}`,
    },
    {
      code: 'no_consent',
      passed: draft.consent.email === true,
      detail: `the form’s e-mail box was ${draft.consent.email === true ? '' : 'not '}ticked`,
    },
    {
      code: 'already_acknowledged',
      passed: !repeated,
      detail: repeated ? `one was already made at ${iso(facts.lastAt ?? 0)}` : 'the first one',
    },
    { code: 'quiet_hours', passed: true, detail: 'e-mails may come at any hour' },
    {
      code: 'provider_paused',
      passed: !facts.provider.paused,
      detail: facts.provider.detail ?? 'the provider is available',
    },
  ];
  const reason = checks.find(({ passed }) => !passed)?.code ?? null;
  return {
    outcome: reason === null ? 'send' : reason === 'provider_paused' ? 'queue' : 'deny',
    reason_code: reason,
    send_at: null,
    checks,
    warnings: [],
    rule_version: 'email-1',
  };
}
