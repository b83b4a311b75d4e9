import { toBusiness } from '../businesses/businesses.js';
import { hoursOf } from '../businesses/hours.js';
import { staffOf } from '../businesses/staff.js';
import { iso } from '../core/clock.js';
import type { TasksTable } from '../db/tables/tasks.js';
import { all, first, run, type Unit } from '../db/unit.js';
import { recordActivity, SYSTEM } from '../events/activity.js';
import { recordEvents } from '../events/events.js';
import type { Job, JobSource } from '../jobs/source.js';
import { TASKS_CHANNEL, type TaskDeps } from './deps.js';
import { chainOf, escalateAt, taskData } from './raise.js';
import { nextEscalation, transitionTask } from './rules/index.js';
import { stepsOf } from './task.js';

const PER_UNIT = 50;

/**
 * Escalations as work for the runner. A step is only rows and outbox messages, so the claim itself
 * takes it, in one transaction, and there is nothing left to run.
 */
export function createEscalations(deps: TaskDeps): JobSource<Job, never> {
  const { db } = deps.store;
  return {
    name: 'escalations',
    channel: TASKS_CHANNEL,
    *claim({ at, limit }) {
      // Index: tasks_to_escalate.
      const due = yield* all(
        deps.store.locked(
          db
            .selectFrom('tasks')
            .selectAll()
            .where('escalate_at', '<=', iso(at))
            .orderBy('escalate_at')
            .limit(Math.min(limit, PER_UNIT)),
          'skip',
        ),
      );
      for (const row of due) yield* escalate(deps, row, at);
      const next = yield* first(
        db
          .selectFrom('tasks')
          .select('escalate_at')
          .where('escalate_at', '>', iso(at))
          .orderBy('escalate_at')
          .limit(1),
      );
      return {
        jobs: [],
        more: due.length > 0,
        nextDueAt: next?.escalate_at == null ? null : Date.parse(next.escalate_at),
      };
    },
    run: () => Promise.reject(new Error('An escalation has nothing to run.')),
    *complete(): Unit<void> {
      yield* [];
    },
    *giveBack(): Unit<void> {
      yield* [];
    },
  };
}

/** Takes the next step of a task if it is due; the one after it is counted from this moment. */
function* escalate(deps: TaskDeps, row: TasksTable, at: number): Unit<void> {
  const { store, runtime } = deps;
  const found = yield* first(
    store.db.selectFrom('businesses').selectAll().where('id', '=', row.business_id),
  );
  if (found === undefined) throw new Error('A task has no business.');
  const business = toBusiness(found);
  const staff = yield* staffOf(store, row.business_id);
  const steps = stepsOf(row);
  const next = nextEscalation({
    task: {
      state: row.state,
      owner_id: row.owner_id,
      opened_at: Date.parse(row.opened_at),
      due_at: Date.parse(row.due_at),
    },
    now: at,
    hours: hoursOf(business),
    chain: chainOf(row, staff),
    steps_done: steps,
    unclaimed_minutes: business.unclaimed_minutes,
  });
  const step = transitionTask(row, 'escalate', null);
  const isDue = next?.due_now === true && step.ok;
  const after: TasksTable = { ...row };
  if (isDue) {
    after.state = step.state;
    after.owner_id = next.to_staff_id ?? row.owner_id;
    // Whoever had claimed an overdue task has not kept it.
    after.claimed_by = null;
    after.steps = JSON.stringify([
      ...steps,
      { step: next.step, at, to_staff_id: next.to_staff_id, from_staff_id: row.owner_id },
    ]);
    after.version = row.version + 1;
    after.updated_at = iso(at);
  }
  // Hours or staff may have changed since the moment was set.
  after.escalate_at = escalateAt(after, business, staff);
  const { id, ...columns } = after;
  yield* run(store.db.updateTable('tasks').set(columns).where('id', '=', id));
  if (!isDue) return;
  const data = { ...taskData(after), step: next.step, to_staff_id: next.to_staff_id };
  yield* recordEvents([{ type: 'task.escalated', data }], at, runtime.newId);
  yield* recordActivity(
    [
      {
        actor: SYSTEM,
        action: 'task.escalated',
        subjectType: 'task',
        subjectId: id,
        before: { state: row.state, owner_id: row.owner_id },
        after: { state: after.state, owner_id: after.owner_id, step: next.step },
      },
    ],
    at,
    runtime.newId,
  );
  const told = staff.find((member) => member.id === next.to_staff_id);
  if (told !== undefined) yield* deps.alertStaff({ task: after, business, staff: told });
}
