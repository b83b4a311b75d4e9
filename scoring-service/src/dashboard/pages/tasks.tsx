import { listTasks, type TaskFilter } from '../../tasks/queries.js';
import type { Task } from '../../tasks/task.js';
import { Ago, Badge, Empty, Link } from '../components/basics.js';
import { clip, sentence } from '../components/format.js';
import { Pager } from '../components/pager.js';
import { SubNav } from '../components/sub-nav.js';
import { Table } from '../components/table.js';
import { leadTitles } from '../data/lead-titles.js';
import { businessNames, readStaff, staffOfUser } from '../data/me.js';
import type { DashboardDeps } from '../deps.js';
import { address, type Screen } from '../screen.js';

const PER_PAGE = 50;

const VIEWS = {
  all: 'All',
  mine: 'Mine',
  overdue: 'Overdue',
  open: 'Open',
  claimed: 'Claimed',
  escalated: 'Escalated',
  completed: 'Completed',
  cancelled: 'Cancelled',
} as const;
type ViewName = keyof typeof VIEWS;

/** Past its deadline and not closed. */
export function isOverdue(task: Task, now: number): boolean {
  return task.closed_at === null && Date.parse(task.due_at) < now;
}

/** The state of a task, and that it is late. */
export function TaskState({ task, now }: { task: Task; now: number }) {
  return (
    <>
      <Badge status={task.state} /> {isOverdue(task, now) ? <Badge status="overdue" /> : <></>}{' '}
      {task.needs_review ? <Badge status="needs_review" tone="warn" /> : <></>}
    </>
  );
}

/** Callback tasks, newest first: mine, overdue, by state, all. */
export function tasksScreen({ store }: DashboardDeps): Screen {
  return {
    path: '/tasks',
    scope: 'read',
    async show(view) {
      const name = (Object.keys(VIEWS).find((one) => one === view.query.get('view')) ??
        'all') as ViewName;
      const cursor = view.query.get('cursor');
      const me = await staffOfUser(store, view.user);
      const filters: Record<ViewName, Omit<TaskFilter, 'limit'> | null> = {
        all: {},
        mine: me === null ? null : { owner_id: me.id },
        overdue: { overdue: true },
        open: { state: 'open' },
        claimed: { state: 'claimed' },
        escalated: { state: 'escalated' },
        completed: { state: 'completed' },
        cancelled: { state: 'cancelled' },
      };
      const filter = filters[name];
      const page =
        filter === null
          ? { data: [], next_cursor: null }
          : await listTasks(
              store,
              { ...filter, limit: PER_PAGE, cursor: cursor || undefined },
              view.now,
            );
      const [titles, staff, businesses] = await Promise.all([
        leadTitles(
          store,
          page.data.map((task) => task.lead_id),
        ),
        readStaff(store),
        businessNames(
          store,
          page.data.map((task) => task.business_id),
        ),
      ]);
      const staffName = new Map(staff.map((one) => [one.id, one.name]));
      return {
        title: 'Tasks',
        section: '/tasks',
        body: (
          <>
            <SubNav
              label="Which tasks"
              items={Object.entries(VIEWS).map(([value, text]) => ({
                href: address('/tasks', { view: value === 'all' ? '' : value }),
                text,
                current: value === name,
              }))}
            />
            {page.data.length === 0 ? (
              filter === null ? (
                <Empty title="You are not among the staff.">
                  <p>
                    Tasks belong to members of staff. Add one with your e-mail in the{' '}
                    <a href="/settings/staff">settings</a>.
                  </p>
                </Empty>
              ) : (
                <Empty title="There is no such task.">
                  <p>A missed call or a form that is sent in makes a callback task.</p>
                </Empty>
              )
            ) : (
              <Table
                caption={`Tasks: ${VIEWS[name]}`}
                rows={page.data}
                columns={[
                  {
                    head: 'Call back',
                    cell: (task) => (
                      <>
                        <Link
                          href={`/tasks/${task.id}`}
                          text={titles.get(task.lead_id) ?? task.lead_id}
                        />
                        <span class="sub">
                          <bdi safe>{clip(businesses.get(task.business_id) ?? '', 60)}</bdi>
                        </span>
                      </>
                    ),
                  },
                  { head: 'State', cell: (task) => <TaskState task={task} now={view.now} /> },
                  { head: 'Due', cell: (task) => <Ago at={task.due_at} now={view.now} /> },
                  {
                    head: 'Owner',
                    cell: (task) => (
                      <bdi safe>{staffName.get(task.owner_id ?? '') ?? 'nobody'}</bdi>
                    ),
                  },
                  { head: 'Why', cell: (task) => <span safe>{sentence(task.reason)}</span> },
                  {
                    head: 'Outcome',
                    cell: (task) => (
                      <span safe>{task.outcome === null ? '–' : sentence(task.outcome)}</span>
                    ),
                  },
                ]}
              />
            )}
            <Pager
              path="/tasks"
              query={{ view: name === 'all' ? '' : name, cursor }}
              next={page.next_cursor}
            />
          </>
        ),
      };
    },
  };
}
