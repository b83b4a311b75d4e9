/** One thing that happened to a lead. */
export interface TimelineEntry {
  id: string;
  at: string;
  type: EntryType;
  /** What happened, in the shape of its own resource where there is one. */
  data: Record<string, unknown>;
}

/** In the order in which entries of one moment are told: cause before effect. */
export const ENTRY_TYPES = [
  'source_event',
  'decision',
  'link',
  'merge_suggestion',
  'qualification',
  'task',
  'appointment',
  'message',
  'delivery',
  'delivery_attempt',
  'activity',
] as const;

export type EntryType = (typeof ENTRY_TYPES)[number];

/** Far more than any lead has; a bound on memory all the same. */
export const MOST = 2000;

/** A JSON column's value. */
export const parsed = (text: string | null): unknown => (text === null ? null : JSON.parse(text));
