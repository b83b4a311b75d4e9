import { z } from 'zod';

import { id, instant, integer, text } from '../core/fields.js';
import type { TasksTable } from '../db/tables/tasks.js';
import { taskOutcomes, taskStates, type EscalationStep } from './rules/index.js';

const nullable = z.string().nullable();

export const taskSchema = z.object({
  id: z.string(),
  lead_id: z.string(),
  business_id: z.string(),
  reason: z.string(),
  owner_id: nullable,
  claimed_by: nullable,
  due_at: z.string(),
  state: z.enum(taskStates),
  needs_review: z.boolean(),
  matched_words: z.array(z.string()),
  outcome: z.enum(taskOutcomes).nullable(),
  note: nullable,
  /** How the owner was chosen: by which rule, and which were read before it. */
  ownership: z.unknown(),
  steps: z.array(z.object({ step: z.string(), at: z.string(), to_staff_id: nullable })),
  snoozed_until: nullable,
  closed_at: nullable,
  closed_reason: nullable,
  version: z.number(),
  created_at: z.string(),
  updated_at: z.string(),
});

export type Task = z.output<typeof taskSchema>;

/** A step taken, with whom the task was taken from. */
export interface StoredStep extends EscalationStep {
  from_staff_id: string | null;
}

/** Escalation steps taken, as stored with the task. */
export function stepsOf(row: TasksTable): StoredStep[] {
  return JSON.parse(row.steps) as StoredStep[];
}

/** A task's row as the API shows it. */
export function toTask(row: TasksTable): Task {
  return {
    id: row.id,
    lead_id: row.lead_id,
    business_id: row.business_id,
    reason: row.reason,
    owner_id: row.owner_id,
    claimed_by: row.claimed_by,
    due_at: row.due_at,
    state: row.state,
    needs_review: row.needs_review === 1,
    matched_words: JSON.parse(row.matched_words) as string[],
    outcome: row.outcome,
    note: row.note,
    ownership: JSON.parse(row.ownership) as unknown,
    steps: stepsOf(row).map(({ step, at, to_staff_id }) => ({
      step,
      at: new Date(at).toISOString(),
      to_staff_id,
    })),
    snoozed_until: row.snoozed_until,
    closed_at: row.closed_at,
    closed_reason: row.closed_reason,
    version: row.version,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

const version = integer(1, Number.MAX_SAFE_INTEGER).optional();
const note = text(5000).optional();

export const createTaskSchema = z.strictObject({
  lead_id: id,
  reason: text(100).default('manual'),
  owner_id: id.optional(),
  due_at: instant.optional(),
  note,
});

/** Bodies of the actions; a `version` given must be the task's present one. */
export const actionSchemas = {
  claim: z.strictObject({ version, staff_id: id.optional() }),
  complete: z.strictObject({
    version,
    outcome: z.enum(taskOutcomes, { error: `must be one of ${taskOutcomes.join(', ')}` }),
    note,
  }),
  cancel: z.strictObject({ version, reason: text(500).optional(), note }),
  snooze: z.strictObject({ version, until: instant, note }),
  reassign: z.strictObject({ version, owner_id: id, note }),
};

export type CreateTask = z.output<typeof createTaskSchema>;
export type ActionName = keyof typeof actionSchemas;
export type ActionBody<A extends ActionName> = z.output<(typeof actionSchemas)[A]>;
