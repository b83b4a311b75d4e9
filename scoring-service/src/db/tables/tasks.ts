import type { TaskOutcome, TaskState } from '../../tasks/rules/index.js';

/** A human's job to call back: one owner, one deadline, a state. */
export interface TasksTable {
  id: string;
  lead_id: string;
  /** The lead it was made for, which a merge does not change. */
  origin_lead_id: string;
  business_id: string;
  reason: string;
  owner_id: string | null;
  claimed_by: string | null;
  due_at: string;
  state: TaskState;
  needs_review: number;
  /** JSON array of text. */
  matched_words: string;
  outcome: TaskOutcome | null;
  note: string | null;
  /** JSON: how the owner was chosen. */
  ownership: string;
  /** When its present owner got it. */
  opened_at: string;
  /** JSON array of escalation steps taken. */
  steps: string;
  /** When the next step is due; null = none is left. */
  escalate_at: string | null;
  snoozed_until: string | null;
  last_event_at: string;
  closed_at: string | null;
  closed_reason: string | null;
  version: number;
  created_at: string;
  updated_at: string;
}
