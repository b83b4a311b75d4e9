export const taskStates = ['open', 'claimed', 'completed', 'cancelled', 'escalated'] as const;
export type TaskState = (typeof taskStates)[number];

export const taskOutcomes = [
  'transferred',
  'callback_booked',
  'no_answer',
  'voicemail',
  'wrong_number',
  'not_interested',
] as const;
export type TaskOutcome = (typeof taskOutcomes)[number];

export const taskActions = [
  'claim',
  'complete',
  'cancel',
  'escalate',
  'snooze',
  'reassign',
  'update',
] as const;
/** `update`: a new event of the same lead. */
export type TaskAction = (typeof taskActions)[number];

export type TaskTransition =
  | { ok: true; state: TaskState; changed: boolean }
  | { ok: false; code: 'task_closed' | 'already_claimed'; message: string };

/** The state after each action; a closed task takes none. Read it as state → action → state. */
export const taskTransitions: Readonly<
  Record<'open' | 'claimed' | 'escalated', Readonly<Record<TaskAction, TaskState>>>
> = {
  open: {
    claim: 'claimed',
    complete: 'completed',
    cancel: 'cancelled',
    escalate: 'escalated',
    snooze: 'open',
    reassign: 'open',
    update: 'open',
  },
  claimed: {
    claim: 'claimed',
    complete: 'completed',
    cancel: 'cancelled',
    escalate: 'escalated',
    snooze: 'claimed',
    // The new owner has not claimed it yet.
    reassign: 'open',
    update: 'claimed',
  },
  escalated: {
    claim: 'claimed',
    complete: 'completed',
    cancel: 'cancelled',
    escalate: 'escalated',
    snooze: 'escalated',
    reassign: 'open',
    update: 'escalated',
  },
};

/** True when a task stays as it is: a later event opens a new one. */
export function isClosedTask(state: TaskState): state is 'completed' | 'cancelled' {
  return state === 'completed' || state === 'cancelled';
}

/**
 * What an action makes of a task. A closed task refuses everything (`task_closed`). A claimed one
 * refuses a claim by somebody else (`already_claimed`) and accepts its owner's again unchanged.
 * Both refusals are a 409.
 */
export function transitionTask(
  task: { state: TaskState; claimed_by: string | null },
  action: TaskAction,
  by: string | null,
): TaskTransition {
  const { state } = task;
  if (isClosedTask(state)) {
    return { ok: false, code: 'task_closed', message: `The task is ${state} and stays so.` };
  }
  if (action === 'claim' && state === 'claimed' && (by === null || task.claimed_by !== by)) {
    return { ok: false, code: 'already_claimed', message: 'Somebody else has claimed the task.' };
  }
  const next = taskTransitions[state][action];
  return { ok: true, state: next, changed: next !== state };
}
