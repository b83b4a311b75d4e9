import { getLead } from '../../leads/queries.js';
import { actOnTask } from '../../tasks/actions.js';
import { getTask } from '../../tasks/queries.js';
import { taskOutcomes } from '../../tasks/rules/index.js';
import { actionSchemas, type ActionName, type Task } from '../../tasks/task.js';
import { iso } from '../../core/clock.js';
import { Ago, Facts, Link, Moment, Section, Text } from '../components/basics.js';
import { Field, Select, TextArea } from '../components/fields.js';
import { PostForm } from '../components/form.js';
import { sentence } from '../components/format.js';
import { leadTitle } from '../components/lead-table.js';
import { businessNames, readStaff, staffOfUser, type StaffName } from '../data/me.js';
import type { DashboardDeps } from '../deps.js';
import { check, pick, type Form } from '../form.js';
import { address, problemOf, type Action, type Screen, type View } from '../screen.js';
import { TaskState } from './tasks.js';

const HOUR_MS = 3_600_000;
const SNOOZES = [
  ['1', 'an hour'],
  ['4', 'four hours'],
  ['24', 'a day'],
  ['72', 'three days'],
] as const;

function Actions({
  task,
  view,
  staff,
  me,
}: {
  task: Task;
  view: View;
  staff: readonly StaffName[];
  me: StaffName | null;
}) {
  const path = `/tasks/${task.id}`;
  const people = staff.map((one) => [one.id, one.name] as const);
  const version = <input type="hidden" name="version" value={String(task.version)} />;
  const problem = (action: ActionName) => problemOf(view, action);
  return (
    <div class="columns">
      {task.state === 'claimed' ? (
        <></>
      ) : (
        <Section title="Claim" id="claim">
          <PostForm action="claim" path={path} problem={problem('claim')} label="Claim">
            {version}
            <Select
              name="staff_id"
              id="claim-staff"
              label="For"
              value={me?.id ?? task.owner_id}
              options={people}
              required
              problem={problem('claim')}
            />
            <button type="submit" class="primary">
              Claim the task
            </button>
          </PostForm>
        </Section>
      )}
      <Section title="Complete" id="complete">
        <PostForm action="complete" path={path} problem={problem('complete')} label="Complete">
          {version}
          <Select
            name="outcome"
            label="Outcome"
            options={[['', 'Choose…'], ...taskOutcomes.map((one) => [one, sentence(one)] as const)]}
            required
            problem={problem('complete')}
          />
          <TextArea
            name="note"
            id="complete-note"
            label="Note"
            value={task.note}
            problem={problem('complete')}
          />
          <button type="submit" class="primary">
            Complete the task
          </button>
        </PostForm>
      </Section>
      <Section title="Put off or hand on" id="later">
        <PostForm
          action="snooze"
          path={path}
          problem={problem('snooze')}
          label="Put off"
          class="inline"
        >
          {version}
          <Select name="hours" label="Put off for" options={SNOOZES} />
          <button type="submit">Put off</button>
        </PostForm>
        <PostForm
          action="reassign"
          path={path}
          problem={problem('reassign')}
          label="Hand on"
          class="inline"
        >
          {version}
          <Select
            name="owner_id"
            label="Hand on to"
            options={people.filter(([id]) => id !== task.owner_id)}
            required
            problem={problem('reassign')}
          />
          <button type="submit">Hand on</button>
        </PostForm>
        <details class="confirm" open={problem('cancel') !== null}>
          <summary class="button">Cancel the task</summary>
          <PostForm action="cancel" path={path} problem={problem('cancel')} label="Cancel">
            {version}
            <p>Cancel the task? Nobody calls back then.</p>
            <Field name="reason" label="Reason" problem={problem('cancel')} />
            <button type="submit" class="danger">
              Yes, cancel it
            </button>
          </PostForm>
        </details>
      </Section>
    </div>
  );
}

/** One callback task: what it is about, and what can be done with it. */
export function taskScreen({ store, response }: DashboardDeps): Screen {
  const path = (view: View): string => `/tasks/${view.params.id ?? ''}`;

  const act = <A extends ActionName>(
    name: A,
    read: (form: Form, view: View) => Record<string, unknown>,
  ): Action => ({
    scope: 'operate',
    async run(view, form) {
      const body = check(actionSchemas[name], {
        ...pick(form, ['version']),
        ...read(form, view),
      });
      await store.unit(() =>
        // The schema of an action gives the body of that action.
        actOnTask(response.deps, view.params.id ?? '', name, body as never, view.actor),
      );
      return { goTo: address(path(view), { done: `task_${name}` }) };
    },
  });

  return {
    path: '/tasks/:id',
    scope: 'read',
    async show(view) {
      const task = await getTask(store, view.params.id ?? '');
      const [lead, staff, me, businesses] = await Promise.all([
        getLead(store, task.lead_id),
        readStaff(store, task.business_id),
        staffOfUser(store, view.user),
        businessNames(store, [task.business_id]),
      ]);
      const nameOf = (id: string | null): string =>
        id === null ? 'nobody' : (staff.find((one) => one.id === id)?.name ?? id);
      return {
        title: `Call back ${leadTitle(lead)}`,
        section: '/tasks',
        body: (
          <>
            <Section title="Task" id="task" aside={<TaskState task={task} now={view.now} />}>
              <Facts
                rows={[
                  ['Lead', <Link href={`/leads/${lead.id}`} text={leadTitle(lead)} />],
                  ['Phone', <Text value={lead.phone} />],
                  ['Business', <Text value={businesses.get(task.business_id) ?? null} />],
                  [
                    'Due',
                    <>
                      <Moment at={task.due_at} timezone={view.timezone} />{' '}
                      <span class="faint">
                        (<Ago at={task.due_at} now={view.now} />)
                      </span>
                    </>,
                  ],
                  ['Owner', <bdi safe>{nameOf(task.owner_id)}</bdi>],
                  ['Claimed by', <bdi safe>{nameOf(task.claimed_by)}</bdi>],
                  ['Why', <span safe>{sentence(task.reason)}</span>],
                  ['Urgent words', <Text value={task.matched_words.join(', ')} />],
                  [
                    'Outcome',
                    <Text value={task.outcome === null ? null : sentence(task.outcome)} />,
                  ],
                  ['Put off until', <Moment at={task.snoozed_until} timezone={view.timezone} />],
                ]}
              />
              {task.note === null ? <></> : <Facts rows={[['Note', <Text value={task.note} />]]} />}
            </Section>
            {view.can('operate') && task.closed_at === null ? (
              <Actions task={task} view={view} staff={staff} me={me} />
            ) : (
              <></>
            )}
          </>
        ),
      };
    },
    actions: {
      claim: act('claim', (form) => pick(form, ['staff_id'])),
      complete: act('complete', (form) => ({
        outcome: form.get('outcome'),
        ...pick(form, ['note']),
      })),
      cancel: act('cancel', (form) => pick(form, ['reason'])),
      reassign: act('reassign', (form) => pick(form, ['owner_id'])),
      snooze: act('snooze', (form, view) => ({
        until: iso(view.now + (Number(form.get('hours')) || 1) * HOUR_MS),
      })),
    },
  };
}
