import { z } from 'zod';

import { personal } from '../core/personal.js';
import type { MessagesTable } from '../db/tables/messages.js';
import { messageKinds, messageStatuses } from './rules/index.js';

const nullable = z.string().nullable();

export const messageSchema = z.object({
  id: z.string(),
  direction: z.enum(['outbound', 'inbound']),
  channel: z.enum(['sms', 'email']),
  kind: z.enum([...messageKinds, 'inbound']),
  business_id: nullable,
  lead_id: nullable,
  staff_id: nullable,
  task_id: nullable,
  to: personal(nullable),
  from: personal(nullable),
  body: personal(z.string()),
  status: z.enum([...messageStatuses, 'received']),
  reason_code: nullable,
  checks: z.array(z.object({ code: z.string(), passed: z.boolean(), detail: z.string() })),
  /** Checks that did not pass but only warn. */
  warnings: z.array(z.string()),
  rule_version: nullable,
  send_at: nullable,
  sent_at: nullable,
  provider_sid: nullable,
  error_code: nullable,
  created_at: z.string(),
  updated_at: z.string(),
});

export type Message = z.output<typeof messageSchema>;

/** A message's row as the API shows it. */
export function toMessage(row: MessagesTable): Message {
  return {
    id: row.id,
    direction: row.direction,
    channel: row.channel,
    kind: row.kind,
    business_id: row.business_id,
    lead_id: row.lead_id,
    staff_id: row.staff_id,
    task_id: row.task_id,
    to: row.to_address,
    from: row.from_address,
    body: row.body,
    status: row.status,
    reason_code: row.reason_code,
    checks: JSON.parse(row.checks) as Message['checks'],
    warnings: JSON.parse(row.warnings) as string[],
    rule_version: row.rule_version,
    send_at: row.send_at,
    sent_at: row.sent_at,
    provider_sid: row.provider_sid,
    error_code: row.error_code,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

export const acknowledgementSchema = z.object({
  status: z.enum(['queued', 'deferred', 'skipped']),
  reason_code: nullable,
  message_id: nullable,
  send_at: nullable,
});

/** What the answers to calls and forms say of their acknowledgement. */
export type Acknowledgement = z.output<typeof acknowledgementSchema>;

export function toAcknowledgement(row: MessagesTable): Acknowledgement {
  const status = row.status === 'deferred' || row.status === 'skipped' ? row.status : 'queued';
  return {
    status,
    reason_code: row.reason_code,
    message_id: row.id,
    send_at: row.send_at,
  };
}
