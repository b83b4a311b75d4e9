import { insertMany, type Unit } from '../db/unit.js';
import type { ActivityLogTable } from '../db/tables/audit.js';
import { iso, type NewId } from '../core/clock.js';

/** Who did something. */
export interface Actor {
  type: 'api_key' | 'user' | 'system';
  id: string | null;
  name: string;
}

export const SYSTEM: Actor = { type: 'system', id: null, name: 'system' };

export interface ActivityEntry {
  actor: Actor;
  /** Such as `order.paused`. */
  action: string;
  subjectType: string;
  subjectId: string;
  before?: Record<string, unknown> | null;
  after?: Record<string, unknown> | null;
}

/** The row of one entry of the activity log. */
export function activityRow(entry: ActivityEntry, at: number, newId: NewId): ActivityLogTable {
  return {
    id: newId(),
    at: iso(at),
    actor_type: entry.actor.type,
    actor_id: entry.actor.id,
    actor_name: entry.actor.name,
    action: entry.action,
    subject_type: entry.subjectType,
    subject_id: entry.subjectId,
    before: entry.before == null ? null : JSON.stringify(entry.before),
    after: entry.after == null ? null : JSON.stringify(entry.after),
  };
}

/** Writes entries in the unit of what they describe. */
export function* recordActivity(
  entries: readonly ActivityEntry[],
  at: number,
  newId: NewId,
): Unit<void> {
  yield* insertMany(
    'activity_log',
    entries.map((entry) => activityRow(entry, at, newId)),
  );
}

/** Only the members that differ, from before to after. */
export function difference(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): { before: Record<string, unknown>; after: Record<string, unknown> } | null {
  const was: Record<string, unknown> = {};
  const is: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (JSON.stringify(before[key]) === JSON.stringify(after[key])) continue;
    was[key] = before[key] ?? null;
    is[key] = after[key] ?? null;
  }
  return Object.keys(is).length === 0 ? null : { before: was, after: is };
}
