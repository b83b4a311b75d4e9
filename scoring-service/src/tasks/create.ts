import { lockBusiness } from '../businesses/find.js';
import { conflict, erased, invalid, notFound } from '../core/errors.js';
import { first, run, type Unit } from '../db/unit.js';
import type { Actor } from '../events/activity.js';
import type { TaskDeps } from './deps.js';
import { openTaskOf, raiseTask } from './raise.js';
import { toTask, type CreateTask, type Task } from './task.js';

/** Makes a task by hand. Errors: 404 without such a response lead; 409 `task_open`, `lead_merged`, `erased`. */
export function* createTask(deps: TaskDeps, input: CreateTask, actor: Actor): Unit<Task> {
  const { db } = deps.store;
  const lead = yield* first(
    db
      .selectFrom('response_leads')
      .innerJoin('leads', 'leads.id', 'response_leads.lead_id')
      .select(['response_leads.business_id', 'merged_into', 'erased_at'])
      .where('lead_id', '=', input.lead_id),
  );
  if (lead === undefined) throw notFound('response lead', input.lead_id);
  if (lead.erased_at !== null) throw erased();
  if (lead.merged_into !== null) {
    throw conflict('lead_merged', 'The lead is part of another one now.', {
      merged_into: lead.merged_into,
    });
  }
  const business = yield* lockBusiness(deps.store, { businessId: lead.business_id });
  const open = yield* openTaskOf(deps, input.lead_id);
  if (open !== undefined) {
    throw conflict('task_open', 'The lead has an open task already.', { task_id: open.id });
  }
  if (input.owner_id !== undefined) {
    const owner = yield* first(
      db
        .selectFrom('staff')
        .select('id')
        .where('id', '=', input.owner_id)
        .where('business_id', '=', business.id),
    );
    if (owner === undefined) throw invalid({ owner_id: 'names nobody of this business' });
  }
  const { task } = yield* raiseTask(deps, {
    business,
    leadId: input.lead_id,
    reason: input.reason,
    enquiry: { service: null, state: null, postal_code: null, area: null },
    text: null,
    actor,
    ownerId: input.owner_id,
    dueAt: input.due_at,
    note: input.note,
  });
  yield* run(db.updateTable('leads').set({ status: 'open' }).where('id', '=', input.lead_id));
  return toTask(task);
}
