import { iso } from '../core/clock.js';
import type { TasksTable } from '../db/tables/tasks.js';
import { all, first, run, type Unit } from '../db/unit.js';
import { recordActivity, type Actor } from '../events/activity.js';
import { toBusiness } from '../businesses/businesses.js';
import { openTaskOf, raiseTask } from '../tasks/raise.js';
import type { ResponseDeps } from './deps.js';

/** Closed because its lead became part of another one; undone by raising a new task. */
const MERGED = 'merged';

/**
 * Leaves one open task where two leads become one: the kept lead's own, with the earlier deadline
 * and both reviews; or the merged lead's, moved over. Whether the kept lead has an open task now
 * that it had not before.
 */
export function* joinTasks(
  deps: ResponseDeps,
  keptId: string,
  mergedId: string,
  actor: Actor,
): Unit<boolean> {
  const { store, runtime } = deps;
  const { db } = store;
  const at = runtime.clock.now();
  const own = yield* openTaskOf(deps, keptId);
  const other = yield* openTaskOf(deps, mergedId);
  if (other === undefined) return false;
  if (own === undefined) {
    yield* run(
      db
        .updateTable('tasks')
        .set({ lead_id: keptId, version: other.version + 1, updated_at: iso(at) })
        .where('id', '=', other.id),
    );
    return true;
  }
  yield* run(
    db
      .updateTable('tasks')
      .set({
        state: 'cancelled',
        closed_at: iso(at),
        closed_reason: MERGED,
        escalate_at: null,
        version: other.version + 1,
        updated_at: iso(at),
      })
      .where('id', '=', other.id),
  );
  const words = new Set([own, other].flatMap((task) => JSON.parse(task.matched_words) as string[]));
  yield* run(
    db
      .updateTable('tasks')
      .set({
        due_at: own.due_at < other.due_at ? own.due_at : other.due_at,
        needs_review: Math.max(own.needs_review, other.needs_review),
        matched_words: JSON.stringify([...words]),
        version: own.version + 1,
        updated_at: iso(at),
      })
      .where('id', '=', own.id),
  );
  yield* recordActivity(
    [
      {
        actor,
        action: 'task.cancelled',
        subjectType: 'task',
        subjectId: other.id,
        before: { state: other.state },
        after: { state: 'cancelled', reason: MERGED, task_id: own.id },
      },
    ],
    at,
    runtime.newId,
  );
  return false;
}

/** Gives each lead its task back: moved ones return, a cancelled one is raised anew. */
export function* partTasks(
  deps: ResponseDeps,
  keptId: string,
  partedId: string,
): Unit<{ kept: boolean; parted: boolean }> {
  const { store, runtime } = deps;
  const { db } = store;
  const at = runtime.clock.now();
  const open = yield* openTaskOf(deps, keptId);
  if (open?.origin_lead_id === partedId) {
    yield* run(
      db
        .updateTable('tasks')
        .set({ lead_id: partedId, version: open.version + 1, updated_at: iso(at) })
        .where('id', '=', open.id),
    );
    return { kept: false, parted: true };
  }
  const cancelled: TasksTable | undefined = (yield* all(
    db
      .selectFrom('tasks')
      .selectAll()
      .where('lead_id', '=', partedId)
      .where('closed_reason', '=', MERGED)
      .orderBy('id', 'desc')
      .limit(1),
  ))[0];
  // What was done meanwhile for the two together was done for both.
  if (cancelled === undefined || open === undefined) {
    return { kept: open !== undefined, parted: false };
  }
  const business = yield* first(
    db.selectFrom('businesses').selectAll().where('id', '=', cancelled.business_id),
  );
  if (business === undefined) throw new Error('A task has no business.');
  yield* raiseTask(deps, {
    business: toBusiness(business),
    leadId: partedId,
    reason: cancelled.reason,
    enquiry: { service: null, state: null, postal_code: null, area: null },
    text: null,
    ...(cancelled.owner_id === null ? {} : { ownerId: cancelled.owner_id }),
  });
  return { kept: true, parted: true };
}
