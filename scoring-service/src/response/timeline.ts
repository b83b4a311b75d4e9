import type { Store } from '../db/store.js';
import { decodeCursor, pageOf, type Page } from '../core/paging.js';
import { findLeadRow } from '../leads/queries.js';
import { toMessage } from '../messaging/message.js';
import { toTask } from '../tasks/task.js';
import { ENTRY_TYPES, MOST, parsed, type TimelineEntry } from './timeline-entry.js';
import { relations, routed } from './timeline-parts.js';
import { bookedEntries } from './timeline-booked.js';

export { ENTRY_TYPES, type EntryType, type TimelineEntry } from './timeline-entry.js';

const rank = (entry: TimelineEntry): string =>
  String(ENTRY_TYPES.indexOf(entry.type)).padStart(2, '0');
const keyOf = (entry: TimelineEntry): [string, string, string] => [entry.at, rank(entry), entry.id];

function compare(a: readonly string[], b: readonly string[]): number {
  const index = a.findIndex((part, i) => part !== b[i]);
  if (index < 0) return 0;
  return (a[index] ?? '') < (b[index] ?? '') ? -1 : 1;
}

/** The ids of a lead and of everything merged into it, itself first. */
export async function leadFamily({ db }: Store, leadId: string): Promise<string[]> {
  const ids = [leadId];
  for (let index = 0; index < ids.length && index < 500; index += 1) {
    const parts = await db
      .selectFrom('response_leads')
      .select('lead_id')
      .where('merged_into', '=', ids[index] ?? '')
      .execute();
    ids.push(...parts.map((row) => row.lead_id));
  }
  return ids;
}

/**
 * Everything that happened to a lead, oldest first, in one list: source events as received,
 * decisions, links, suggestions, qualifications, tasks, appointments, messages with their checks, deliveries with their
 * attempts, and what people did.
 */
export async function leadTimeline(
  store: Store,
  leadId: string,
  { limit, cursor }: { limit: number; cursor?: string },
): Promise<Page<TimelineEntry>> {
  await findLeadRow(store, leadId);
  const ids = await leadFamily(store, leadId);
  const entries = [
    ...(await inbound(store, ids)),
    ...(await relations(store, ids)),
    ...(await routed(store, ids)),
    ...(await worked(store, ids)),
  ].sort((a, b) => compare(keyOf(a), keyOf(b)));
  const after = cursor === undefined ? null : decodeCursor(cursor, 3);
  const rest =
    after === null ? entries : entries.filter((entry) => compare(keyOf(entry), after) > 0);
  return pageOf(rest, limit, keyOf, (entry) => entry);
}

async function inbound(store: Store, ids: readonly string[]): Promise<TimelineEntry[]> {
  const events = await store.db
    .selectFrom('source_events')
    .selectAll()
    .where(store.anyOf('lead_id', ids))
    .limit(MOST)
    .execute();
  const messages = await store.db
    .selectFrom('messages')
    .selectAll()
    .where(store.anyOf('lead_id', ids))
    .where('lead_id', 'is not', null)
    .limit(MOST)
    .execute();
  return [
    ...events.map(({ id, received_at, facts, answer: _answer, ...event }): TimelineEntry => ({
      id,
      at: received_at,
      type: 'source_event',
      data: { ...event, facts: parsed(facts) },
    })),
    ...messages.map((row): TimelineEntry => ({
      id: row.id,
      at: row.created_at,
      type: 'message',
      data: toMessage(row),
    })),
  ];
}

async function worked(store: Store, ids: readonly string[]): Promise<TimelineEntry[]> {
  const tasks = await store.db
    .selectFrom('tasks')
    .selectAll()
    .where((where) => where.or([store.anyOf('lead_id', ids), store.anyOf('origin_lead_id', ids)]))
    .limit(MOST)
    .execute();
  const booked = await bookedEntries(store, ids, MOST);
  const subjects = [...ids, ...tasks.map(({ id }) => id), ...booked.appointmentIds];
  const activity = await store.db
    .selectFrom('activity_log')
    .selectAll()
    .where(store.anyOf('subject_id', subjects))
    .where('action', 'not in', ['task.created', 'appointment.booked'])
    .limit(MOST)
    .execute();
  return [
    ...booked.entries,
    ...tasks.map((row): TimelineEntry => ({
      id: row.id,
      at: row.created_at,
      type: 'task',
      data: toTask(row),
    })),
    ...activity.map((row): TimelineEntry => ({
      id: row.id,
      at: row.at,
      type: 'activity',
      data: {
        action: row.action,
        actor: { type: row.actor_type, id: row.actor_id, name: row.actor_name },
        subject_type: row.subject_type,
        subject_id: row.subject_id,
        before: parsed(row.before),
        after: parsed(row.after),
      },
    })),
  ];
}
