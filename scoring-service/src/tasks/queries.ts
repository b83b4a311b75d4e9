import { iso } from '../core/clock.js';
import { notFound } from '../core/errors.js';
import { newestPage, type Page, type Paging } from '../core/paging.js';
import type { Store } from '../db/store.js';
import type { TaskState } from './rules/index.js';
import { toTask, type Task } from './task.js';

export interface TaskFilter extends Paging {
  state?: TaskState;
  owner_id?: string;
  business_id?: string;
  lead_id?: string;
  overdue?: boolean;
}

/** Tasks, the newest first; `overdue` means past the deadline and not closed. */
export async function listTasks(
  store: Store,
  filter: TaskFilter,
  now: number,
): Promise<Page<Task>> {
  let query = store.db.selectFrom('tasks').selectAll();
  if (filter.state !== undefined) query = query.where('state', '=', filter.state);
  if (filter.owner_id !== undefined) query = query.where('owner_id', '=', filter.owner_id);
  if (filter.business_id !== undefined) query = query.where('business_id', '=', filter.business_id);
  if (filter.lead_id !== undefined) query = query.where('lead_id', '=', filter.lead_id);
  if (filter.overdue === true) {
    query = query
      .where('state', 'in', ['open', 'claimed', 'escalated'])
      .where('due_at', '<', iso(now));
  } else if (filter.overdue === false) {
    query = query.where((where) =>
      where.or([where('state', 'in', ['completed', 'cancelled']), where('due_at', '>=', iso(now))]),
    );
  }
  return newestPage(query, filter, toTask);
}

export async function getTask(store: Store, id: string): Promise<Task> {
  const row = await store.db
    .selectFrom('tasks')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw notFound('task', id);
  return toTask(row);
}
