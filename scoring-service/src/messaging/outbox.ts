import { iso } from '../core/clock.js';
import type { Business } from '../businesses/business-schema.js';
import type { MessagesTable } from '../db/tables/messages.js';
import { notify, run, type Unit } from '../db/unit.js';
import type { Actor } from '../events/activity.js';
import { decideMessage, type Evidence } from './decide.js';
import { MESSAGES_CHANNEL, type MessagingDeps } from './deps.js';
import type { MessageKind, Permission } from './rules/index.js';

export interface NewMessage {
  kind: MessageKind;
  channel: 'sms' | 'email';
  business: Business | null;
  leadId: string | null;
  staffId?: string | null;
  taskId?: string | null;
  sourceEventId?: string | null;
  /** E.164 or an e-mail address; null when there is none, which is a decision of its own. */
  to: string | null;
  body: string;
  /** Made from a template: the text is made again from what is true when it goes. */
  rerender: boolean;
  consent: Evidence;
  quietSetting: 'defer' | 'send';
  actor: Actor;
}

/** The columns in which a decision is kept. */
export function decided(permission: Permission, at: number) {
  const sendAt = permission.send_at === null ? null : iso(permission.send_at);
  const kept = {
    reason_code: permission.reason_code as string | null,
    checks: JSON.stringify(permission.checks),
    warnings: JSON.stringify(permission.warnings),
    rule_version: permission.rule_version,
    send_at: sendAt,
    updated_at: iso(at),
  };
  switch (permission.outcome) {
    case 'send':
      return { ...kept, status: 'queued' as const, due_at: iso(at) };
    case 'defer':
      return { ...kept, status: 'deferred' as const, due_at: sendAt };
    case 'queue':
      return { ...kept, status: 'queued' as const, due_at: null };
    case 'deny':
      return { ...kept, status: 'skipped' as const, due_at: null };
  }
}

/** Decides a message as it stands now and writes nothing: what would happen if it were planned. */
export function judgeMessage(deps: MessagingDeps, given: NewMessage): Unit<Permission> {
  return decideMessage(
    deps,
    {
      id: null,
      kind: given.kind,
      channel: given.channel,
      business: given.business,
      leadId: given.leadId,
      sourceEventId: given.sourceEventId ?? null,
      to: given.to,
      consent: given.consent,
      quietSetting: given.quietSetting,
    },
    deps.runtime.clock.now(),
  );
}

/**
 * Decides a message and writes it with every check, whatever the outcome: to be sent by the worker
 * (at once, or at `send_at`), to wait for its provider, or skipped with the reason.
 */
export function* planMessage(deps: MessagingDeps, given: NewMessage): Unit<MessagesTable> {
  const { store, runtime } = deps;
  const at = runtime.clock.now();
  const permission = yield* judgeMessage(deps, given);
  const row: MessagesTable = {
    id: runtime.newId(),
    business_id: given.business?.id ?? null,
    lead_id: given.leadId,
    staff_id: given.staffId ?? null,
    task_id: given.taskId ?? null,
    source_event_id: given.sourceEventId ?? null,
    direction: 'outbound',
    channel: given.channel,
    kind: given.kind,
    to_address: given.to,
    from_address: null,
    body: given.body,
    consent: JSON.stringify(given.consent),
    rerender: given.rerender ? 1 : 0,
    ...decided(permission, at),
    claim_id: null,
    sending_at: null,
    sent_at: null,
    provider_sid: null,
    error_code: null,
    attempts: 0,
    searches: 0,
    actor: JSON.stringify(given.actor),
    created_at: iso(at),
  };
  yield* run(store.db.insertInto('messages').values(row));
  if (row.due_at !== null) yield* notify(MESSAGES_CHANNEL);
  return row;
}
