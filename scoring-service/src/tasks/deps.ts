import type { Business } from '../businesses/business-schema.js';
import type { Staff } from '../businesses/staff-schema.js';
import type { Runtime } from '../core/clock.js';
import type { Store } from '../db/store.js';
import type { TasksTable } from '../db/tables/tasks.js';
import type { Unit } from '../db/unit.js';

/** The escalations' channel. Nothing announces on it: the first step of a task is minutes away, so
 * looking now and then is enough. */
export const TASKS_CHANNEL = 'leadloop_tasks';

/** Tells a member of staff of a task, beside the event; what that takes is not the tasks' concern. */
export type AlertStaff = (notice: {
  task: TasksTable;
  business: Business;
  staff: Staff;
}) => Unit<void>;

export interface TaskDeps {
  store: Store;
  runtime: Runtime;
  alertStaff: AlertStaff;
}
