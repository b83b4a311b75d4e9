import { isTextable } from '../../contact/phone.js';
import { type KindRules, type MessageKind, kindRules } from './kinds.js';
import { type QuietHours, quietHours } from './quiet-hours.js';
import { type QuietRuleset, currentQuietRuleset } from './quiet-windows.js';

/** In the order in which they are asked: denials first, delays last. */
export const permissionChecks = [
  'not_configured',
  'no_textable_number',
  'suppressed',
  'no_consent',
  'already_acknowledged',
  'quiet_hours',
  'provider_paused',
] as const;

export type PermissionCode = (typeof permissionChecks)[number];

/** What permits the message, as the caller found it. */
export type ConsentEvidence =
  | { source: 'call' }
  | { source: 'form'; sms: boolean }
  | { source: 'appointment'; kept: boolean }
  | { source: 'staff' }
  | { source: 'person' }
  | { source: 'none' };

/** Everything the decision depends on; the caller reads it in one transaction. */
export interface PermissionInputs {
  now: number;
  kind: MessageKind;
  /** Null when texts can be sent, else what is missing ("no Twilio account"). */
  missing_configuration: string | null;
  /** Whether the business turned this kind on; only asked of kinds that are optional. */
  kind_enabled: boolean;
  to: string | null;
  state?: string | null;
  postal_code?: string | null;
  /** The suppression that covers `to`, if any. */
  suppression: { reason: string; created_at: number } | null;
  consent: ConsentEvidence;
  /**
   * When the latest earlier message of this kind in the kind's scope (see `kindRules`) was made;
   * null for none. Skipped and failed messages do not count, nor does the message itself.
   */
  last_message_at: number | null;
  /** The repeat window, milliseconds, where a setting says another one than the kind's. */
  repeat_window_ms?: number;
  /** The business's (acknowledgement of a call) or owner's (staff alert) choice in quiet hours. */
  quiet_setting: 'defer' | 'send';
  provider: { paused: boolean; detail?: string };
  ruleset?: QuietRuleset;
}

export interface PermissionCheck {
  code: PermissionCode;
  passed: boolean;
  detail: string;
}

export interface Permission {
  outcome: 'send' | 'defer' | 'queue' | 'deny';
  /** The first check that did not pass and matters; null when the message goes. */
  reason_code: PermissionCode | null;
  /** When a deferred message is due (milliseconds); null otherwise. */
  send_at: number | null;
  /** Every check, passed or not, in order. */
  checks: PermissionCheck[];
  /** Checks that did not pass but only warn (quiet hours of a message a person sends). */
  warnings: PermissionCode[];
  rule_version: string;
}

type Verdict = Omit<PermissionCheck, 'code'>;
const pass = (detail: string): Verdict => ({ passed: true, detail });
const fail = (detail: string): Verdict => ({ passed: false, detail });

function checkConsent(rules: KindRules, consent: ConsentEvidence): Verdict {
  switch (rules.consent) {
    case 'call_or_form':
      if (consent.source === 'call') return pass('a call permits one transactional reply');
      if (consent.source !== 'form') return fail('neither a call nor a form');
      return consent.sms
        ? pass('the form’s SMS box was ticked')
        : fail('the form’s SMS box was not ticked');
    case 'kept_appointment':
      return consent.source === 'appointment' && consent.kept
        ? pass('a kept appointment')
        : fail('no kept appointment');
    case 'staff':
      return consent.source === 'staff'
        ? pass('the recipient is staff')
        : fail('the recipient is not staff');
    case 'person':
      return consent.source === 'person' ? pass('a person sends it') : fail('not sent by a person');
  }
}

function checkRepeat({ repeat }: KindRules, inputs: PermissionInputs): Verdict {
  const { last_message_at, now } = inputs;
  if (repeat === null) return pass('may be repeated');
  if (last_message_at === null) return pass('the first one');
  const last = new Date(last_message_at).toISOString();
  const windowMs = inputs.repeat_window_ms ?? repeat.windowMs;
  return windowMs !== null && now - last_message_at >= windowMs
    ? pass(`the last one was at ${last}`)
    : fail(`one was already made at ${last}`);
}

function quietRuleApplies(rules: KindRules, inputs: PermissionInputs): 'defer' | 'send' | 'warn' {
  switch (rules.quietHours) {
    case 'defer':
      return 'defer';
    case 'warn':
      return 'warn';
    case 'setting':
      return inputs.quiet_setting;
    case 'setting_for_calls':
      return inputs.consent.source === 'call' ? inputs.quiet_setting : 'defer';
  }
}

function checkQuiet(quiet: QuietHours | null, rule: 'defer' | 'send' | 'warn'): Verdict {
  if (quiet === null) return pass('not asked without a textable number');
  const closed = quiet.windows.filter(({ open }) => !open);
  const places = (closed.length > 0 ? closed : quiet.windows)
    .map(
      ({ zone, state, from, until }) =>
        `${zone}${state === null ? '' : ` (${state})`} ${from}–${until}`,
    )
    .join(', ');
  if (!quiet.quiet) return pass(`open: ${places}`);
  if (rule === 'send') return pass(`outside ${places}; the setting is to send`);
  return fail(rule === 'warn' ? `outside ${places}; a warning only` : `outside ${places}`);
}

/**
 * Decides whether a message may go now, later or not at all. Every check is evaluated and
 * recorded; the first failing denial decides, then quiet hours (defer until `send_at`), then a
 * paused provider (queue). Pure: the same inputs give the same answer, so it runs again in the
 * transaction that marks the message `sending`.
 */
export function evaluatePermission(inputs: PermissionInputs): Permission {
  const rules = kindRules[inputs.kind];
  const ruleset = inputs.ruleset ?? currentQuietRuleset;
  const number = isTextable(inputs.to);
  const quiet =
    number.textable && inputs.to !== null
      ? quietHours({
          at: inputs.now,
          e164: inputs.to,
          state: inputs.state,
          postal_code: inputs.postal_code,
          ruleset,
        })
      : null;
  const quietRule = quietRuleApplies(rules, inputs);
  const { suppression, provider, missing_configuration: missing } = inputs;
  const verdicts: Record<PermissionCode, Verdict> = {
    not_configured:
      missing !== null
        ? fail(missing)
        : rules.optional && !inputs.kind_enabled
          ? fail('the business has not turned this on')
          : pass('configured'),
    no_textable_number: number.textable ? pass(number.detail) : fail(number.detail),
    suppressed:
      suppression === null
        ? pass('not on the suppression list')
        : fail(`${suppression.reason} at ${new Date(suppression.created_at).toISOString()}`),
    no_consent: checkConsent(rules, inputs.consent),
    already_acknowledged: checkRepeat(rules, inputs),
    quiet_hours: checkQuiet(quiet, quietRule),
    provider_paused: provider.paused
      ? fail(provider.detail ?? 'the provider is paused')
      : pass('the provider is available'),
  };
  const checks = permissionChecks.map((code) => ({ code, ...verdicts[code] }));
  const warnings: PermissionCode[] =
    quietRule === 'warn' && !verdicts.quiet_hours.passed ? ['quiet_hours'] : [];
  const reason =
    checks.find(({ code, passed }) => !passed && !warnings.includes(code))?.code ?? null;
  const sendAt = reason === 'quiet_hours' ? (quiet?.send_at ?? null) : null;
  return {
    outcome: outcomeOf(reason, sendAt),
    reason_code: reason,
    send_at: sendAt,
    checks,
    warnings,
    rule_version: ruleset.version,
  };
}

function outcomeOf(reason: PermissionCode | null, sendAt: number | null): Permission['outcome'] {
  if (reason === null) return 'send';
  if (reason === 'provider_paused') return 'queue';
  // Hours that never open together (no such place is known) cannot be waited for.
  return reason === 'quiet_hours' && sendAt !== null ? 'defer' : 'deny';
}
