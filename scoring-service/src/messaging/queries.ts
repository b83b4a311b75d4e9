import { notFound } from '../core/errors.js';
import { newestPage, type Page, type Paging } from '../core/paging.js';
import type { SuppressionsTable } from '../db/tables/messages.js';
import type { Store } from '../db/store.js';
import type { Message } from './message.js';
import { toMessage } from './message.js';

export interface MessageFilter extends Paging {
  lead_id?: string;
  business_id?: string;
  status?: string;
  direction?: 'outbound' | 'inbound';
  kind?: string;
  to?: string;
}

/** Messages, newest first. */
export async function listMessages(store: Store, filter: MessageFilter): Promise<Page<Message>> {
  let query = store.db.selectFrom('messages').selectAll();
  if (filter.lead_id !== undefined) query = query.where('lead_id', '=', filter.lead_id);
  if (filter.business_id !== undefined) query = query.where('business_id', '=', filter.business_id);
  if (filter.status !== undefined) query = query.where('status', '=', filter.status as 'queued');
  if (filter.direction !== undefined) query = query.where('direction', '=', filter.direction);
  if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind as 'manual');
  if (filter.to !== undefined) query = query.where('to_address', '=', filter.to);
  return newestPage(query, filter, toMessage);
}

export async function getMessage(store: Store, id: string): Promise<Message> {
  const row = await store.db
    .selectFrom('messages')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw notFound('message', id);
  return toMessage(row);
}

export interface Suppression {
  id: string;
  phone: string | null;
  email: string | null;
  reason: string;
  source: string;
  created_at: string;
  created_by: unknown;
  removed_at: string | null;
  removed_by: unknown;
  removed_reason: string | null;
}

export function toSuppression(row: SuppressionsTable): Suppression {
  return {
    ...row,
    created_by: JSON.parse(row.created_by) as unknown,
    removed_by: row.removed_by === null ? null : (JSON.parse(row.removed_by) as unknown),
  };
}

/** The suppression list, newest first; lifted entries only when asked for. */
export async function listSuppressions(
  store: Store,
  filter: Paging & { phone?: string; email?: string; removed?: boolean },
): Promise<Page<Suppression>> {
  let query = store.db.selectFrom('suppressions').selectAll();
  if (filter.removed !== true) query = query.where('removed_at', 'is', null);
  if (filter.phone !== undefined) query = query.where('phone', '=', filter.phone);
  if (filter.email !== undefined) query = query.where('email', '=', filter.email);
  return newestPage(query, filter, toSuppression);
}
