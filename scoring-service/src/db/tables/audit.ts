import type { Generated } from 'kysely';

/** Who did what, when, with the values before and after. */
export interface ActivityLogTable {
  id: string;
  at: string;
  /** `api_key`, `user` or `system`. */
  actor_type: string;
  actor_id: string | null;
  actor_name: string;
  action: string;
  subject_type: string;
  subject_id: string;
  /** JSON objects that hold only what changed. */
  before: string | null;
  after: string | null;
}

/** What happened, for programs that follow along. */
export interface EventsTable {
  seq: Generated<number>;
  id: string;
  type: string;
  occurred_at: string;
  /** JSON. */
  data: string;
  /** PostgreSQL only: the place in the stream, given after the commit (see events/order.ts). */
  position: Generated<number | null>;
}

/** What an operator changes while the service runs, as JSON by name. */
export interface SettingsTable {
  name: string;
  value: string;
  updated_at: string;
}
