import type { Business } from '../businesses/business-schema.js';
import { hoursOf } from '../businesses/hours.js';
import type { Staff } from '../businesses/staff-schema.js';
import { ownershipRulesOf, staffOf } from '../businesses/staff.js';
import { iso } from '../core/clock.js';
import type { TasksTable } from '../db/tables/tasks.js';
import { first, run, type Unit } from '../db/unit.js';
import { recordActivity, SYSTEM, type Actor } from '../events/activity.js';
import { recordEvents } from '../events/events.js';
import type { TaskDeps } from './deps.js';
import { chooseOwner, matchUrgent, nextEscalation, type TaskEnquiry } from './rules/index.js';
import { stepsOf } from './task.js';

const OPEN_STATES = ['open', 'claimed', 'escalated'] as const;
const MINUTE_MS = 60_000;

/** When a task's next escalation step is due; null when none is left. */
export function escalateAt(
  row: TasksTable,
  business: Business,
  staff: readonly Staff[],
): string | null {
  const next = nextEscalation({
    task: {
      state: row.state,
      owner_id: row.owner_id,
      opened_at: Date.parse(row.opened_at),
      due_at: Date.parse(row.due_at),
    },
    now: 0,
    hours: hoursOf(business),
    chain: chainOf(row, staff),
    steps_done: stepsOf(row),
    unclaimed_minutes: business.unclaimed_minutes,
  });
  return next === null ? null : iso(next.at);
}

/** Who is told, in order: everybody on duty but those it was taken from. */
export function chainOf(row: TasksTable, staff: readonly Staff[]): string[] {
  const passed = new Set(stepsOf(row).map(({ from_staff_id }) => from_staff_id));
  return staff.filter(({ id, on_duty }) => on_duty && !passed.has(id)).map(({ id }) => id);
}

/** The deadline for something that came in at `at`: open minutes; by the clock if never open. */
function dueAfter(business: Business, at: number): number {
  const minutes = business.response_window_minutes;
  return hoursOf(business).openMinutesAfter(at, minutes) ?? at + minutes * MINUTE_MS;
}

export interface Raised {
  business: Business;
  leadId: string;
  reason: string;
  enquiry: TaskEnquiry;
  /** What the person wrote, where urgent words are looked for. */
  text: string | null;
  actor?: Actor;
  ownerId?: string;
  dueAt?: number;
  note?: string;
}

/** The one open task of a lead, locked until the unit ends. */
export function* openTaskOf({ store }: TaskDeps, leadId: string): Unit<TasksTable | undefined> {
  return yield* first(
    store.locked(
      store.db
        .selectFrom('tasks')
        .selectAll()
        .where('lead_id', '=', leadId)
        .where('state', 'in', OPEN_STATES),
      'wait',
    ),
  );
}

/**
 * Sees that a lead has its one open task: a new event updates the one there is, and opens a new
 * one when the last has been completed or cancelled. Urgent words only mark it for review. The
 * caller holds the business's lock.
 */
export function* raiseTask(
  deps: TaskDeps,
  raised: Raised,
): Unit<{ task: TasksTable; created: boolean }> {
  const words = matchUrgent(raised.text, raised.business.urgent_keywords);
  const open = yield* openTaskOf(deps, raised.leadId);
  return open === undefined
    ? { task: yield* openTask(deps, raised, words), created: true }
    : { task: yield* updateTask(deps, raised, open, words), created: false };
}

function* openTask(deps: TaskDeps, raised: Raised, words: readonly string[]): Unit<TasksTable> {
  const { store, runtime } = deps;
  const { business } = raised;
  const at = runtime.clock.now();
  const staff = yield* staffOf(store, business.id);
  const rules = yield* ownershipRulesOf(store, business.id);
  const ownership = chooseOwner({
    enquiry: raised.enquiry,
    rules: rules.rules,
    staff,
    default_owner_id: business.default_owner_id,
  });
  const row: TasksTable = {
    id: runtime.newId(),
    lead_id: raised.leadId,
    origin_lead_id: raised.leadId,
    business_id: business.id,
    reason: raised.reason,
    owner_id: raised.ownerId ?? ownership.owner_id,
    claimed_by: null,
    due_at: iso(raised.dueAt ?? dueAfter(business, at)),
    state: 'open',
    needs_review: words.length > 0 ? 1 : 0,
    matched_words: JSON.stringify(words),
    outcome: null,
    note: raised.note ?? null,
    ownership: JSON.stringify(
      raised.ownerId === undefined
        ? ownership
        : { owner_id: raised.ownerId, decided_by: 'person', rule_id: null, considered: [] },
    ),
    opened_at: iso(at),
    steps: '[]',
    escalate_at: null,
    snoozed_until: null,
    last_event_at: iso(at),
    closed_at: null,
    closed_reason: null,
    version: 1,
    created_at: iso(at),
    updated_at: iso(at),
  };
  row.escalate_at = escalateAt(row, business, staff);
  yield* run(store.db.insertInto('tasks').values(row));
  yield* recordActivity(
    [
      {
        actor: raised.actor ?? SYSTEM,
        action: 'task.created',
        subjectType: 'task',
        subjectId: row.id,
        after: { lead_id: row.lead_id, owner_id: row.owner_id, due_at: row.due_at },
      },
    ],
    at,
    runtime.newId,
  );
  yield* recordEvents([{ type: 'task.created', data: taskData(row) }], at, runtime.newId);
  const owner = staff.find(({ id }) => id === row.owner_id);
  if (owner !== undefined) yield* deps.alertStaff({ task: row, business, staff: owner });
  return row;
}

/** What events tell of a task. */
export function taskData(row: TasksTable): Record<string, unknown> {
  return {
    task_id: row.id,
    lead_id: row.lead_id,
    business_id: row.business_id,
    reason: row.reason,
    state: row.state,
    owner_id: row.owner_id,
    due_at: row.due_at,
    needs_review: row.needs_review === 1,
    outcome: row.outcome,
  };
}

function* updateTask(
  deps: TaskDeps,
  raised: Raised,
  open: TasksTable,
  words: readonly string[],
): Unit<TasksTable> {
  const { store, runtime } = deps;
  const { business } = raised;
  const at = runtime.clock.now();
  const known = JSON.parse(open.matched_words) as string[];
  const matched = [...new Set([...known, ...words])];
  const row: TasksTable = { ...open, last_event_at: iso(at) };
  if (matched.length > known.length) {
    row.matched_words = JSON.stringify(matched);
    row.needs_review = 1;
  }
  const decidedBy = (JSON.parse(open.ownership) as { decided_by?: string }).decided_by;
  if (open.state === 'open' && decidedBy !== 'rule' && decidedBy !== 'person') {
    // The new event may say which service or area it is about.
    const staff = yield* staffOf(store, business.id);
    const { rules } = yield* ownershipRulesOf(store, business.id);
    const ownership = chooseOwner({
      enquiry: raised.enquiry,
      rules,
      staff,
      default_owner_id: business.default_owner_id,
    });
    if (ownership.decided_by === 'rule' && ownership.owner_id !== open.owner_id) {
      row.owner_id = ownership.owner_id;
      row.opened_at = iso(at);
      row.ownership = JSON.stringify(ownership);
      row.escalate_at = escalateAt(row, business, staff);
      const owner = staff.find(({ id }) => id === row.owner_id);
      if (owner !== undefined) yield* deps.alertStaff({ task: row, business, staff: owner });
    }
  }
  if (
    row.needs_review !== open.needs_review ||
    row.owner_id !== open.owner_id ||
    matched.length > known.length
  ) {
    row.version = open.version + 1;
    row.updated_at = iso(at);
  }
  const { id, ...columns } = row;
  yield* run(store.db.updateTable('tasks').set(columns).where('id', '=', id));
  return row;
}
