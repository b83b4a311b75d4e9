import { toBusiness } from '../businesses/businesses.js';
import { staffOf } from '../businesses/staff.js';
import { iso } from '../core/clock.js';
import { conflict, invalid, notFound, staleVersion } from '../core/errors.js';
import type { TasksTable } from '../db/tables/tasks.js';
import { first, run, type Unit } from '../db/unit.js';
import { recordActivity, type Actor } from '../events/activity.js';
import { recordEvents } from '../events/events.js';
import type { TaskDeps } from './deps.js';
import { escalateAt, taskData } from './raise.js';
import { transitionTask } from './rules/index.js';
import { toTask, type ActionBody, type ActionName, type Task } from './task.js';

const LONGEST_SNOOZE_MS = 90 * 24 * 3_600_000;

/** A task, locked until the unit ends; 404 when there is none. */
export function* lockTask({ store }: TaskDeps, id: string): Unit<TasksTable> {
  const row = yield* first(
    store.locked(store.db.selectFrom('tasks').selectAll().where('id', '=', id), 'wait'),
  );
  if (row === undefined) throw notFound('task', id);
  return row;
}

/** What each action changes beside the state. */
function changesOf(
  action: ActionName,
  row: TasksTable,
  body: Partial<ActionBody<'claim'> & ActionBody<'complete'> & ActionBody<'cancel'>> &
    Partial<ActionBody<'snooze'> & ActionBody<'reassign'>>,
  at: number,
): Partial<TasksTable> {
  const closed = { closed_at: iso(at), escalate_at: null };
  switch (action) {
    case 'claim':
      return {
        claimed_by: body.staff_id ?? row.claimed_by,
        owner_id: body.staff_id ?? row.owner_id,
        snoozed_until: null,
      };
    case 'complete':
      return { ...closed, outcome: body.outcome ?? null };
    case 'cancel':
      return { ...closed, closed_reason: body.reason ?? null };
    case 'snooze': {
      const until = body.until ?? at;
      if (until <= at || until > at + LONGEST_SNOOZE_MS) {
        throw invalid({ until: 'must be in the future, at most 90 days ahead' });
      }
      return {
        snoozed_until: iso(until),
        due_at: iso(until),
        opened_at: iso(until),
        steps: '[]',
      };
    }
    case 'reassign':
      return {
        owner_id: body.owner_id ?? null,
        claimed_by: null,
        opened_at: iso(at),
        steps: '[]',
        ownership: JSON.stringify({
          owner_id: body.owner_id,
          decided_by: 'person',
          rule_id: null,
          considered: [],
        }),
      };
  }
}

/**
 * Claims, completes, cancels, snoozes or reassigns a task. Of two at once one waits for the other
 * and then sees what it made. Errors: 409 `stale_version` when `version` is given and outdated,
 * `already_claimed`, `task_closed`; 400 when the person named is not on the business's staff.
 */
export function* actOnTask<A extends ActionName>(
  deps: TaskDeps,
  id: string,
  action: A,
  body: ActionBody<A>,
  actor: Actor,
): Unit<Task> {
  const { store, runtime } = deps;
  const at = runtime.clock.now();
  const row = yield* lockTask(deps, id);
  const given = body as Parameters<typeof changesOf>[2] & { version?: number; note?: string };
  const step = transitionTask(row, action, given.staff_id ?? null);
  if (!step.ok) throw conflict(step.code, step.message, { state: row.state, version: row.version });
  if (given.version !== undefined && given.version !== row.version) {
    throw staleVersion(row.version);
  }
  const business = yield* first(
    store.db.selectFrom('businesses').selectAll().where('id', '=', row.business_id),
  );
  if (business === undefined) throw new Error('A task has no business.');
  const staff = yield* staffOf(store, row.business_id);
  const named = given.staff_id ?? given.owner_id;
  if (named !== undefined && !staff.some((member) => member.id === named)) {
    throw invalid({
      [given.owner_id === undefined ? 'staff_id' : 'owner_id']: 'names nobody of this business',
    });
  }
  const changes = changesOf(action, row, given, at);
  const after: TasksTable = {
    ...row,
    ...changes,
    note: given.note ?? row.note,
    state: step.state,
    version: row.version + 1,
    updated_at: iso(at),
  };
  if (after.closed_at === null) after.escalate_at = escalateAt(after, toBusiness(business), staff);
  const { id: _id, ...columns } = after;
  yield* run(store.db.updateTable('tasks').set(columns).where('id', '=', id));
  if (after.closed_at !== null) yield* closeLead(deps, after.lead_id, at);
  yield* recordActivity(
    [
      {
        actor,
        action: `task.${PAST[action]}`,
        subjectType: 'task',
        subjectId: id,
        before: { state: row.state, owner_id: row.owner_id },
        after: { state: after.state, owner_id: after.owner_id, outcome: after.outcome },
      },
    ],
    at,
    runtime.newId,
  );
  if (action === 'complete') {
    yield* recordEvents([{ type: 'task.completed', data: taskData(after) }], at, runtime.newId);
  }
  const owner = staff.find((member) => member.id === after.owner_id);
  if (action === 'reassign' && owner !== undefined) {
    yield* deps.alertStaff({ task: after, business: toBusiness(business), staff: owner });
  }
  return toTask(after);
}

const PAST: Readonly<Record<ActionName, string>> = {
  claim: 'claimed',
  complete: 'completed',
  cancel: 'cancelled',
  snooze: 'snoozed',
  reassign: 'reassigned',
};

/** A response lead is open while somebody has to do something about it. */
function* closeLead({ store }: TaskDeps, leadId: string, at: number): Unit<void> {
  yield* run(
    store.db
      .updateTable('leads')
      .set({ status: 'closed', updated_at: iso(at) })
      .where('id', '=', leadId)
      .where('kind', '=', 'response'),
  );
}
